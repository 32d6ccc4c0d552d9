import { AppError } from "../../src/errors.ts";
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
import { prepareInstructions } from "./prepare-instructions.ts";

interface RunningGeneration {
    readonly stop: () => void;
    readonly ended: Promise<unknown>;
}

interface RunningPreparation {
    readonly abort: AbortController;
    readonly ended: Promise<void>;
}

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
    readonly #running = new Set<RunningGeneration>();
    #preparing: RunningPreparation | undefined;
    #closing: Promise<void> | undefined;

    constructor(description: ModelDescription, engine: Engine, device: LlamaDevice) {
        this.description = description;
        this.#engine = engine;
        this.#device = device;
    }

    async generate(request: ChatRequest, options: ChatOptions): Promise<ChatCompletion> {
        if (this.#closing !== undefined) {
            throw new AppError("model-failed", "The language model has been closed.");
        }
        refuseUnseenPictures(request, this.description.vision);
        this.#preparing?.abort.abort();
        const controller = new AbortController();
        const stop = (): void => controller.abort();
        if (options.signal.aborted) stop();
        options.signal.addEventListener("abort", stop, { once: true });
        const answer = generateAnswer(this.#engine, request, options.onText, controller.signal);
        const running = { stop, ended: answer.catch(() => undefined) };
        this.#running.add(running);
        try {
            return await answer;
        } finally {
            this.#running.delete(running);
            options.signal.removeEventListener("abort", stop);
        }
    }

    async prepare(texts: readonly string[]): Promise<void> {
        this.#preparing?.abort.abort();
        await this.#preparing?.ended;
        if (this.#closing !== undefined || this.#running.size > 0) return;
        const abort = new AbortController();
        const ended = prepareInstructions(this.#engine, texts, abort.signal).catch(() => {
            // What could not be read now is read with the first question, which tells what is wrong
        });
        this.#preparing = { abort, ended };
        await ended;
    }

    async deviceMemory(): Promise<DeviceMemory | undefined> {
        return this.#closing === undefined ? await this.#device.memory() : undefined;
    }

    forget(conversation: string): void {
        if (this.#closing === undefined) this.#engine.pool.forget(conversation);
    }

    close(): Promise<void> {
        this.#closing ??= this.#close();
        return this.#closing;
    }

    async #close(): Promise<void> {
        const running = [...this.#running];
        for (const { stop } of running) stop();
        this.#preparing?.abort.abort();
        await Promise.all([...running.map(({ ended }) => ended), this.#preparing?.ended]);
        const { eyes, kept, pool } = this.#engine;
        await eyes?.embeddings.settle();
        if (kept) {
            await pool.parkAll();
            await kept.states.close();
        }
        await this.#device.dispose();
    }
}
