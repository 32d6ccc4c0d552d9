import type { Llama, LlamaModel } from "node-llama-cpp";
import { type AppError, isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { ChatModel } from "../../src/ports.ts";
import {
    describeDevice,
    type GpuChoice,
    measureMemory,
    openDevice,
    readDeviceMemory,
    resolveThreads,
    writeNoticesTo,
} from "./device.ts";
import { LlamaLog } from "./llama-log.ts";
import type { Engine, SamplingProfile } from "./generate-answer.ts";
import { type Companion, loadCompanion } from "./companion.ts";
import { locateCompanionInputs } from "./companion-inputs.ts";
import { ImageEmbeddings } from "./image-embeddings.ts";
import { LlamaChatModel } from "./llama-chat-model.ts";
import type { MemoryPlan } from "./memory-request.ts";
import { inspectModelFile } from "./model-file.ts";
import { loadModel } from "./load-model.ts";
import { findDraft, loadDraft } from "./draft-model.ts";
import { type DraftedRunner, openDraftedRunner } from "./open-drafted-runner.ts";
import { openRunner, roomOfConversations } from "./open-runner.ts";
import type { TemplateName } from "./named-templates.ts";
import { openTemplate, stopTokens } from "./open-template.ts";
import { type Kept, openKept } from "./open-kept.ts";
import type { ParkingLimits } from "./parked-state.ts";
import { openEyes } from "./open-eyes.ts";
import { describePlan, openPlan, planModel } from "./open-plan.ts";
import { PromptTokenizer } from "./prompt-tokens.ts";
import { SequencePool } from "./sequence-pool.ts";
import { TokenBytes } from "./stream-text.ts";

/** How the language model is opened. */
export interface LlamaOptions {
    /** The model's name for people. */
    readonly name: string;
    readonly demonstration: boolean;
    /** The GGUF file; the first part of a split one. */
    readonly modelPath: string;
    /** The mmproj file; absent: text only. */
    readonly projectorPath?: string;
    /** A smaller model with the same tokens, which guesses how answers go on; absent: none. */
    readonly draftPath?: string;
    readonly gpu: GpuChoice;
    readonly threads: number | "auto";
    /** Positions of each conversation at most; `auto`: `usualContextTokens` where they fit. */
    readonly contextTokens: number | "auto";
    readonly usualContextTokens?: number;
    /** Conversations that are kept in memory, and answered at a time; `auto`: as many as fit. */
    readonly sequences: number | "auto";
    readonly sampling: SamplingProfile;
    /** How a conversation is written for the model. Default: `llama3`. */
    readonly template?: TemplateName;
    /** Texts of special tokens that end an answer, besides those that the model's file names. */
    readonly stops?: readonly string[];
    /** The folder of the product's package.json. */
    readonly packageRoot: string;
    /** Where the companion is kept once it is built. */
    readonly cacheFolder: string;
    /** What is kept of conversations that lost their place; absent: they are read anew. */
    readonly parked?: ParkingLimits;
    /** Told what is being done, and how far it is. */
    readonly onProgress?: (progress: ModelProgress) => void;
    readonly logger: Logger;
    /** `uncorrected`: llama.cpp's own LLaVA graph, for comparisons with it. */
    readonly visionGraph?: "corrected" | "uncorrected";
    /** The longest guess of how an answer goes on; 0: none. Default: 4. */
    readonly guesses?: number;
    /**
     * Told before each token of any answer by how much its logit exceeds the second best, for
     * comparisons of two ways to compute the same.
     */
    readonly onMargin?: (margin: number) => void;
}

/** One step of opening the model. */
export interface ModelProgress {
    readonly step: string;
    readonly percent?: number;
}

// Some 28 pictures of BiMediX2; those that conversations hold need no embeddings
const embeddingsLimitBytes = 128 * 2 ** 20;

/**
 * Loads the model and reserves the memory of its conversations. The companion and what pictures need may be
 * missing: `description.vision` then says why. So may the draft model: the log says why.
 *
 * @throws `model-missing`, `model-invalid`, `model-out-of-memory`, `config-invalid` (a GPU that
 * cannot be used here), `model-failed`.
 */
export async function openChatModel(options: LlamaOptions): Promise<ChatModel> {
    const { modelPath, logger } = options;
    const progress = options.onProgress ?? ((): void => undefined);
    const file = await inspectModelFile(modelPath);

    progress({ step: "Preparing llama.cpp" });
    const log = new LlamaLog(logger);
    const llama = await openDevice(options.gpu, log);
    const draft = await findDraft({ ...options, model: file });
    const device = await measureMemory(llama);
    const planned = await openPlan(file, device, { ...options, draft });
    const planAlone = draft === undefined ? planned : await planModel(file, device, options);
    const companion = await openCompanion(llama, options);
    const plan = isAppError(companion) ? planAlone : planned;
    const step = "Loading the language model";
    // Disposing of llama after a failure here would wait for ever; what it holds is small
    const model = await loadModel(llama, modelPath, plan.gpuLayers, log, (percent) =>
        progress({ step, percent }),
    );
    const opened = { ...options, plan, planAlone, companion, onProgress: progress };
    return openEngine(opened, llama, model, log);
}

/** What is known once the model's weights are loaded. */
interface EngineOptions extends LlamaOptions {
    readonly plan: MemoryPlan;
    /** Without a draft model: what it is not used for, the conversations get. */
    readonly planAlone: MemoryPlan;
    /** Or why it is not there. */
    readonly companion: Companion | AppError;
    readonly onProgress: (progress: ModelProgress) => void;
}

async function openEngine(
    options: EngineOptions,
    llama: Llama,
    model: LlamaModel,
    log: LlamaLog,
): Promise<ChatModel> {
    const opened: { dispose(): Promise<void> }[] = [llama, model];
    const dispose = async (): Promise<void> => {
        for (const part of opened.toReversed()) await part.dispose();
    };
    try {
        const threads = resolveThreads(options.threads, llama, writeNoticesTo(log));
        const bytes = new TokenBytes(model);
        const { encoder, state } = await openEyes(model, { ...options, threads });
        if (encoder) opened.push(encoder);
        const template = openTemplate(model, options.template ?? "llama3");
        const tokenizer = new PromptTokenizer(model, template, encoder?.imageTokens ?? 0);

        const { runner, draft } = await openConversations(options, model, threads, log);
        if (draft) opened.push(draft);
        opened.push({ dispose: () => runner.close() });
        const plan = draft ? options.plan : options.planAlone;
        const { contextTokens } = roomOfConversations(options.companion, plan);
        const kept = await openKeptBeside(options, encoder?.fingerprint ?? "", tokenizer);
        const engine: Engine = {
            contextTokens,
            pool: new SequencePool(runner.sequences, {
                positions: runner.positions,
                shares: runner.shares,
                ...(kept && { shelf: kept.states }),
            }),
            ...(kept && { kept }),
            tokenizer,
            bytes,
            sampling: options.sampling,
            ...(options.onMargin && { onMargin: options.onMargin }),
            stops: stopTokens(model, options.stops ?? []),
            ...(encoder && {
                eyes: {
                    encoder,
                    embeddings: new ImageEmbeddings(encoder, {
                        memoryBytes: embeddingsLimitBytes,
                        ...(kept && { files: kept.images }),
                    }),
                },
            }),
        };
        const description = {
            name: options.name,
            device: await describeDevice(llama, threads),
            contextTokens,
            demonstration: options.demonstration,
            vision: state,
            memory: describePlan(plan),
        };
        const device = { memory: () => readDeviceMemory(llama), dispose };
        return new LlamaChatModel(description, engine, device, options.logger);
    } catch (error) {
        await dispose();
        throw error;
    }
}

/** Comes after the eyes: what a draft model takes of the memory must not cost them. */
async function openConversations(
    { companion, plan, planAlone, draftPath, guesses, logger, onProgress }: EngineOptions,
    model: LlamaModel,
    threads: number,
    log: LlamaLog,
): Promise<DraftedRunner> {
    const step = "Loading the draft model";
    const logs = { log, logger };
    const draft = isAppError(companion)
        ? undefined
        : await loadDraft(model.llama, draftPath, plan, logs, (percent) =>
              onProgress({ step, percent }),
          );
    onProgress({ step: "Reserving the memory of the conversations" });
    const others = { threads, guesses };
    const alone = { ...roomOfConversations(companion, planAlone), ...others };
    if (isAppError(companion) || draft === undefined) {
        return { runner: await openRunner(companion, model, alone, log) };
    }
    const drafted = { ...roomOfConversations(companion, plan), ...others, draft };
    return openDraftedRunner(companion, model, { drafted, alone }, logs);
}

async function openKeptBeside(
    options: LlamaOptions,
    vision: string,
    tokenizer: PromptTokenizer,
): Promise<Kept | undefined> {
    const { parked: limits, packageRoot, modelPath, logger } = options;
    if (limits === undefined) return undefined;
    const { key: build } = await locateCompanionInputs(packageRoot);
    return openKept({
        limits,
        modelPath,
        vision,
        build,
        placeholderOf: (imageId) => tokenizer.placeholderOf(imageId),
        logger,
    });
}

/** The companion, or why it is not there: then the model still answers text, more slowly. */
async function openCompanion(
    llama: Llama,
    { packageRoot, cacheFolder, onProgress, logger }: LlamaOptions,
): Promise<Companion | AppError> {
    try {
        return await loadCompanion({
            packageRoot,
            cacheFolder,
            llama,
            onProgress: ({ text, percent }) =>
                onProgress?.({ step: `Preparing fast answers and pictures: ${text}`, percent }),
        });
    } catch (error) {
        if (!isAppError(error)) throw error;
        logger.warn(describeError(error), "the companion is missing: answers come more slowly");
        return error;
    }
}
