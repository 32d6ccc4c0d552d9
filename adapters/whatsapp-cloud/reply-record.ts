import { AppError, isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { Journal } from "../../src/ports.ts";
import { mayBeCarriedOut } from "./failures.ts";
import type { Receipts } from "./receipts.ts";
import { partToken, readReplyState, type ReplyState } from "./reply-state.ts";
import type { CloudTimings } from "./timings.ts";

/** What keeping the record needs. */
export interface RecordParts {
    readonly receipts: Receipts;
    readonly timings: Pick<CloudTimings, "doubtMs" | "orderMs">;
    readonly logger: Logger;
}

/**
 * What is out of one reply. Before each part the journal learns that it is about to be sent, and
 * after it, that it is out. A part of which only the intention is known is looked for among the
 * receipts before it is sent again.
 */
export class ReplyRecord {
    readonly #parts: RecordParts;
    readonly #journal: Journal | undefined;
    #state: ReplyState;
    /** Whether the journal holds a doubt that has been cleared since. */
    #keptDoubt: boolean;
    #takenOver = false;

    constructor(parts: RecordParts, journal: Journal | undefined) {
        this.#parts = parts;
        this.#journal = journal;
        this.#state = readReplyState(journal?.state);
        this.#keptDoubt = this.#state.doubtful;
    }

    /** How many parts of the reply are out. */
    get delivered(): number {
        return this.#state.delivered;
    }

    /**
     * Sends the next part, unless it turns out to be out already. Not cancelled while under way:
     * what becomes of it must be known.
     *
     * @param send Gets the token to send it with.
     * @throws As `send` does, `aborted` when another process has taken over or the signal aborts
     * before, `store-unavailable` when the journal cannot be kept; then nothing was sent.
     */
    async deliverNext(send: (token: string) => Promise<void>, signal: AbortSignal): Promise<void> {
        this.#checkOwnership();
        const token = partToken(this.#state, this.delivered);
        if (await this.#isOutAlready(token, signal)) return await this.#arrived();
        if (signal.aborted) throw new AppError("aborted", "The reply was cancelled.");
        const before = this.#state;
        this.#state = { ...before, doubtful: true };
        // At each try: it also shows whether the reply is still ours.
        await this.#expect(before);
        try {
            await send(token);
        } catch (error) {
            if (!mayBeCarriedOut(error) && !before.doubtful) this.#state = before;
            throw error;
        }
        await this.#arrived();
    }

    /** Waits a moment until WhatsApp has passed the latest part on: it does not promise the order. */
    async settle(signal: AbortSignal): Promise<void> {
        const token = partToken(this.#state, this.delivered - 1);
        await this.#parts.receipts
            .comes(token, this.#parts.timings.orderMs, signal)
            .catch(() => undefined);
    }

    /**
     * Lets the journal know that what was to be sent was refused, for the process that goes on.
     * Never fails.
     */
    async close(): Promise<void> {
        if (this.#takenOver || this.#keptDoubt === this.#state.doubtful) return;
        await this.#tryToKeep().catch(() => undefined);
    }

    async #isOutAlready(token: string, signal: AbortSignal): Promise<boolean> {
        if (!this.#state.doubtful) return false;
        const { receipts, timings } = this.#parts;
        return await receipts.comes(token, timings.doubtMs, signal);
    }

    async #expect(before: ReplyState): Promise<void> {
        try {
            await this.#keep();
        } catch (error) {
            this.#state = before;
            throw error;
        }
    }

    async #arrived(): Promise<void> {
        this.#state = { ...this.#state, delivered: this.delivered + 1, doubtful: false };
        await this.#tryToKeep();
    }

    async #keep(): Promise<void> {
        const state = this.#state;
        try {
            await this.#journal?.save(state);
            this.#keptDoubt = state.doubtful;
        } catch (error) {
            if (isAppError(error, "aborted")) this.#takenOver = true;
            throw error;
        }
    }

    /** What cannot be kept now goes with the next save; only a takeover ends everything. */
    async #tryToKeep(): Promise<void> {
        try {
            await this.#keep();
        } catch (error) {
            if (this.#takenOver) throw error;
            const sentence = "a message on WhatsApp is not in its journal yet";
            this.#parts.logger.warn(describeError(error), sentence);
        }
    }

    #checkOwnership(): void {
        if (this.#takenOver) {
            throw new AppError("aborted", "Another process goes on with the reply.");
        }
    }
}
