import {
    getLlama,
    GgufInsights,
    type Llama,
    LlamaLogLevel,
    type LlamaModel,
    readGgufFileInfo,
} from "node-llama-cpp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Companion, loadCompanion } from "../../../adapters/llama/companion.ts";
import { LlamaLog } from "../../../adapters/llama/llama-log.ts";
import { isRecurrent } from "../../../adapters/llama/draft-model.ts";
import { openDraftedRunner } from "../../../adapters/llama/open-drafted-runner.ts";
import { createLogger, type Logger } from "../../../src/log.ts";
import { companionFolders } from "../../setup/companion-folders.ts";
import { demoFiles } from "./demo-model.ts";

let llama: Llama;
let companion: Companion;
let model: LlamaModel;
beforeAll(async () => {
    llama = await getLlama({ gpu: false, build: "never", maxThreads: 1, progressLogs: false });
    companion = await loadCompanion({ ...companionFolders, llama });
    model = await llama.loadModel({ modelPath: demoFiles.model });
});
afterAll(async () => {
    await model.dispose();
    await llama.dispose();
});

/** Opens the conversations with a companion of which a part is replaced. */
async function open(openRunner: Companion["openRunner"]) {
    const warnings: unknown[] = [];
    const logger: Logger = {
        ...createLogger("silent"),
        warn: (...line: unknown[]) => void warnings.push(line),
    };
    const log = new LlamaLog(createLogger("silent"));
    const draft = await llama.loadModel({ modelPath: demoFiles.model });
    const alone = { contextTokens: 512, positions: 1024, sequences: 2, threads: 1 };
    const drafted = { ...alone, contextTokens: 256, positions: 512, draft };
    const opened = await openDraftedRunner(
        {
            ...companion,
            openRunner: (addon, options, ...rest) => {
                // As llama.cpp tells of it
                if (rest.length > 0) log.write(LlamaLogLevel.error, "failed to allocate a buffer");
                return openRunner(addon, options, ...rest);
            },
        },
        model,
        { drafted, alone },
        { log, logger },
    );
    await opened.runner.close();
    const isForgotten = !(await log.isOutOfMemory(undefined));
    const { positions } = opened.runner;
    return { used: opened.draft, positions, draft, warnings, isForgotten };
}

const without = "answers come without the draft model, more slowly";

describe("conversations beside a draft model", () => {
    it("are opened with it", async () => {
        const { used, positions, draft, warnings } = await open((...given) =>
            companion.openRunner(...given),
        );
        expect({ used, positions }).toEqual({ used: draft, positions: 512 });
        expect(draft.disposed).toBe(false);
        await draft.dispose();
        expect(warnings).toEqual([]);
    });

    it("are opened without it, and with its memory, where there is none for both", async () => {
        const { used, positions, draft, warnings, isForgotten } = await open(
            (addon, options, addonDraft) => {
                if (addonDraft) throw new Error("the memory does not suffice");
                return companion.openRunner(addon, options);
            },
        );
        expect({ used, positions }).toEqual({ used: undefined, positions: 1024 });
        expect(draft.disposed).toBe(true);
        expect(warnings).toEqual([
            [expect.objectContaining({ code: "model-out-of-memory" }), without],
        ]);
        expect(isForgotten).toBe(true);
    });

    it("keep nothing of it where it cannot guess", async () => {
        const { used, positions, draft, warnings, isForgotten } = await open(
            async (addon, options, addonDraft) => ({
                ...(await companion.openRunner(addon, options)),
                draftFailure: addonDraft ? "the vocabularies differ" : "",
            }),
        );
        expect({ used, positions }).toEqual({ used: undefined, positions: 1024 });
        expect(draft.disposed).toBe(true);
        expect(warnings).toEqual([[{ reason: "the vocabularies differ" }, without]]);
        expect(isForgotten).toBe(true);
    });
});

it.each([
    "mamba",
    "mamba2",
    "rwkv6",
    "rwkv6qwen2",
    "rwkv7",
    "arwkv7",
    "jamba",
    "falcon-h1",
    "plamo2",
    "granitehybrid",
    "lfm2",
    "lfm2moe",
    "nemotron_h",
    "nemotron_h_moe",
    "qwen3next",
    "qwen35",
    "qwen35moe",
    "kimi-linear",
    "deepseek4",
    "bailingmoe3",
    "kimi-k3",
    "qwen4exp",
    "minimax-01",
    "llama",
    "granite",
    "granitemoe",
    "nemotron",
    "plamo",
    "plamo3",
    "falcon",
    "qwen2",
    "qwen3",
    "qwen3moe",
    "gemma3",
    "deepseek2",
    "mistral3",
    "minimax-m2",
    "phi3",
    "gpt-oss",
])("knows as llama.cpp does whether %s can take guesses back", async (architecture) => {
    const info = await readGgufFileInfo(demoFiles.model);
    const general = { ...info.metadata.general, architecture: architecture as never };
    const other = { ...info, metadata: { ...info.metadata, general } } as typeof info;
    const insights = await GgufInsights.from(other, llama);
    expect(isRecurrent(architecture)).toBe(insights.isRecurrent || insights.isHybrid);
});
