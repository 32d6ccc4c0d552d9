import { isAppError } from "../../src/errors.ts";
import { describeError } from "../../src/log.ts";
import type { ConversationKey } from "../../src/message.ts";
import type { DeliveryEnd, OpenDelivery, Outbox } from "../../src/queue-ports.ts";
import { ClaimTokens } from "./claim-tokens.ts";
import { DeadReplies } from "./dead-replies.ts";
import { HeldDelivery } from "./held-delivery.ts";
import type { LookEnd } from "./job-queues.ts";
import { retryPauseMs } from "./pause.ts";
import { deliverQueue } from "./queue-names.ts";
import type { QueueParts } from "./queue-parts.ts";
import { untilAborted } from "./until-aborted.ts";

/** Hands out replies by BullMQ's queues, those of one conversation under one lease. */
export function createOutbox(parts: QueueParts): Outbox {
    const deadReplies = new DeadReplies(parts.client, parts.keyPrefix, parts.expireAfterMs);
    return {
        async work(account, deliver, options) {
            const stop = new AbortController();
            const tokens = new ClaimTokens(parts.timings, options.signal);
            const deliveries = new Deliveries(parts, deadReplies, tokens, deliver, stop.signal);
            const listened = new AbortController();
            const listening = parts.channels.onNews(
                account,
                (news) => deliveries.running(news.conversation)?.hear(news),
                listened.signal,
            );
            const consumer = parts.jobs.consume(
                deliverQueue(account),
                async (subject, { looks }) =>
                    await deliveries.look(subject as ConversationKey, looks),
                { concurrency: options.concurrency },
            );
            await untilAborted(options.signal);
            const hurry = setTimeout(() => stop.abort(), options.finishWithinMs);
            await consumer.close();
            clearTimeout(hurry);
            listened.abort();
            await listening;
        },
        dead: async () =>
            await deadReplies.list(
                async ({ conversation, turnId }) =>
                    await parts.mailbox.discardDead(conversation, turnId),
            ),
        async resend(id) {
            const place = await deadReplies.find(id);
            if (place === undefined) return false;
            const found = await parts.mailbox.resendDead(place.conversation, place.turnId);
            if (found) await parts.wakeUps.deliver(place.conversation);
            await deadReplies.remove(id);
            return found;
        },
        async discard(id) {
            const place = await deadReplies.find(id);
            if (place === undefined) return false;
            const found = await parts.mailbox.discardDead(place.conversation, place.turnId);
            await deadReplies.remove(id);
            return found;
        },
    };
}

/** Delivers conversations' replies, one after another. */
class Deliveries {
    readonly #parts: QueueParts;
    readonly #dead: DeadReplies;
    readonly #tokens: ClaimTokens;
    readonly #deliver: (delivery: OpenDelivery) => Promise<DeliveryEnd>;
    readonly #stop: AbortSignal;
    readonly #running = new Map<ConversationKey, HeldDelivery>();

    constructor(
        parts: QueueParts,
        dead: DeadReplies,
        tokens: ClaimTokens,
        deliver: (delivery: OpenDelivery) => Promise<DeliveryEnd>,
        stop: AbortSignal,
    ) {
        this.#parts = parts;
        this.#dead = dead;
        this.#tokens = tokens;
        this.#deliver = deliver;
        this.#stop = stop;
    }

    /** The delivery of a conversation that goes on here. */
    running(key: ConversationKey): HeldDelivery | undefined {
        return this.#running.get(key);
    }

    /** Delivers what a conversation has. */
    async look(key: ConversationKey, looks: number): Promise<LookEnd> {
        const { mailbox, timings } = this.#parts;
        for (;;) {
            const { claim, token } = await this.#tokens.claim(
                key,
                async (by) =>
                    await mailbox.claimDelivery(key, { token: by, leaseMs: timings.leaseMs }),
            );
            if (claim.status === "nothing") return "done";
            if ("forMs" in claim) {
                return { againInMs: claim.forMs };
            }
            const delivery = new HeldDelivery(this.#parts, claim, { key, token, stop: this.#stop });
            this.#running.set(key, delivery);
            try {
                const end = await this.#handle(key, delivery, looks);
                if (end !== "more") return end;
            } finally {
                this.#running.delete(key);
                // Whatever has failed, the lease must not be renewed any more.
                await delivery.drop();
            }
        }
    }

    async #handle(
        key: ConversationKey,
        delivery: HeldDelivery,
        looks: number,
    ): Promise<LookEnd | "more"> {
        const end = await this.#deliver(delivery.open).catch((error: unknown) => {
            if (isAppError(error, "aborted") && delivery.open.signal.aborted) return "aborted";
            this.#parts.logger.warn(describeError(error), "A delivery failed and is tried again");
            return { againInMs: retryPauseMs(looks + 1, this.#parts.timings) };
        });
        if (delivery.lost) {
            await delivery.drop();
            return "done";
        }
        if (end === "aborted") {
            await delivery.release();
            // While this process ends, another one goes on; else nobody writes the reply just now.
            return this.#stop.aborted ? { againInMs: 1 } : "done";
        }
        if (end === "dead") {
            await this.#dead.add({
                conversation: key,
                turnId: delivery.id,
                committedAtMs: delivery.committedAtMs ?? Date.now(),
                diedAtMs: Date.now(),
            });
        }
        const waiting = await delivery.end(end);
        if (typeof end === "object") return { againInMs: end.againInMs };
        if (waiting === 0) return "done";
        // While this process ends, another one goes on with the rest.
        return this.#stop.aborted ? { againInMs: 1 } : "more";
    }
}
