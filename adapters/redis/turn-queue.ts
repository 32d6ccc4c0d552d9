import { AppError, isAppError } from "../../src/errors.ts";
import { describeError } from "../../src/log.ts";
import type { ConversationKey } from "../../src/message.ts";
import type {
    OpenTurn,
    QueueLane,
    TurnEnd,
    TurnQueue,
    WorkOptions,
} from "../../src/queue-ports.ts";
import { ClaimTokens } from "./claim-tokens.ts";
import { HeldTurn } from "./held-turn.ts";
import { HistoryCache } from "./history-cache.ts";
import type { LookEnd } from "./job-queues.ts";
import type { Mailbox, Ripeness } from "./mailbox.ts";
import { ModelLane } from "./model-lane.ts";
import { retryPauseMs } from "./pause.ts";
import { deskQueue } from "./queue-names.ts";
import type { QueueParts } from "./queue-parts.ts";
import { untilAborted } from "./until-aborted.ts";

const cached = { conversations: 5_000, characters: 20_000_000 };
const mostFailures = 10_000;

/** Hands out conversations by BullMQ's queues, each under a lease of its mailbox. */
export function createTurnQueue(parts: QueueParts): TurnQueue {
    return {
        async work(lane, handle, options) {
            const stop = new AbortController();
            const turns = new Turns(parts, lane, handle, options.signal, stop.signal);
            const listening = parts.channels.onInterrupt((key) => turns.heed(key), options.signal);
            const consumers = openLane(parts, lane, turns, options);
            await untilAborted(options.signal);
            const hurry = setTimeout(() => stop.abort(), options.finishWithinMs);
            await consumers.close();
            clearTimeout(hurry);
            await listening;
        },
        onErased: async (listen, signal) => await parts.channels.onErased(listen, signal),
    };
}

function openLane(parts: QueueParts, lane: QueueLane, turns: Turns, options: WorkOptions) {
    if (lane === "model") return new ModelLane(parts, turns, options);
    return parts.jobs.consume(
        deskQueue,
        async (subject, { repeated }) => await turns.look(subject as ConversationKey, repeated),
        { concurrency: options.concurrency },
    );
}

/** Answers conversations, one turn after another. */
class Turns {
    readonly #parts: QueueParts;
    readonly #lane: QueueLane;
    readonly #handle: (turn: OpenTurn) => Promise<TurnEnd>;
    readonly #leaving: AbortSignal;
    readonly #stop: AbortSignal;
    readonly #tokens: ClaimTokens;
    readonly #cache = new HistoryCache(cached);
    readonly #running = new Map<ConversationKey, HeldTurn>();
    /** How often in a row a conversation's handler has failed here. */
    readonly #failures = new Map<ConversationKey, number>();

    constructor(
        parts: QueueParts,
        lane: QueueLane,
        handle: (turn: OpenTurn) => Promise<TurnEnd>,
        leaving: AbortSignal,
        stop: AbortSignal,
    ) {
        this.#parts = parts;
        this.#lane = lane;
        this.#handle = handle;
        this.#leaving = leaving;
        this.#tokens = new ClaimTokens(parts.timings, leaving);
        this.#stop = stop;
    }

    /** Takes note that the patient did something to a conversation, or that it was erased. */
    heed(key: ConversationKey): void {
        // A turn that goes on remembers it again with its commit.
        this.#cache.forget(key);
        void this.#running.get(key)?.check();
    }

    /** Answers a conversation as far as it is ripe. */
    async look(key: ConversationKey, repeated: boolean): Promise<LookEnd> {
        for (;;) {
            const turn = await this.#claim(key);
            if (!(turn instanceof HeldTurn)) {
                // Whoever had it may have died between its commit and the call to deliver.
                if (turn === "done" && repeated) await this.#parts.wakeUps.deliver(key);
                return turn;
            }
            const end = await this.#answer(turn);
            if (end !== "again") return end;
        }
    }

