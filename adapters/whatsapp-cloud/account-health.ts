import { isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";

/**
 * Tells the administrator what only they can put right, such as a refused token: once, and once more
 * when it works again.
 */
export class AccountHealth {
    readonly #logger: Logger;
    readonly #phoneNumberId: string;
    #fault: string | undefined;

    constructor(logger: Logger, phoneNumberId: string) {
        this.#logger = logger;
        this.#phoneNumberId = phoneNumberId;
    }

    /** Passes the result of a request on, and notes how it went. */
    async watch<Result>(request: Promise<Result>): Promise<Result> {
        try {
            const result = await request;
            this.#works();
            return result;
        } catch (error) {
            if (isAppError(error, "config-invalid")) this.#fails(error);
            throw error;
        }
    }

    #works(): void {
        if (this.#fault === undefined) return;
        this.#fault = undefined;
        this.#logger.info(this.#fields("working"), "WhatsApp: sending works again");
    }

    #fails(error: Error): void {
        if (this.#fault === error.message) return;
        this.#fault = error.message;
        this.#logger.error(
            { ...this.#fields("refused"), ...describeError(error) },
            "WhatsApp: answers wait until this is put right",
        );
    }

    #fields(state: string): Record<string, unknown> {
        return { whatsapp: state, phoneNumberId: this.#phoneNumberId };
    }
}
