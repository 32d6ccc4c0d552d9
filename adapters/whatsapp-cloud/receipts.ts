import { setTimeout as delay } from "node:timers/promises";
import { describeError, type Logger } from "../../src/log.ts";
import { RecentKeys } from "../../src/messaging/recent-keys.ts";
import type { ReceiptLedger } from "../../src/ports.ts";
import { CountedWarnings } from "./counted-warnings.ts";
import { explain } from "./failures.ts";
import { type JsonObject, objectsIn, textIn } from "./json-object.ts";
import type { CloudTimings } from "./timings.ts";

/** What a receipt carries: the token that its message was sent with. Others are not ours. */
const tokenPattern = /^bmx-[\w-]{20,60}$/;

/** What receipts need. */
export interface ReceiptParts {
    readonly ledger: ReceiptLedger;
    readonly logger: Logger;
    readonly timings: Pick<CloudTimings, "receiptPollMs">;
}

/**
 * The receipts of what was sent. Meta reports in webhooks how each message fares, with the token
 * that came with it (`biz_opaque_callback_data`): a message whose answer got lost is known to be out
 * by its receipt.
 */
export class Receipts {
    readonly #parts: ReceiptParts;
    readonly #warnings: CountedWarnings;
    readonly #recent = new RecentKeys(5_000);

    constructor(parts: ReceiptParts) {
        this.#parts = parts;
        this.#warnings = new CountedWarnings(parts.logger);
    }

    /** Resolves with whether all of a webhook's statuses are kept. Never fails. */
    async take(statuses: readonly JsonObject[]): Promise<boolean> {
        const kept = await Promise.all(statuses.map((status) => this.#takeOne(status)));
        return kept.every(Boolean);
    }

    /**
     * Whether the receipt of a token is there, or comes within `ms`.
     *
     * @throws `store-unavailable`, `aborted`.
     */
    async comes(token: string, ms: number, signal: AbortSignal): Promise<boolean> {
        const { ledger, timings } = this.#parts;
        const endMs = performance.now() + ms;
        for (;;) {
            if (this.#recent.has(token) || (await ledger.has(token))) return true;
            const leftMs = endMs - performance.now();
            if (leftMs <= 0 || signal.aborted) return false;
            const pauseMs = Math.min(timings.receiptPollMs, leftMs);
            await delay(pauseMs, undefined, { signal }).catch(() => undefined);
        }
    }

    async #takeOne(status: JsonObject): Promise<boolean> {
        const state = textIn(status, "status");
        if (state === "failed") {
            this.#warnOfFailure(status);
            return true;
        }
        const token = textIn(status, "biz_opaque_callback_data");
        if (token === undefined || !tokenPattern.test(token)) return true;
        // Sent, delivered and read come one after another; one of them is enough.
        if (this.#recent.has(token)) return true;
        try {
            await this.#parts.ledger.keep(token);
            this.#recent.add(token);
            return true;
        } catch (error) {
            const sentence = "WhatsApp: a receipt waits to be stored";
            this.#parts.logger.warn(describeError(error), sentence);
            return false;
        }
    }

    /** WhatsApp had taken the message, and could not deliver it after all. */
    #warnOfFailure(status: JsonObject): void {
        const [error] = objectsIn(status, "errors");
        const code = error?.["code"];
        if (typeof code !== "number") return;
        const fields = { code, ...explain(code) };
        this.#warnings.warn(`failed-${code}`, "WhatsApp has not delivered a message", fields);
    }
}
