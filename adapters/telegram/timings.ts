import type { Backoff } from "../../src/wait.ts";

/** Every duration of the adapter, in milliseconds. Tests shorten them. */
export interface TelegramTimings {
    /** How long Telegram may hold a request for updates open while there are none. */
    readonly longPollMs: number;
    /** Longest time for any other request, and beyond `longPollMs` for one for updates. */
    readonly requestMs: number;
    /** Longest time for the download of one file. */
    readonly downloadMs: number;
    /** An answer that is out sooner needs no "typing". */
    readonly typingDelayMs: number;
    /** Telegram shows "typing" for 5 s: it is renewed a little earlier. */
    readonly typingMs: number;
    /** From the first words of an answer to the message that shows them. */
    readonly firstShowMs: number;
    /** Between two edits of a growing answer; Telegram allows about one message a second a chat. */
    readonly editMs: number;
    /** Between two tries of one request. */
    readonly retry: Backoff;
    /** Tries of one request before the caller is told that Telegram is away. */
    readonly tries: number;
    /** Longest `retry_after` that is waited for within a request. */
    readonly longestRetryAfterMs: number;
    /** Between two tries to receive. */
    readonly reconnect: Backoff;
    /** Between two tries to hand over a message that could not be stored. */
    readonly redeliver: Backoff;
    /** Between two requests for updates while some wait to be stored. */
    readonly busyPollMs: number;
    /** Between two looks at messages that may stand in a chat twice, over all chats. */
    readonly probeMs: number;
    /** When looks wait longer than this, as after an outage, each search is kept short. */
    readonly crowdedMs: number;
    /** How long after the beginning a conflict may be the end of the process before. */
    readonly takeoverMs: number;
    /** Longest time for the requests that tidy up at the end. */
    readonly closingMs: number;
}

/** The durations in production. */
export const defaultTimings: TelegramTimings = {
    longPollMs: 25_000,
    requestMs: 15_000,
    downloadMs: 60_000,
    typingDelayMs: 100,
    typingMs: 4_000,
    firstShowMs: 700,
    editMs: 1_300,
    retry: { firstMs: 500, mostMs: 5_000 },
    tries: 4,
    longestRetryAfterMs: 60_000,
    reconnect: { firstMs: 1_000, mostMs: 60_000 },
    redeliver: { firstMs: 500, mostMs: 5_000 },
    busyPollMs: 1_000,
    probeMs: 50,
    crowdedMs: 2_000,
    takeoverMs: 35_000,
    closingMs: 3_000,
};
