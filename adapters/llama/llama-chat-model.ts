import { AppError } from "../../src/errors.ts";
import type { Logger } from "../../src/log.ts";
import type {
    ChatCompletion,
    ChatModel,
    ChatOptions,
    ChatRequest,
    DeviceMemory,
    ModelDescription,
} from "../../src/ports.ts";
import { refuseUnseenPictures } from "../../src/refuse-unseen-pictures.ts";
import { type Engine, generateAnswer } from "./generate-answer.ts";
import { ReadingAhead } from "./reading-ahead.ts";

interface RunningGeneration {
    readonly conversation: string;
    readonly stop: () => void;
    readonly ended: Promise<unknown>;
    /** Whether its conversation was erased meanwhile. */
    isForgotten: boolean;
}

/** Of what was given up before, nothing is read or kept. */
const neverBegun: ChatCompletion = {
    text: "",
    stop: "aborted",
    droppedTurns: 0,
    images: 0,
    tokens: { prompt: 0, cached: 0, image: 0, generated: 0 },
    timingsMs: { image: 0, firstToken: 0, total: 0 },
};

/** What the engine runs on. */
export interface LlamaDevice {
    readonly memory: () => Promise<DeviceMemory | undefined>;
    /** Frees all that was opened for the engine; called once, when it is idle. */
    readonly dispose: () => Promise<void>;
}

/** A language model in this process, with its conversations. */
export class LlamaChatModel implements ChatModel {
    readonly description: ModelDescription;
    readonly #engine: Engine;
    readonly #device: LlamaDevice;
    readonly #ahead: ReadingAhead;
    readonly #running = new Set<RunningGeneration>();
    #closing: Promise<void> | undefined;

    constructor(
        description: ModelDescription,
        engine: Engine,
        device: LlamaDevice,
        logger: Logger,
    ) {
        this.description = description;
        this.#engine = engine;
        this.#device = device;
        this.#ahead = new ReadingAhead(engine, logger);
    }

    async generate(request: ChatRequest, options: ChatOptions): Promise<ChatCompletion> {
        if (this.#closing !== undefined) {
            throw new AppError("model-failed", "The language model has been closed.");
        }
        if (options.signal.aborted) return neverBegun;
        refuseUnseenPictures(request, this.description.vision);
        this.#ahead.pause();
        const controller = new AbortController();
        const stop = (): void => controller.abort();
        options.signal.addEventListener("abort", stop, { once: true });
        const answer = generateAnswer(this.#engine, request, options.onText, controller.signal);
        const { conversation } = request;
        const ended = answer.catch(() => undefined);
        const running: RunningGeneration = { conversation, stop, ended, isForgotten: false };
        this.#running.add(running);
        try {
            return await answer;
        } finally {
            this.#running.delete(running);
            // It may have gone on reading
            if (running.isForgotten) this.#forgetContents();
            if (this.#isIdle) void this.#ahead.resume();
            options.signal.removeEventListener("abort", stop);
        }
    }

    async prepare(systemMessages: readonly string[]): Promise<void> {
        if (this.#closing !== undefined) return;
        this.#ahead.want(systemMessages);
        if (this.#isIdle) await this.#ahead.resume();
    }

    async deviceMemory(): Promise<DeviceMemory | undefined> {
        return this.#closing === undefined ? await this.#device.memory() : undefined;
    }

    forget(conversation: string): void {
        if (this.#closing !== undefined) return;
        this.#engine.pool.forget(conversation);
        for (const running of this.#running) {
            if (running.conversation === conversation) running.isForgotten = true;
        }
        this.#forgetContents();
        if (this.#isIdle) void this.#ahead.resume();
    }

    close(): Promise<void> {
        this.#closing ??= this.#close();
        return this.#closing;
    }

    /** Nobody knows whose the texts and pictures are; what others go on using comes back with its next use. */
    #forgetContents(): void {
        this.#engine.tokenizer.forgetTexts();
        this.#engine.eyes?.embeddings.forgetAll();
    }

    get #isIdle(): boolean {
        return this.#running.size === 0 && this.#closing === undefined;
    }

    async #close(): Promise<void> {
        const running = [...this.#running];
        for (const { stop } of running) stop();
        await Promise.all([...running.map(({ ended }) => ended), this.#ahead.close()]);
        const { eyes, kept, pool } = this.#engine;
        await eyes?.embeddings.settle();
        if (kept) {
            await pool.parkAll();
            await kept.states.close();
        }
        await this.#device.dispose();
    }
}
