/** The composition root: builds the assistant from the clinic's configuration. */
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { openChatModel } from "../adapters/llama/chat-model.ts";
import { createConversationStore } from "../adapters/redis/conversation-store.ts";
import { ensureRedis, type RedisHandle } from "../adapters/redis/embedded-server.ts";
import { createInbox } from "../adapters/redis/inbox.ts";
import type { AssistantParts, AssistantSettings } from "./assistant.ts";
import type { Config } from "./config.ts";
import { lateStore, type Stored } from "./conversation/late-store.ts";
import { isAppError } from "./errors.ts";
import { describeError, type Logger } from "./log.ts";
import { createNotices, type Notices } from "./notices.ts";
import { packageRoot } from "./package-root.ts";
import { createSlots } from "./images/decoding-slots.ts";
import { wait } from "./wait.ts";
import { loadPrompts } from "./prompt/prompt-library.ts";

/** What is being done, for a progress line. */
export type OnProgress = (step: string, percent?: number) => void;

/** The assistant, ready to answer, until it is closed. */
export interface Composition {
    readonly parts: AssistantParts;
    /** Which Redis is used, for the administrator. */
    readonly redis: string;
    /** The model's licence, to be shown to the administrator. */
    readonly licence: Config["model"]["licence"];
    /** How long the model took to load, in milliseconds. */
    readonly loadMs: number;
    /** Closes the model and Redis. Running answers must have ended. */
    close(): Promise<void>;
}

/** How patient a composition is. */
export interface ComposeOptions {
    /**
     * `fail`: an unreachable Redis is an error. `serve`: the assistant starts all the same, tells
     * patients that the answer will come later, and goes on trying.
     */
    readonly withoutRedis: "fail" | "serve";
}

/**
 * Starts Redis, loads the texts and the model.
 *
 * @throws `prompts-invalid`, `redis-missing`, `store-unavailable`, `store-failed`, `model-…`.
 */
export async function compose(
    config: Config,
    logger: Logger,
    onProgress: OnProgress,
    { withoutRedis }: ComposeOptions = { withoutRedis: "fail" },
): Promise<Composition> {
    const notices = await openNotices(config);
    onProgress("Starting Redis");
    const storage = await openStorage(config, logger, onProgress, withoutRedis);
    try {
        const startedAtMs = performance.now();
        const model = await openChatModel({
            ...modelOptions(config),
            logger,
            onProgress: ({ step, percent }) => onProgress(step, percent),
        });
        return {
            parts: {
                inbox: storage.inbox,
                store: storage.store,
                model,
                notices,
                logger,
                settings: assistantSettings(config, withoutRedis),
            },
            redis: storage.description,
            licence: config.model.licence,
            loadMs: performance.now() - startedAtMs,
            close: async () => {
                await model.close();
                await storage.close();
            },
        };
    } catch (error) {
        await storage.close();
        throw error;
    }
}

interface Storage extends Stored {
    readonly description: string;
    close(): Promise<void>;
}

async function openStorage(
    config: Config,
    logger: Logger,
    onProgress: OnProgress,
    withoutRedis: ComposeOptions["withoutRedis"],
): Promise<Storage> {
    let redis: RedisHandle | undefined;
    let stored: Stored | undefined;
    const open = async (): Promise<void> => {
        const opened = await ensureRedis({
            ...(config.redis.url === undefined ? {} : { url: config.redis.url }),
            dataFolder: config.dataFolder,
            packageRoot: packageRoot(),
            logger,
            onProgress,
        });
        const client = await opened.connect().catch(async (error: unknown) => {
            await opened.close();
            throw error;
        });
        redis = opened;
        const { keyPrefix } = config.redis;
        stored = {
            inbox: createInbox(client, { keyPrefix, logger }),
            store: createConversationStore(client, { keyPrefix, ...config.conversation, logger }),
        };
    };
    const stop = new AbortController();
    let trying = Promise.resolve();
    let away = "";
    try {
        await open();
    } catch (error) {
        const mayCome = isAppError(error) && error.retryable && withoutRedis === "serve";
        if (!mayCome) throw error;
        away = error.message;
        logger.error(describeError(error), "starting without Redis; trying on");
        trying = keepTrying(open, logger, stop.signal);
    }
    return {
        ...lateStore(() => stored),
        description: redis
            ? `${redis.version}, ${redis.description}`
            : `${away} Patients are told that their answer will come later.`,
        close: async () => {
            stop.abort();
            await trying;
            await redis?.close();
        },
    };
}

/** Until it works or the signal aborts: what the administrator must mend may be mended later. */
async function keepTrying(
    open: () => Promise<void>,
    logger: Logger,
    signal: AbortSignal,
): Promise<void> {
    for (let pauseMs = 500; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 60_000)) {
        await wait(pauseMs, signal).catch(() => undefined);
        if (signal.aborted) return;
        try {
            await open();
            return;
        } catch (error) {
            logger.error(describeError(error), "still without Redis");
        }
    }
}

/** Downloads and pictures in memory at once. */
const maxPicturesAtOnce = 4;

function assistantSettings(
    config: Config,
    withoutRedis: ComposeOptions["withoutRedis"],
): AssistantSettings {
    const retry = { firstMs: 500, mostMs: 30_000 };
    return {
        defaultLanguage: config.defaultLanguage,
        maxCharacters: config.messages.maxCharacters,
        maxImages: config.images.maxPerMessage,
        imageLimits: config.images,
        disclaimer: config.disclaimer,
        retry: withoutRedis === "serve" ? retry : { ...retry, giveUpAfterMs: 0 },
        pictureSlots: createSlots(maxPicturesAtOnce),
    };
}

/**
 * The texts that patients read, with the clinic's own wording and values.
 *
 * @throws `prompts-invalid`.
 */
export async function openNotices(config: Config): Promise<Notices> {
    const { text, imageText } = config.disclaimer;
    const prompts = await loadPrompts(join(packageRoot(), "prompts"), {
        ...(text ? { disclaimer: text } : {}),
        ...(imageText ? { "disclaimer-image": imageText } : {}),
    });
    const { name, emergencyNumber } = config.clinic;
    return createNotices(prompts, {
        clinicName: name,
        ...(emergencyNumber === undefined ? {} : { emergencyNumber }),
        maxCharacters: config.messages.maxCharacters,
        maxImages: config.images.maxPerMessage,
        maxMegabytes: Math.round(config.images.maxBytes / 1024 ** 2),
        maxMegapixels: Math.round(config.images.maxPixels / 1_000_000),
    });
}

/** The part of {@link openChatModel}'s options that the configuration decides. */
function modelOptions(config: Config) {
    const { model } = config;
    return {
        name: model.name,
        demonstration: model.demonstration,
        modelPath: model.modelPath,
        ...(model.projectorPath === undefined ? {} : { projectorPath: model.projectorPath }),
        gpu: model.gpu,
        threads: model.threads,
        contextTokens: model.contextTokens,
        sequences: model.conversationsInMemory,
        sampling: {
            temperature: model.temperature,
            topP: model.topP,
            maxTokens: model.maxAnswerTokens,
        },
        packageRoot: packageRoot(),
        cacheFolder: companionFolder(config),
    } as const;
}

/** Beside the program where that may be written, so that all data folders share one build. */
export function companionFolder({ dataFolder }: Config): string {
    const root = packageRoot();
    try {
        accessSync(root, constants.W_OK);
        return join(root, ".cache", "companion");
    } catch {
        return join(dataFolder, "companion");
    }
}