    async #claim(key: ConversationKey): Promise<HeldTurn | LookEnd> {
        const { mailbox, workerId, timings, logger, wakeUps } = this.#parts;
        const known = this.#cache.get(key);
        const claimant = {
            worker: workerId,
            leaseMs: timings.leaseMs,
            ...(known === undefined ? {} : { historyVersion: known.version }),
        };
        const { claim, token } = await this.#tokens.claim(
            key,
            async (by) => await mailbox.claim(key, { ...claimant, token: by }),
        );
        if (claim.status === "empty") return "done";
        if (claim.status !== "claimed") return laterIn(mailbox, key, claim.forMs);
        const history = claim.history ?? known?.history;
        if (history === undefined) {
            throw new AppError("store-failed", "The history of a conversation is missing.");
        }
        this.#cache.set(key, { version: claim.version, history });
        const by = { key, token, stop: this.#stop, withoutModel: this.#lane === "desk" };
        const turn = new HeldTurn(this.#parts, this.#cache, { ...claim, history }, by);
        this.#running.set(key, turn);
        // Whoever had it must not go on for nothing.
        if (claim.tookOver) await this.#parts.channels.interrupt(key);
        // The patient sees that an answer is being written; the commit calls once more.
        wakeUps.deliver(key).catch((error: unknown) => {
            logger.debug(describeError(error), "The delivery was not called in advance");
        });
        return turn;
    }

    async #answer(turn: HeldTurn): Promise<LookEnd | "again"> {
        const counted = this.#lane === "model" ? this.#parts.load.begin() : undefined;
        try {
            const end = await this.#handled(turn);
            if (turn.lost) {
                // Whoever has taken over sees to the rest.
                turn.drop();
                // It may have been erased: then nothing of it shall be remembered here either.
                this.#cache.forget(turn.conversation);
                return "done";
            }
            const againInMs = typeof end === "object" ? end.againInMs : undefined;
            return await this.#continue(turn, end, await turn.end(againInMs));
        } finally {
            counted?.(turn.committed ? "answered" : "not answered");
            this.#running.delete(turn.conversation);
        }
    }

    /** How the handler ended; one that failed is tried again later. */
    async #handled(turn: HeldTurn): Promise<TurnEnd> {
        const key = turn.conversation;
        try {
            const end = await this.#handle(turn.open);
            const consistent =
                end === "done" ? turn.committed : end !== "needs-model" || this.#lane === "desk";
            if (!consistent) throw new Error("A turn's handler ended without a result.");
            this.#failures.delete(key);
            return end;
        } catch (error) {
            // The outcome counts, even when what follows it has failed.
            if (turn.committed) return "done";
            if (turn.lost || (this.#stop.aborted && isAppError(error, "aborted"))) {
                return { againInMs: 0 };
            }
            const failures = (this.#failures.get(key) ?? 0) + 1;
            if (this.#failures.size >= mostFailures) this.#failures.clear();
            this.#failures.set(key, failures);
            const againInMs = retryPauseMs(failures, this.#parts.timings);
            this.#parts.logger.warn(
                { ...describeError(error), failures, againInMs },
                "A turn failed and is tried again",
            );
            return { againInMs };
        }
    }

    async #continue(turn: HeldTurn, end: TurnEnd, left: Ripeness): Promise<LookEnd | "again"> {
        if (left.waiting === 0) return "done";
        const key = turn.conversation;
        if (end === "needs-model") {
            await this.#parts.wakeUps.answer(key, "model", left);
            return "done";
        }
        if (this.#leaving.aborted) {
            await this.#passOn(key, left);
            return "done";
        }
        if (end === "done" && left.ripeInMs === 0) return "again";
        if (end === "done" && this.#lane === "model") {
            // Not in the queue of all: this worker knows the conversation now.
            await this.#parts.wakeUps.worker(this.#parts.workerId, key, left.ripeInMs);
            return "done";
        }
        return laterIn(this.#parts.mailbox, key, Math.max(1, left.ripeInMs));
    }

    /** This process ends: the conversation is another's. */
    async #passOn(key: ConversationKey, left: Ripeness): Promise<void> {
        if (this.#lane === "desk") await this.#parts.wakeUps.answer(key, "desk", left);
        else await this.#parts.wakeUps.anybody(key, left.ripeInMs);
    }
}

/** Later; sooner, if by then nobody has the conversation and it has become ripe. */
function laterIn(mailbox: Mailbox, key: ConversationKey, againInMs: number): LookEnd {
    return {
        againInMs,
        soonerInMs: async () => {
            const now = await mailbox.ripeness(key);
            return now.holder === undefined && now.waiting > 0 ? now.ripeInMs : undefined;
        },
    };
}
