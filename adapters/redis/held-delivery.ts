import { AppError, isAppError } from "../../src/errors.ts";
import { JoinedSignal } from "../../src/joined-signal.ts";
import { describeError } from "../../src/log.ts";
import type { ConversationKey, Reply } from "../../src/message.ts";
import type { DeliveryEnd, OpenDelivery } from "../../src/queue-ports.ts";
import type { TurnNews } from "./channels.ts";
import type { DeliveryClaim, Hold } from "./mailbox.ts";
import { pause } from "./pause.ts";
import { persist, type QueueParts } from "./queue-parts.ts";

type Claimed = Extract<DeliveryClaim, { status: "reply" | "pending" }>;
type Committed = { readonly reply: Reply; readonly committedAtMs: number } | undefined;

/** With a reason of our own, none is made with a stack. */
const over = "over";

/** A reply in this process's hands: keeps the lease until it is ended. */
export class HeldDelivery {
    /** What the handler gets. */
    readonly open: OpenDelivery;
    readonly id: string;
    readonly #parts: QueueParts;
    readonly #key: ConversationKey;
    readonly #hold: Hold;
    readonly #stop: AbortSignal;
    /** Aborts with `lost`, or with `left` when nobody writes the reply any more. */
    readonly #over = new AbortController();
    readonly #ended = new AbortController();
    readonly #renewing: Promise<void>;
    readonly #reply: Promise<Committed>;
    #show: ((textSoFar: string) => void) | undefined;
    /** Wakes who waits for the reply. */
    #news: (() => void) | undefined;
    #committedAtMs: number | undefined;

    constructor(
        parts: QueueParts,
        claimed: Claimed,
        by: { readonly key: ConversationKey; readonly token: string; readonly stop: AbortSignal },
    ) {
        this.#parts = parts;
        this.#key = by.key;
        this.#hold = { fence: claimed.fence, token: by.token };
        this.#stop = by.stop;
        this.id = claimed.id;
        // Every delivery ends by `#over`, which releases it.
        const { signal } = new JoinedSignal(this.#over.signal, by.stop);
        this.#reply = claimed.status === "reply" ? this.#settled(claimed) : this.#follow(signal);
        // Who does not ask for it need not hear that it failed.
        this.#reply.catch(() => undefined);
        this.#renewing = this.#renew();
        const { journal } = claimed;
        this.open = {
            id: claimed.id,
            to: claimed.to,
            signal,
            journal: {
                ...(journal === undefined ? {} : { state: journal }),
                save: async (state) => await this.#save(state),
            },
            onProgress: (show) => (this.#show = show),
            reply: async () => await this.#reply,
        };
    }

    get lost(): boolean {
        return this.#over.signal.reason === "lost";
    }

    /** When the reply was committed; `undefined` while it is not. */
    get committedAtMs(): number | undefined {
        return this.#committedAtMs;
    }

    /** Takes note of what the turn's worker tells. */
    hear(news: TurnNews): void {
        if (news.turnId !== this.id) return;
        if (news.textSoFar === undefined) this.#news?.();
        else if (this.#committedAtMs === undefined) this.#show?.(news.textSoFar);
    }

    /** Ends the delivery. Resolves to how many replies are left. */
    async end(end: DeliveryEnd): Promise<number> {
        await this.drop();
        const { mailbox, timings } = this.#parts;
        const ended = await persist(
            async () => await mailbox.endDelivery(this.#key, this.#hold, this.id, end),
            timings.firstRetryMs,
            this.#stop,
        );
        return ended.waiting;
    }

    /** Gives the delivery back as it is. */
    async release(): Promise<void> {
        await this.drop();
        await this.#parts.mailbox.releaseDelivery(this.#key, this.#hold);
    }

    /** Forgets a hold that is lost. */
    async drop(): Promise<void> {
        this.#ended.abort(over);
        this.#over.abort(over);
        this.#news?.();
        await this.#renewing;
    }

    async #settled(state: {
        readonly reply?: Reply;
        readonly committedAtMs: number;
    }): Promise<Committed> {
        const { reply, committedAtMs } = state;
        this.#committedAtMs = committedAtMs;
        return await Promise.resolve(reply === undefined ? undefined : { reply, committedAtMs });
    }

    async #follow(signal: AbortSignal): Promise<Committed> {
        const { mailbox, timings } = this.#parts;
        let seenAtMs = performance.now();
        while (!signal.aborted) {
            // Installed before the look: what happens in between is not missed.
            const news = this.#nextNews(signal);
            const state = await mailbox
                .readReply(this.#key, this.#hold, this.id)
                .catch((error: unknown) => {
                    if (isAppError(error) && error.retryable) return undefined;
                    throw error;
                });
            if (state?.status === "reply") return await this.#settled(state);
            if (state?.status === "gone") return undefined;
            if (state?.status === "lost") this.#over.abort("lost");
            if (state?.status === "running") seenAtMs = performance.now();
            // Whoever takes the turn over will call for its delivery.
            if (performance.now() - seenAtMs > 3 * timings.leaseMs) this.#over.abort("left");
            await news;
        }
        throw new AppError("aborted", "The delivery was given up before there was a reply.");
    }

    async #nextNews(signal: AbortSignal): Promise<void> {
        const came = new AbortController();
        this.#news = () => came.abort("news");
        const enough = new JoinedSignal(came.signal, signal);
        await pause(this.#parts.timings.followMs, enough.signal);
        enough.release();
    }

    async #save(state: unknown): Promise<void> {
        const { mailbox, timings } = this.#parts;
        const kept = await persist(
            async () => await mailbox.saveJournal(this.#key, this.#hold, this.id, state),
            timings.firstRetryMs,
            this.#stop,
        );
        if (kept) return;
        this.#over.abort("lost");
        throw new AppError("aborted", "Another process has taken the delivery over.");
    }

    async #renew(): Promise<void> {
        const { mailbox, timings, logger } = this.#parts;
        const ended = this.#ended.signal;
        for (;;) {
            await pause(timings.renewMs, ended);
            if (ended.aborted || this.#over.signal.aborted) return;
            try {
                const hold = { ...this.#hold, leaseMs: timings.leaseMs };
                const held = await mailbox.renewDelivery(this.#key, hold);
                if (!held && !this.#ended.signal.aborted) this.#over.abort("lost");
            } catch (error) {
                // While the store is away nobody else can take over either.
                logger.debug(describeError(error), "A lease was not renewed");
            }
        }
    }
}
