import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";
import { locateCompanionInputs } from "../../../adapters/llama/companion-inputs.ts";
import { companionFolders } from "../../setup/companion-folders.ts";

const run = promisify(execFile);

/** Vocabularies and published chat templates among the sources that node-llama-cpp ships. */
export interface BundledVocabularies {
    /** A vocabulary without weights; `change` edits the file before it is opened. */
    open(name: string, change?: (file: Buffer) => Buffer): Promise<LlamaModel>;
    /** A model family's published template. */
    template(name: string): Promise<string>;
    dispose(): Promise<void>;
}

export async function openVocabularies(): Promise<BundledVocabularies> {
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-vocabularies-"));
    const { bundlePath } = await locateCompanionInputs(companionFolders.packageRoot);
    const sources = join(folder, "sources.git");
    await run("git", ["clone", "--quiet", "--bare", bundlePath, sources]);
    const llama: Llama = await getLlama({ gpu: false, build: "never", progressLogs: false });
    llama.logLevel = LlamaLogLevel.disabled;
    const show = async (path: string): Promise<Buffer> => {
        const options = { encoding: "buffer", maxBuffer: 2 ** 25 } as const;
        return (await run("git", ["-C", sources, "show", `HEAD:${path}`], options)).stdout;
    };
    let files = 0;
    return {
        open: async (name, change = (file): Buffer => file) => {
            const modelPath = join(folder, `${files++}.gguf`);
            await writeFile(modelPath, change(await show(`models/ggml-vocab-${name}.gguf`)));
            return llama.loadModel({ modelPath, vocabOnly: true });
        },
        template: async (name) => (await show(`models/templates/${name}.jinja`)).toString("utf8"),
        dispose: async () => {
            await llama.dispose();
            await rm(folder, { recursive: true });
        },
    };
}

/** Gives tokens of a vocabulary other texts, and makes them special. */
export function withSpecialTokens(
    file: Buffer,
    texts: Readonly<Record<number, string>>,
    addsSpace: boolean,
): Buffer {
    const control = 3;
    const changed = writeStrings(file, "tokenizer.ggml.tokens", texts);
    const types = afterArrayHeader(changed, "tokenizer.ggml.token_type");
    for (const token of Object.keys(texts)) changed.writeInt32LE(control, types + +token * 4);
    return addsSpace ? changed : withoutSpacePrefix(changed);
}

/** After the key: the value's type and the elements' type (4 bytes each), their number (8 bytes). */
function afterArrayHeader(file: Buffer, key: string): number {
    return file.indexOf(key) + key.length + 16;
}

function writeStrings(file: Buffer, key: string, texts: Readonly<Record<number, string>>): Buffer {
    const start = afterArrayHeader(file, key);
    const count = Number(file.readBigUInt64LE(start - 8));
    const parts: Buffer[] = [file.subarray(0, start)];
    let position = start;
    for (let index = 0; index < count; index++) {
        const length = Number(file.readBigUInt64LE(position));
        const own = file.subarray(position + 8, position + 8 + length);
        const { [index]: other } = texts;
        const text = other === undefined ? own : Buffer.from(other);
        const size = Buffer.alloc(8);
        size.writeBigUInt64LE(BigInt(text.length));
        parts.push(size, text);
        position += 8 + length;
    }
    return Buffer.concat([...parts, file.subarray(position)]);
}

/** Adds a setting to the header, in front of the first one. */
function withoutSpacePrefix(file: Buffer): Buffer {
    const key = "tokenizer.ggml.add_space_prefix";
    const entry = Buffer.alloc(8 + key.length + 4 + 1);
    const boolean = 7;
    entry.writeBigUInt64LE(BigInt(key.length));
    entry.write(key, 8);
    entry.writeUInt32LE(boolean, 8 + key.length);
    // Magic, version, number of tensors, number of settings
    const header = Buffer.from(file.subarray(0, 24));
    header.writeBigUInt64LE(header.readBigUInt64LE(16) + 1n, 16);
    return Buffer.concat([header, entry, file.subarray(24)]);
}
