import { describeError } from "../../src/log.ts";
import type { ConversationKey } from "../../src/message.ts";
import type { WorkOptions } from "../../src/queue-ports.ts";
import type { Consumer, LookEnd } from "./job-queues.ts";
import { pause } from "./pause.ts";
import { Places } from "./places.ts";
import { modelQueue, ownQueue } from "./queue-names.ts";
import type { QueueParts } from "./queue-parts.ts";
import { rescue } from "./rescue.ts";

/** Who looks at the conversations of a lane. */
export interface Looker {
    look(key: ConversationKey, repeated: boolean): Promise<LookEnd>;
}

/**
 * A worker's two queues: the one of all workers, and its own with the conversations that it knows.
 * Both share its places.
 */
export class ModelLane implements Pick<Consumer, "close"> {
    readonly #parts: QueueParts;
    readonly #looker: Looker;
    readonly #slots: number;
    readonly #places: Places;
    readonly #shared: Consumer;
    readonly #own: Consumer;
    readonly #tidying: readonly Promise<void>[];
    #sharedBusy = 0;
    #ownBusy = 0;

    constructor(parts: QueueParts, looker: Looker, options: WorkOptions) {
        this.#parts = parts;
        this.#looker = looker;
        this.#slots = options.concurrency;
        this.#places = new Places(this.#slots);
        const { jobs, workerId } = parts;
        const { concurrency } = options;
        this.#shared = jobs.consume(
            modelQueue,
            async (subject, { repeated }) => await this.#lookShared(subject, repeated),
            { concurrency },
        );
        this.#own = jobs.consume(
            ownQueue(workerId),
            async (subject, { repeated }) => await this.#lookOwn(subject, repeated),
            { concurrency },
        );
        this.#tidying = [this.#sweep(options.signal), rescue(parts, options.signal)];
    }

    async close(): Promise<void> {
        await Promise.all([this.#shared.close(), this.#own.close(), ...this.#tidying]);
        // Without Redis there is nothing to wait for.
        if (!this.#parts.client.isReady) return;
        try {
            await this.#empty(this.#parts.workerId);
        } catch (error) {
            // The others find it when they notice that this worker is gone.
            this.#parts.logger.debug(describeError(error), "The worker's queue was not emptied");
        }
    }

    async #lookShared(subject: string, repeated: boolean): Promise<LookEnd> {
        if (!(await this.#places.take(this.#parts.timings.placeMs))) return "put-back";
        this.#sharedBusy++;
        return await this.#look(subject, repeated).finally(() => {
            this.#sharedBusy--;
            this.#give();
        });
    }

    async #lookOwn(subject: string, repeated: boolean): Promise<LookEnd> {
        if (!(await this.#places.take(this.#parts.timings.placeMs))) {
            // Its worker is busy: better another worker now than this one later.
            await this.#parts.wakeUps.anybody(subject as ConversationKey);
            return "done";
        }
        this.#ownBusy++;
        return await this.#look(subject, repeated).finally(() => {
            this.#ownBusy--;
            this.#give();
        });
    }

    async #look(subject: string, repeated: boolean): Promise<LookEnd> {
        this.#share();
        return await this.#looker.look(subject as ConversationKey, repeated);
    }

    #give(): void {
        this.#places.give();
        this.#share();
    }

    /** What one queue uses, the other must not fetch for. */
    #share(): void {
        this.#shared.setConcurrency(this.#slots - this.#ownBusy);
        this.#own.setConcurrency(this.#slots - this.#sharedBusy);
    }

    async #sweep(signal: AbortSignal): Promise<void> {
        const { registry, timings, logger } = this.#parts;
        while (!signal.aborted) {
            await pause(timings.sweepMs, signal);
            if (signal.aborted) return;
            try {
                for (const { id, forMs } of (await registry.view()).gone) {
                    await this.#bury(id, forMs);
                }
            } catch (error) {
                logger.debug(describeError(error), "The queues of dead workers were not swept");
            }
        }
    }

    async #bury(id: string, forMs: number): Promise<void> {
        if (id === this.#parts.workerId) return;
        const left = await this.#empty(id);
        if (left > 0 || forMs < this.#parts.timings.rememberDeadMs) return;
        await this.#parts.jobs.erase(ownQueue(id));
        await this.#parts.registry.forget(id);
    }

    async #empty(id: string): Promise<number> {
        const { jobs, wakeUps } = this.#parts;
        return await jobs.evacuate(ownQueue(id), async (subject) => {
            await wakeUps.anybody(subject as ConversationKey);
            // The worker may have died between its commit and the call to deliver.
            await wakeUps.deliver(subject as ConversationKey);
        });
    }
}
