import { type AppError, isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { PlatformCondition } from "../../src/status-ports.ts";

/**
 * Tells the administrator what only they can put right, such as a refused token: once, and once more
 * when it works again.
 */
export class AccountHealth {
    readonly #logger: Logger;
    readonly #phoneNumberId: string;
    readonly #onCondition: (condition: PlatformCondition) => void;
    #fault: string | undefined;

    /** @param onCondition Told how the number stands, for the administrator. */
    constructor(
        logger: Logger,
        phoneNumberId: string,
        onCondition: (condition: PlatformCondition) => void,
    ) {
        this.#logger = logger;
        this.#phoneNumberId = phoneNumberId;
        this.#onCondition = onCondition;
    }

    /** The number can be used, as far as is known. */
    ready(): void {
        this.#onCondition({ name: "running" });
    }

    /** Meta cannot be asked just now. */
    unreachable(): void {
        this.#onCondition({
            name: "failing",
            reason: "Meta is not reachable; it is tried until it is.",
        });
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
        this.ready();
        if (this.#fault === undefined) return;
        this.#fault = undefined;
        this.#logger.info(this.#fields("working"), "WhatsApp: sending works again");
    }

    #fails(error: AppError): void {
        // The platform may have been stopped and started since: what is known is shown again.
        this.#onCondition({
            name: "failing",
            reason: error.message,
            ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
        });
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
