import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BenchModel, benchGpu, benchModels } from "./peers/bench-models.ts";
import { message, round } from "./peers/contender.ts";
import { openProduct } from "./peers/pair.ts";
import { median } from "./percentile.ts";
import { SameText } from "./same-text.ts";
import { prepareImage } from "../src/images/prepare-image.ts";
import { packageRoot } from "../src/package-root.ts";
import type { ChatCompletion, ChatImage, ChatMessage, ChatModel } from "../src/ports.ts";

const note =
    "The patient has had a cough and a fever for two days, and takes paracetamol twice a day. ";
const notes = 24;
const never = new AbortController().signal;

/**
 * Time to the first token of a conversation's next turn after it has lost its place in the model's
 * memory: brought back from memory, and from disk after a restart, against read from nothing in the
 * same run. The peer keeps what the pictures were encoded to, so that reading alone is compared.
 */
export async function run(): Promise<void> {
    const models: Record<string, unknown> = {};
    for (const model of benchModels("demo")) models[model.name] = await measure(model);
    const measures = "time to the first token of the next turn of a parked conversation";
    console.log(JSON.stringify({ benchmark: "resume", measures, models }));
}

async function measure(model: BenchModel): Promise<object> {
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-resume-"));
    try {
        const rounds = model.name === "demo" ? 9 : 2;
        const played: Round[] = [];
        const texts = new SameText(model.isTrained);
        const isWarmedUp = model.name !== "demo";
        for (let index = isWarmedUp ? 1 : 0; index <= rounds; index++) {
            const figures = await play(model, folder, `round ${String(index)}`, texts);
            if (index > 0) played.push(figures);
        }
        return { threads: 1, rounds, ...summarize(played), texts };
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

/** A turn that went on from what was parked, and the same turn read from nothing. */
interface Resumed {
    readonly parked: ChatCompletion;
    readonly anew: ChatCompletion;
}

interface Round {
    readonly memory: Resumed;
    readonly disk: Resumed;
    /** Of the file. */
    readonly stateBytes: number;
    /** How many tokens and places of pictures that is. */
    readonly positions: number;
}

async function play(
    bench: BenchModel,
    folder: string,
    name: string,
    texts: SameText,
): Promise<Round> {
    const files = await bench.files();
    const limits = { memoryBytes: 2 ** 30, diskBytes: 2 ** 31, folder, keepForMs: 86_400_000 };
    const open = (): Promise<ChatModel> => {
        const sizes = { conversations: 1, contextTokens: 2048, maxTokens: 16 };
        return openProduct({ gpu: benchGpu(), threads: 1, ...sizes, ...files, parked: limits });
    };
    let model = await open();
    try {
        const images = await loadPictures(model);
        const history = [
            message("system", `You are a helpful medical assistant. This is ${name}.`),
            message("user", `${note.repeat(notes)}What type of scan is this?`, ...images),
        ];
        const first = await ask(model, name, history);
        history.push(message("assistant", first.text), message("user", "On which side is it?"));
        await evict(model);
        const memory = await resume(model, name, history, texts);

        history.push(message("assistant", memory.parked.text));
        history.push(message("user", "What should I do for a cough?"));
        await model.close();
        const stateBytes = await bytesOf(join(folder, "conversations"));
        model = await open();
        await evict(model);
        const disk = await resume(model, name, history, texts);
        const { prompt, generated } = memory.parked.tokens;
        return { memory, disk, stateBytes, positions: prompt + generated };
    } finally {
        await model.close();
        // Each round's file is the only one
        await rm(folder, { recursive: true, force: true });
    }
}

/** @throws when parking changes the answer of a trained model, or nothing was parked. */
async function resume(
    model: ChatModel,
    name: string,
    history: readonly ChatMessage[],
    texts: SameText,
): Promise<Resumed> {
    const parked = await ask(model, name, history);
    const anew = await model.generate(
        { conversation: `${name} anew`, messages: history },
        { signal: never },
    );
    // What was read last has its place back
    model.forget?.(`${name} anew`);
    texts.compare(parked.text, anew.text, "Parking has changed an answer.");
    if (parked.tokens.cached < parked.tokens.prompt / 2) throw new Error("Nothing was parked.");
    return { parked, anew };
}

async function ask(
    model: ChatModel,
    conversation: string,
    messages: readonly ChatMessage[],
): Promise<ChatCompletion> {
    const cacheKey = Buffer.alloc(32, conversation);
    return await model.generate({ conversation, messages, cacheKey }, { signal: never });
}

/** Somebody else takes the only place, and is gone. */
async function evict(model: ChatModel): Promise<void> {
    const messages = [message("user", "Hello")];
    await model.generate({ conversation: "visitor", messages }, { signal: never });
    model.forget?.("visitor");
}

/** One scan, where the model sees. */
async function loadPictures({ description }: ChatModel): Promise<ChatImage[]> {
    const { vision } = description;
    if (vision.status !== "ready") return [];
    const path = join(packageRoot(), "models", "demo", "samples", "xray_left_01.png");
    const limits = { maxBytes: 1e7, maxPixels: 1e7 };
    const image = await prepareImage(await readFile(path), { side: vision.imageSide, limits });
    return [{ id: image.id, load: () => Promise.resolve(image) }];
}

async function bytesOf(folder: string): Promise<number> {
    const sizes = (await readdir(folder)).map(
        async (name) => (await stat(join(folder, name))).size,
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function summarize(rounds: readonly Round[]): object {
    const of = (figure: (one: Round) => number): number => median(rounds.map(figure));
    const compare = (side: (one: Round) => Resumed): object => {
        const parked = of((one) => side(one).parked.timingsMs.firstToken);
        const anew = of((one) => side(one).anew.timingsMs.firstToken);
        return {
            promptTokens: of((one) => side(one).parked.tokens.prompt),
            readTokens: of((one) => unread(side(one).parked)),
            firstTokenMs: { parked: round(parked), anew: round(anew) },
            sooner: round(anew / parked),
        };
    };
    const stateBytes = of((one) => one.stateBytes);
    return {
        fromMemory: compare(({ memory }) => memory),
        fromDisk: compare(({ disk }) => disk),
        target: 5,
        stateBytes,
        bytesPerPosition: Math.round(stateBytes / of(({ positions }) => positions)),
    };
}

function unread({ tokens }: ChatCompletion): number {
    return tokens.prompt - tokens.cached;
}
