import type { QueueTimings } from "../../adapters/redis/queue-timings.ts";

/** Durations for tests: everything happens sooner than in a clinic. */
export const quickTimings: Partial<QueueTimings> = {
    leaseMs: 2_000,
    renewMs: 300,
    deadAfterMs: 1_500,
    sweepMs: 300,
    glanceMs: 20,
    progressMs: 10,
    followMs: 100,
    placeMs: 20,
    firstRetryMs: 20,
    mostRetryMs: 200,
};
