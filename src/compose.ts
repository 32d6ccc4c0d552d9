/** The composition root: builds the assistant from the clinic's configuration. */
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { openChatModel } from "../adapters/llama/chat-model.ts";
import { withoutDraft } from "../adapters/llama/draft-model.ts";
import { openServerModel } from "../adapters/openai/chat-model.ts";
import type { AssistantParts, AssistantSettings, QueueSettings } from "./assistant.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./log.ts";
import { wantedMemory } from "./settings/model-memory.ts";
import { createNotices, type Notices, type NoticeSettings } from "./notices.ts";
import { openSafety } from "./open-safety.ts";
import { packageRoot } from "./package-root.ts";
import type { ChatModel } from "./ports.ts";
import type { PatientData } from "./privacy-ports.ts";
import { createSlots, type Slots } from "./images/decoding-slots.ts";
import { loadOtherLanguages, type OtherLanguages } from "./prompt/other-languages.ts";
import { loadPrompts } from "./prompt/prompt-library.ts";
import type { OnProgress, StorageOptions } from "./storage.ts";
import { openStorage } from "./storage.ts";

/** The assistant, ready to answer, until it is closed. */
export interface Composition {
    readonly parts: AssistantParts;
    /** Which Redis is used, for the administrator. */
    readonly redis: string;
    /** How long the model took to load, in milliseconds. */
    readonly loadMs: number;
    /** Closes the model and Redis. Running answers must have ended. */
    close(): Promise<void>;
}

/**
 * Starts Redis, loads the texts and the model: the assistant of one process, without the queue.
 *
 * @throws `prompts-invalid`, `rules-invalid`, `redis-missing`, `store-unavailable`, `store-failed`, `model-…`.
 */
