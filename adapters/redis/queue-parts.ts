import { isAppError } from "../../src/errors.ts";
import type { Logger } from "../../src/log.ts";
import type { Channels } from "./channels.ts";
import type { RedisClient } from "./client.ts";
import type { FleetRegistry } from "./fleet-registry.ts";
import type { JobQueues } from "./job-queues.ts";
import type { Mailbox } from "./mailbox.ts";
import { pause } from "./pause.ts";
import type { QueueTimings } from "./queue-timings.ts";
import type { WakeUps } from "./wake-ups.ts";
import type { WorkerLoad } from "./worker-load.ts";

/** What the ports of the conversation queue are made of. */
export interface QueueParts {
    readonly client: RedisClient;
    readonly keyPrefix: string;
    readonly workerId: string;
    readonly mailbox: Mailbox;
    readonly jobs: JobQueues;
    readonly wakeUps: WakeUps;
    readonly channels: Channels;
    readonly registry: FleetRegistry;
    readonly load: WorkerLoad;
    /** Turns that are kept of a conversation. */
    readonly maxTurns: number;
    /** When a conversation is forgotten, counted from its last change. */
    readonly expireAfterMs: number;
    readonly timings: QueueTimings;
    readonly logger: Logger;
}

/**
 * Repeats a step through an outage of the store, until it works or the signal aborts.
 *
 * @throws what the step throws that no repetition mends, or its last error after the abort.
 */
export async function persist<Result>(
    step: () => Promise<Result>,
    pauseMs: number,
    signal: AbortSignal,
): Promise<Result> {
    for (;;) {
        try {
            return await step();
        } catch (error) {
            const hopeful = isAppError(error) && error.retryable && !signal.aborted;
            if (!hopeful) throw error;
            await pause(pauseMs, signal);
        }
    }
}
