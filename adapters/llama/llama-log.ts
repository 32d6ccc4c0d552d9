import { setTimeout as sleep } from "node:timers/promises";
import { InsufficientMemoryError, LlamaLogLevel } from "node-llama-cpp";
import type { Logger } from "../../src/log.ts";

/**
 * What llama.cpp reports as a failure though it was asked for: a step that was ended because nobody
 * waits for it any more, and a memory for several conversations that is larger than one may become.
 */
const harmless =
    /(failed with error 1|compute status: 1|ret = 2)$|removing memory module entries|n_ctx_seq .* > n_ctx_train/;

/** llama.cpp's own log, which says nothing of prompts at these levels. */
export class LlamaLog {
    readonly #logger: Logger;
    #ranOutOfMemory = false;

    constructor(logger: Logger) {
        this.#logger = logger;
    }

    /** Whether a failure is one of memory, by its kind or by what llama.cpp said of it. */
    async isOutOfMemory(error: unknown): Promise<boolean> {
        await untilLinesCome();
        return error instanceof InsufficientMemoryError || this.#ranOutOfMemory;
    }

    /** After a failure that is got over: a later one is judged by itself. */
    async forgetFailure(): Promise<void> {
        await untilLinesCome();
        this.#ranOutOfMemory = false;
    }

    /** What this program itself has to say of the device. */
    warn(entry: object, message: string): void {
        this.#logger.warn(entry, message);
    }

    readonly write = (level: LlamaLogLevel, message: string): void => {
        if (harmless.test(message.trim())) return;
        if (/out of memory|failed to allocate|unable to allocate/i.test(message)) {
            this.#ranOutOfMemory = true;
        }
        const entry = { source: "llama.cpp" };
        const line = message.trim();
        if (level === LlamaLogLevel.warn) this.#logger.warn(entry, line);
        else this.#logger.error(entry, line);
    };
}

/** llama.cpp's lines come a moment after the failure that they explain. */
function untilLinesCome(): Promise<void> {
    return sleep(50);
}
