import { AppError } from "../../src/errors.ts";
import { JoinedSignal } from "../../src/joined-signal.ts";
import { describeError } from "../../src/log.ts";
import type { Conversation, ConversationKey } from "../../src/message.ts";
import type { OpenTurn, TurnOutcome } from "../../src/queue-ports.ts";
import { forgetDelayNotice } from "./delay-notice.ts";
import { changedHistory, type HistoryCache } from "./history-cache.ts";
import type { Hold, Ripeness, TurnClaim } from "./mailbox.ts";
import { pause } from "./pause.ts";
import { Progress } from "./progress.ts";
import { persist, type QueueParts } from "./queue-parts.ts";

type Claimed = Extract<TurnClaim, { status: "claimed" }>;

/** A conversation in this process's hands: keeps the lease until it is ended. */
export class HeldTurn {
    readonly conversation: ConversationKey;
    /** What the handler gets. */
    readonly open: OpenTurn;
    readonly #id: string;
    readonly #history: Conversation;
    readonly #parts: QueueParts;
    readonly #cache: HistoryCache;
    readonly #hold: Hold;
    /** Aborts when the process wants no more of its turns. */
    readonly #stop: AbortSignal;
    readonly #withoutModel: boolean;
    readonly #interruption = new AbortController();
    readonly #ended = new AbortController();
    readonly #interruptedOrStopped: JoinedSignal;
    readonly #progress: Progress;
    readonly #renewing: Promise<void>;
    #committed = false;

    constructor(
        parts: QueueParts,
        cache: HistoryCache,
        claimed: Claimed & { readonly history: Conversation },
        by: {
            readonly key: ConversationKey;
            readonly token: string;
            readonly stop: AbortSignal;
            readonly withoutModel: boolean;
        },
    ) {
        this.#parts = parts;
        this.#cache = cache;
        this.#hold = { fence: claimed.fence, token: by.token };
        this.#stop = by.stop;
        this.#withoutModel = by.withoutModel;
        this.#interruptedOrStopped = new JoinedSignal(this.#interruption.signal, by.stop);
        this.#id = claimed.turnId;
        this.#history = claimed.history;
        this.conversation = by.key;
        this.open = {
            id: claimed.turnId,
            conversation: by.key,
            messages: claimed.messages,
            history: claimed.history,
            deaths: claimed.deaths,
            signal: this.#interruptedOrStopped.signal,
            show: (textSoFar) => this.#progress.show(textSoFar),
            commit: async (outcome) => await this.#commit(outcome),
        };
        const news = { conversation: by.key, turnId: this.#id };
        this.#progress = new Progress(
            async (textSoFar) => await parts.channels.tell({ ...news, textSoFar }),
            parts.timings.progressMs,
        );
        this.#renewing = this.#renew();
    }

    get committed(): boolean {
        return this.#committed;
    }

    get lost(): boolean {
        return this.#interruption.signal.reason === "lost";
    }

    /** Looks what the patient did. Never fails. */
    async check(): Promise<void> {
        const { mailbox, timings, logger } = this.#parts;
        try {
            const hold = { ...this.#hold, leaseMs: timings.leaseMs };
            const state = await mailbox.renew(this.conversation, hold);
            const ended = this.#ended.signal.aborted;
            if (state !== "held" && !ended) this.#interruption.abort(state);
        } catch (error) {
            // While the store is away nobody else can take over either.
            logger.debug(describeError(error), "A lease was not renewed");
        }
    }

    /** Forgets a hold that is lost. */
    drop(): void {
        this.#ended.abort("over");
        this.#interruptedOrStopped.release();
        this.#progress.end();
    }

    /** Ends the hold. What is left of the conversation is as ripe as is returned. */
    async end(againInMs?: number): Promise<Ripeness> {
        this.drop();
        await this.#renewing;
        const { mailbox, timings } = this.#parts;
        const how = { countsAsDeath: false, ...(againInMs === undefined ? {} : { againInMs }) };
        // Given up, it would count as a death when the lease runs out.
        return await persist(
            async () => await mailbox.release(this.conversation, this.#hold, how),
            timings.firstRetryMs,
            this.#stop,
        );
    }

    async #commit(outcome: TurnOutcome): Promise<void> {
        const { mailbox, timings, maxTurns } = this.#parts;
        // A finished answer is worth waiting for the store, however long that takes: as long as
        // nobody has taken over it can still be stored.
        const committed = await persist(
            async () =>
                await mailbox.commit(this.conversation, this.#hold, {
                    ...outcome,
                    turnId: this.#id,
                    withoutModel: this.#withoutModel,
                }),
            timings.firstRetryMs,
            this.#stop,
        );
        if (committed.status === "changed") {
            this.#interruption.abort("changed");
            throw new AppError("aborted", "The patient has edited the question.");
        }
        if (committed.status === "lost") {
            this.#interruption.abort("lost");
            throw new AppError("aborted", "Another process has taken the conversation over.");
        }
        if (this.#committed) return;
        this.#committed = true;
        this.#progress.end();
        const { version } = committed;
        if (version === undefined) this.#cache.forget(this.conversation);
        else {
            const history = changedHistory(this.#history, outcome.change, maxTurns);
            this.#cache.set(this.conversation, { version, history });
        }
        await Promise.all([this.#announce(), forgetDelayNotice(this.#parts, this.conversation)]);
    }

    async #announce(): Promise<void> {
        const { channels, wakeUps, timings } = this.#parts;
        await channels.tell({ conversation: this.conversation, turnId: this.#id });
        await persist(
            async () => await wakeUps.deliver(this.conversation),
            timings.firstRetryMs,
            this.#stop,
        );
    }

    async #renew(): Promise<void> {
        const ended = this.#ended.signal;
        for (;;) {
            await pause(this.#parts.timings.renewMs, ended);
            if (ended.aborted || this.lost) return;
            await this.check();
        }
    }
}
