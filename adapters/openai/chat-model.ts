import { AppError } from "../../src/errors.ts";
import { JoinedSignal } from "../../src/joined-signal.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type {
    ChatCompletion,
    ChatModel,
    ChatOptions,
    ChatRequest,
    ModelDescription,
    VisionState,
} from "../../src/ports.ts";
import { refuseUnseenPictures } from "../../src/refuse-unseen-pictures.ts";
import { TokenCalibration } from "./estimate-tokens.ts";
import { isModel, type ModelServer, readServedModels, type ServerTimings } from "./model-server.ts";
import { ServerAnswer, type ServerEngine, type ServerSampling } from "./server-answer.ts";

/** How a model on a server is opened. */
export interface ServerModelOptions {
    /** The model's name for people. */
    readonly name: string;
    readonly demonstration: boolean;
    readonly server: ModelServer;
    /** Side of the squares that pictures are sent as; absent: the model sees none. */
    readonly imageSide?: number;
    /** How many tokens a picture is at most; absent: one for each 14 × 14 pixels. */
    readonly imageTokens?: number;
    /** Of a conversation; at most what the server has, if it says so. */
    readonly contextTokens: number;
    readonly sampling: ServerSampling;
    readonly logger: Logger;
    readonly timings?: ServerTimings;
}

// Beyond five minutes fetch itself would give up
const usualTimings: ServerTimings = {
    firstTextMs: 280_000,
    betweenEventsMs: 60_000,
    tries: 4,
    retry: { firstMs: 500, mostMs: 5000 },
};
const listTimeoutMs = 5000;

/**
 * A model behind an OpenAI-compatible interface over HTTP. A server that is away is no fault here:
 * it may come later.
 */
export async function openServerModel(options: ServerModelOptions): Promise<ChatModel> {
    const { server, sampling, logger, imageSide } = options;
    const told = await askForContext(server, logger);
    const contextTokens = Math.min(options.contextTokens, told ?? Infinity);
    if (contextTokens < options.contextTokens) {
        logger.warn({ contextTokens }, "the context is limited to what the model server has");
    }
    const imageTokens = options.imageTokens ?? Math.ceil((imageSide ?? 0) / 14) ** 2;
    const engine: ServerEngine = {
        server,
        sampling,
        contextTokens,
        imageTokens,
        calibration: new TokenCalibration(),
        timings: options.timings ?? usualTimings,
        logger,
    };
    const description = {
        name: options.name,
        device: `server ${new URL(server.url).host}`,
        contextTokens,
        demonstration: options.demonstration,
        vision: visionOf(imageSide, imageTokens),
    };
    return new ServerChatModel(description, engine);
}

async function askForContext(server: ModelServer, logger: Logger): Promise<number | undefined> {
    try {
        const models = await readServedModels(server, listTimeoutMs);
        const model = models.find((served) => isModel(served, server.model));
        if (model === undefined) logger.warn("the model server does not list the model");
        return model?.contextTokens;
    } catch (error) {
        logger.warn(describeError(error), "the model server does not list its models");
        return undefined;
    }
}

function visionOf(imageSide: number | undefined, imageTokens: number): VisionState {
    if (imageSide !== undefined) return { status: "ready", imageSide, imageTokens };
    return {
        status: "unavailable",
        reason: "The settings of the model's server name no size for pictures.",
        remedy: "If the model sees pictures, set server.imageSide in its profile.",
    };
}

/** A language model on a server. */
class ServerChatModel implements ChatModel {
    readonly description: ModelDescription;
    readonly #engine: ServerEngine;
    readonly #closing = new AbortController();
    readonly #running = new Set<Promise<unknown>>();

    constructor(description: ModelDescription, engine: ServerEngine) {
        this.description = description;
        this.#engine = engine;
    }

    async generate(request: ChatRequest, options: ChatOptions): Promise<ChatCompletion> {
        if (this.#closing.signal.aborted) {
            throw new AppError("model-failed", "The language model has been closed.");
        }
        refuseUnseenPictures(request, this.description.vision);
        const joined = new JoinedSignal(options.signal, this.#closing.signal);
        const answer = new ServerAnswer(this.#engine, request, options.onText, joined.signal);
        const completion = answer.complete();
        const ended = completion.catch(() => undefined);
        this.#running.add(ended);
        try {
            return await completion;
        } finally {
            this.#running.delete(ended);
            joined.release();
        }
    }

    async close(): Promise<void> {
        this.#closing.abort();
        await Promise.all(this.#running);
    }
}
