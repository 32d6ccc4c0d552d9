import type { ConversationKey, InboundMessage } from "../../src/message.ts";
import type { QueueLane } from "../../src/queue-ports.ts";
import type { FleetRegistry, FleetView } from "./fleet-registry.ts";
import type { JobQueues, QueueName } from "./job-queues.ts";
import type { Ripeness } from "./mailbox.ts";
import {
    accountOf,
    deliverQueue,
    deskQueue,
    modelQueue,
    ownQueue,
    picturesQueue,
} from "./queue-names.ts";

/** Calls processes to a conversation. What there is to do there, they find in its mailbox. */
export class WakeUps {
    readonly #jobs: JobQueues;
    readonly #registry: FleetRegistry;

    constructor(jobs: JobQueues, registry: FleetRegistry) {
        this.#jobs = jobs;
        this.#registry = registry;
    }

    /**
     * Has a conversation answered when it is ripe: by the worker that knows it, if that is free.
     *
     * @throws `store-unavailable` (retryable), `store-failed`
     */
    async answer(key: ConversationKey, lane: QueueLane, ripeness: Ripeness): Promise<void> {
        const queue = lane === "desk" ? deskQueue : await this.#modelQueueFor(ripeness);
        await this.#jobs.wake(queue, key, ripeness.ripeInMs);
    }

    /** Has a conversation answered by one worker. */
    async worker(id: string, key: ConversationKey, delayMs: number): Promise<void> {
        await this.#jobs.wake(ownQueue(id), key, delayMs);
    }

    /** Has a conversation answered by any worker. */
    async anybody(key: ConversationKey, delayMs = 0): Promise<void> {
        await this.#jobs.wake(modelQueue, key, delayMs);
    }

    /** Has a conversation's replies delivered. */
    async deliver(key: ConversationKey): Promise<void> {
        await this.#jobs.wake(deliverQueue(accountOf(key)), key);
    }

    /** Has a message's files fetched. */
    async pictures(message: InboundMessage): Promise<void> {
        const subject = pictureSubject(message.conversation, message.id);
        await this.#jobs.wake(picturesQueue(accountOf(message.conversation)), subject);
    }

    async #modelQueueFor({ holder, worker }: Ripeness): Promise<QueueName> {
        if (holder === undefined && worker === undefined) return modelQueue;
        const view = await this.#registry.glance();
        if (holder !== undefined && isAlive(view, holder)) return ownQueue(holder);
        if (worker !== undefined && isFree(view, worker)) return ownQueue(worker);
        return modelQueue;
    }
}

/** Names a message among those of all conversations. */
function pictureSubject(conversation: ConversationKey, messageId: string): string {
    return JSON.stringify([conversation, messageId]);
}

/** What {@link pictureSubject} named. */
export function readPictureSubject(subject: string): readonly [ConversationKey, string] {
    return JSON.parse(subject) as [ConversationKey, string];
}

function isAlive(view: FleetView, id: string): boolean {
    return view.alive.some((worker) => worker.id === id);
}

function isFree(view: FleetView, id: string): boolean {
    return view.alive.some((worker) => worker.id === id && worker.busy < worker.slots);
}
