/** The composition root: builds the assistant from the clinic's configuration. */
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { openChatModel } from "../adapters/llama/chat-model.ts";
import { createConversationStore } from "../adapters/redis/conversation-store.ts";
import { ensureRedis, type RedisHandle } from "../adapters/redis/embedded-server.ts";
import { createInbox } from "../adapters/redis/inbox.ts";
import type { AssistantParts } from "./assistant.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./log.ts";
import { createNotices, type Notices } from "./notices.ts";
import { packageRoot } from "./package-root.ts";
import { loadPrompts } from "./prompt/prompt-library.ts";

/** What is being done, for a progress line. */
export type OnProgress = (step: string, percent?: number) => void;

/** The assistant, ready to answer, until it is closed. */
export interface Composition {
    readonly parts: AssistantParts;
    readonly redis: RedisHandle;
    /** The model's licence, to be shown to the administrator. */
    readonly licence: Config["model"]["licence"];
    /** How long the model took to load, in milliseconds. */
    readonly loadMs: number;
    /** Closes the model and Redis. Running answers must have ended. */
    close(): Promise<void>;
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
): Promise<Composition> {
    const notices = await openNotices(config);
    onProgress("Starting Redis");
    const redis = await ensureRedis({
        ...(config.redis.url === undefined ? {} : { url: config.redis.url }),
        dataFolder: config.dataFolder,
        packageRoot: packageRoot(),
        logger,
        onProgress,
    });
    try {
        const client = await redis.connect();
        const startedAtMs = performance.now();
        const model = await openChatModel({
            ...modelOptions(config),
            logger,
            onProgress: ({ step, percent }) => onProgress(step, percent),
        });
        const loadMs = performance.now() - startedAtMs;
        const { keyPrefix } = config.redis;
        return {
            parts: {
                inbox: createInbox(client, { keyPrefix, logger }),
                store: createConversationStore(client, {
                    keyPrefix,
                    ...config.conversation,
                    logger,
                }),
                model,
                notices,
                logger,
                settings: {
                    defaultLanguage: config.defaultLanguage,
                    maxCharacters: config.messages.maxCharacters,
                    maxImages: config.images.maxPerMessage,
                    imageLimits: config.images,
                    disclaimer: config.disclaimer,
                    retry: { firstMs: 500, mostMs: 30_000 },
                    deliverWithinMs: 60 * 60 * 1000,
                },
            },
            redis,
            licence: config.model.licence,
            loadMs,
            close: async () => {
                await model.close();
                await redis.close();
            },
        };
    } catch (error) {
        await redis.close();
        throw error;
    }
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
