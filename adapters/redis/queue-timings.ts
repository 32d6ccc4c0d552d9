/** All durations of the conversation queue, in milliseconds. */
export interface QueueTimings {
    /** For how long a conversation, a delivery or a name belongs to a process that falls silent. */
    readonly leaseMs: number;
    /** How often a lease is renewed, and a worker's sign of life given. */
    readonly renewMs: number;
    /** A worker that was not heard of for so long is dead. */
    readonly deadAfterMs: number;
    /** How often the queues are searched for what dead processes left. */
    readonly sweepMs: number;
    /** Dead workers are remembered for so long: late messages may still be sent their way. */
    readonly rememberDeadMs: number;
    /** How often all conversations are searched for what nobody is called to. */
    readonly rescueMs: number;
    /** How old the figures about the queue and the workers may be. */
    readonly glanceMs: number;
    /** How often a growing reply is shown at most. */
    readonly progressMs: number;
    /** How often a delivery that waits for its reply looks itself, should the news be lost. */
    readonly followMs: number;
    /** How long a conversation waits for a free place in the process that has taken it. */
    readonly placeMs: number;
    /** The first pause after a handler failed; it doubles up to `mostRetryMs`. */
    readonly firstRetryMs: number;
    readonly mostRetryMs: number;
    /** A picture that has not come so long after its message will not come. */
    readonly pictureMs: number;
    /** Longest wait for a wake-up to be stored. */
    readonly callMs: number;
}

/** What production uses: whatever a dead process held goes on elsewhere within 30 s. */
export const defaultQueueTimings: QueueTimings = {
    leaseMs: 10_000,
    renewMs: 3_000,
    deadAfterMs: 10_000,
    sweepMs: 5_000,
    rememberDeadMs: 3_600_000,
    rescueMs: 300_000,
    glanceMs: 1_000,
    progressMs: 250,
    followMs: 1_000,
    placeMs: 250,
    firstRetryMs: 1_000,
    mostRetryMs: 60_000,
    pictureMs: 60_000,
    callMs: 5_000,
};
