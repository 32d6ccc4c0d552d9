import type { Backoff } from "../../src/wait.ts";

/** Durations of receiving and replying, in milliseconds. Tests shorten them. */
export interface MessageTimings {
    /** Longest time for one request to the page. */
    readonly pageMs: number;
    /** Longest time for the page to answer when it is given a message. */
    readonly sendMs: number;
    /** How long WhatsApp's confirmation is waited for in one try; less than `sendMs`. */
    readonly confirmMs: number;
    /** A message that has waited in the page for longer is sent again, under the same name. */
    readonly pendingMs: number;
    /** Longest time for the download of one file. */
    readonly downloadMs: number;
    /** An answer that is out sooner needs no "typing". */
    readonly typingDelayMs: number;
    /** WhatsApp shows "typing" for about 25 s: it is renewed a little earlier. */
    readonly typingMs: number;
    /** Between two tries to send one message. */
    readonly retry: Backoff;
    /** Tries of one message before the caller is told that WhatsApp is away. */
    readonly tries: number;
    /** Between two tries to hand over a message that could not be stored. */
    readonly redeliver: Backoff;
    /** Longest time for looking through the chats for what was missed. */
    readonly searchMs: number;
    /** Between two looks through the chats. */
    readonly lookAgainMs: number;
    /** Between two notes of the last sign of life. */
    readonly aliveMs: number;
    /** Messages this close to the last sign of life are looked at once more. */
    readonly overlapMs: number;
    /** Longest time for what is under way when everything stops. */
    readonly closingMs: number;
}

/** The durations in production. */
export const defaultMessageTimings: MessageTimings = {
    pageMs: 20_000,
    sendMs: 30_000,
    confirmMs: 10_000,
    pendingMs: 10 * 60_000,
    downloadMs: 60_000,
    typingDelayMs: 100,
    typingMs: 20_000,
    retry: { firstMs: 500, mostMs: 5_000 },
    tries: 3,
    redeliver: { firstMs: 500, mostMs: 5_000 },
    searchMs: 60_000,
    lookAgainMs: 60_000,
    aliveMs: 15_000,
    overlapMs: 2 * 60_000,
    closingMs: 3_000,
};
