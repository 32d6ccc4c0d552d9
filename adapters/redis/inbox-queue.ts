import type { InboundMessage } from "../../src/message.ts";
import type { Backlog, Inbox } from "../../src/queue-ports.ts";
import { rememberDelayNotice } from "./delay-notice.ts";
import { modelQueue, ownQueue } from "./queue-names.ts";
import type { QueueParts } from "./queue-parts.ts";

/** When messages that follow each other become one turn. */
export interface Gathering {
    /** So long nothing must come. */
    readonly quietMs: number;
    /** So long the first message waits at most. */
    readonly atMostMs: number;
}

/** What a turn is taken to last before one has ended. */
const unknownTurnMs = 15_000;

/** Takes messages over into their conversations' mailboxes, and calls somebody to answer. */
export function createInboxQueue(parts: QueueParts, gathering: Gathering): Inbox {
    const { mailbox, wakeUps, channels, timings } = parts;
    let glance: { readonly atMs: number; readonly backlog: Promise<Backlog> } | undefined;
    return {
        async accept(message, { urgent = false } = {}) {
            const accepted = await mailbox.accept(message, { ...gathering, urgent });
            const key = message.conversation;
            if (accepted.interrupt !== undefined) await channels.interrupt(key);
            if (accepted.picturesDue) await wakeUps.pictures(message);
            if (accepted.waiting > 0) await wakeUps.answer(key, laneOf(message), accepted);
            return accepted.outcome;
        },

        async backlog() {
            const nowMs = performance.now();
            if (glance === undefined || nowMs - glance.atMs > timings.glanceMs) {
                const backlog = readBacklog(parts);
                glance = { atMs: nowMs, backlog };
                backlog.catch(() => (glance = undefined));
            }
            return await glance.backlog;
        },

        firstDelayNotice: async (conversation) => await rememberDelayNotice(parts, conversation),
    };
}

/** Where what needs no model need not wait for one. */
function laneOf(message: InboundMessage): "model" | "desk" {
    const { command, alarm, withheld, fromStaff, handedOver } = message;
    const needsNoModel = command ?? alarm ?? withheld ?? fromStaff ?? handedOver;
    return needsNoModel ? "desk" : "model";
}

async function readBacklog({ jobs, registry }: QueueParts): Promise<Backlog> {
    const { alive } = await registry.view();
    const queues = [modelQueue, ...alive.map(({ id }) => ownQueue(id))];
    const counts = await Promise.all(queues.map(async (queue) => await jobs.waiting(queue)));
    const conversations = counts.reduce((sum, count) => sum + count, 0);
    const slots = alive.reduce((sum, worker) => sum + worker.slots, 0);
    const known = alive.flatMap(({ turnMs }) => (turnMs === undefined ? [] : [turnMs]));
    const turnMs =
        known.length === 0
            ? unknownTurnMs
            : known.reduce((sum, one) => sum + one, 0) / known.length;
    const waitMs = Math.round((conversations * turnMs) / Math.max(1, slots));
    return { conversations, waitMs, workers: alive.length };
}