export async function compose(
    config: Config,
    logger: Logger,
    onProgress: OnProgress,
    options: StorageOptions,
): Promise<Composition> {
    const notices = await openNotices(config);
    const otherLanguages = await openOtherLanguages(config);
    const storage = await openStorage(config, logger, onProgress, options);
    try {
        const safety = await openSafety(config, storage);
        const startedAtMs = performance.now();
        const model = await openModel(config, logger, onProgress, 1);
        return {
            parts: {
                store: storage.store,
                model,
                notices,
                otherLanguages,
                logger,
                settings: assistantSettings(config, options),
                safety,
                data: forgetting(storage.data, model),
            },
            redis: storage.description,
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

/** Here nobody else tells the model that a conversation was erased. */
function forgetting(data: PatientData, model: ChatModel): NonNullable<AssistantParts["data"]> {
    return {
        cacheKey: async (conversation) => await data.cacheKey(conversation),
        erase: async (conversation, options) => {
            const erased = await data.erase(conversation, options);
            model.forget?.(conversation);
            return erased;
        },
    };
}

/**
 * Loads the model, or connects with its server.
 *
 * @param usualPlaces What `auto` makes of the conversations in memory; absent: as many as fit.
 * @throws `model-…`, `projector-…`.
 */
export async function openModel(
    config: Config,
    logger: Logger,
    onProgress: OnProgress,
    usualPlaces?: number,
): Promise<ChatModel> {
    const { model } = config;
    const sampling = {
        temperature: model.temperature,
        topP: model.topP,
        maxTokens: model.maxAnswerTokens,
    };
    const { name, demonstration } = model;
    const common = { name, demonstration, sampling, logger };
    if (model.server) {
        const { imageSide, imageTokens, ...server } = model.server;
        return await openServerModel({
            ...common,
            contextTokens: model.contextTokens,
            server,
            ...(imageSide === undefined ? {} : { imageSide }),
            ...(imageTokens === undefined ? {} : { imageTokens }),
        });
    }
    const { draft } = model;
    if (draft && "fault" in draft) {
        logger.warn({ profile: draft.profile, reason: draft.fault }, withoutDraft);
    }
    return await openChatModel({
        ...common,
        ...wantedMemory(model, usualPlaces),
        modelPath: model.modelPath,
        template: model.template,
        ...(model.stopTokens === undefined ? {} : { stops: model.stopTokens }),
        gpu: model.gpu,
        threads: model.threads,
        packageRoot: packageRoot(),
        cacheFolder: companionFolder(config),
        parked: {
            memoryBytes: spareMemory(model.remember.memoryBytes),
            diskBytes: model.remember.diskBytes,
            folder: join(config.dataFolder, "parked"),
            keepForMs: config.conversation.expireAfterMs,
        },
        onProgress: ({ step, percent }) => onProgress(step, percent),
    });
}

/** `auto`: the other programs, and what the model itself will take, go before. */
function spareMemory(wanted: number | "auto"): number {
    return wanted === "auto" ? Math.min(process.availableMemory() / 4, 4 * 2 ** 30) : wanted;
}

/** Bounds the downloads and pictures that are in memory at once, in one process. */
export function openPictureSlots(): Slots {
    return createSlots(4);
}

/** How the assistant behaves. */
export function assistantSettings(
    config: Config,
    { withoutRedis }: StorageOptions,
    pictureSlots = openPictureSlots(),
): AssistantSettings {
    const retry = { firstMs: 500, mostMs: 30_000 };
    return {
        defaultLanguage: config.defaultLanguage,
        maxCharacters: config.messages.maxCharacters,
        maxImages: config.images.maxPerMessage,
        imageLimits: config.images,
        readsPictures: config.tasks.pictures,
        disclaimer: config.disclaimer,
        consent: config.consent,
        retry: withoutRedis === "serve" ? retry : { ...retry, giveUpAfterMs: 0 },
        pictureSlots,
    };
}

/** How the assistant behaves behind the queue. */
export function queueSettings({ queue }: Config): QueueSettings {
    return {
        setAsideAfterDeaths: queue.setAsideAfterCrashes,
        deliveryGiveUpMs: queue.deliverWithinMs,
        tellWaitAbove: queue.tellWaitingAbove,
    };
}

/**
 * The texts that patients read, with the clinic's own wording and values.
 *
 * @throws `prompts-invalid`.
 */
export async function openNotices(config: Omit<Config, "model">): Promise<Notices> {
    const prompts = await loadPrompts(join(packageRoot(), "prompts"), config.notices);
    const { name, emergencyNumber, crisisNumber } = config.clinic;
    return createNotices(prompts, {
        clinicName: name,
        ...(emergencyNumber === undefined ? {} : { emergencyNumber }),
        ...(crisisNumber === undefined ? {} : { crisisNumber }),
        days: Math.round(config.conversation.expireAfterMs / (24 * 60 * 60 * 1000)),
        minimumAge: config.consent.minimumAge,
        maxCharacters: config.messages.maxCharacters,
        maxImages: config.images.maxPerMessage,
        maxMegabytes: Math.round(config.images.maxBytes / 1024 ** 2),
        maxMegapixels: Math.round(config.images.maxPixels / 1_000_000),
        ...(config.tasks.pictures ? {} : { replaced: withoutPictures(config.notices) }),
    });
}

/** What promises that pictures are looked at, unless the clinic has worded it. */
function withoutPictures({
    welcome,
    help,
}: Config["notices"]): NonNullable<NoticeSettings["replaced"]> {
    return {
        ...(welcome ? {} : { welcome: "welcome-without-pictures" }),
        ...(help ? {} : { help: "help-without-pictures" }),
    };
}

/**
 * What those read who write in a language that is not spoken here, with the clinic's number.
 *
 * @throws `prompts-invalid`.
 */
export async function openOtherLanguages({
    clinic,
    tasks,
}: Pick<Config, "clinic" | "tasks">): Promise<OtherLanguages> {
    if (!tasks.otherLanguages) return new Map();
    const folder = join(packageRoot(), "prompts/other-languages");
    return await loadOtherLanguages(folder, clinic.emergencyNumber);
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
