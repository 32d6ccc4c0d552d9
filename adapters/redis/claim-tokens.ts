import { randomUUID } from "node:crypto";
import { isAppError } from "../../src/errors.ts";
import type { ConversationKey } from "../../src/message.ts";
import { pause } from "./pause.ts";
import type { QueueTimings } from "./queue-timings.ts";

/** Most conversations whose failed claims are remembered; one entry takes about 200 bytes. */
const mostUnsure = 10_000;

/**
 * The tokens of claims. A claim that failed may be carried out all the same, later: a frozen Redis
 * finds it in its socket when it wakes up. With another token, the next attempt would find the
 * conversation held until that lease runs out, and this would count as a death.
 */
export class ClaimTokens {
    readonly #timings: QueueTimings;
    readonly #leaving: AbortSignal;
    readonly #unsure = new Map<ConversationKey, string>();

    /** @param leaving Aborts when this process claims no more: then nothing is repeated. */
    constructor(timings: QueueTimings, leaving: AbortSignal) {
        this.#timings = timings;
        this.#leaving = leaving;
    }

    /**
     * Claims a conversation. While the store is away it tries again for a lease's time, since
     * another process could claim the conversation only with another token.
     *
     * @throws what `attempt` throws; the next call for the conversation has the same token then.
     */
    async claim<Claim>(
        key: ConversationKey,
        attempt: (token: string) => Promise<Claim>,
    ): Promise<{ readonly claim: Claim; readonly token: string }> {
        const token = this.#take(key) ?? randomUUID();
        const untilMs = performance.now() + this.#timings.leaseMs;
        for (;;) {
            try {
                return { claim: await attempt(token), token };
            } catch (error) {
                const hopeful = isAppError(error, "store-unavailable") && !this.#leaving.aborted;
                if (!hopeful || performance.now() >= untilMs) {
                    this.#keep(key, token);
                    throw error;
                }
                await pause(this.#timings.firstRetryMs, this.#leaving);
            }
        }
    }

    /** It goes to one caller: two with one token would both have the conversation. */
    #take(key: ConversationKey): string | undefined {
        const token = this.#unsure.get(key);
        this.#unsure.delete(key);
        return token;
    }

    #keep(key: ConversationKey, token: string): void {
        const oldest = this.#unsure.keys().next();
        if (this.#unsure.size >= mostUnsure && !oldest.done) this.#unsure.delete(oldest.value);
        this.#unsure.set(key, token);
    }
}
