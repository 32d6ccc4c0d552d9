import type { Backoff } from "../../src/wait.ts";

/** Every duration of the adapter, in milliseconds. Tests shorten them. */
export interface CloudTimings {
    /** Longest time for one request to the Graph API. */
    readonly requestMs: number;
    /** Longest time for the download of one file. */
    readonly downloadMs: number;
    /** An answer that is out sooner needs no "typing". */
    readonly typingDelayMs: number;
    /** WhatsApp shows "typing" for 25 s: it is renewed a little earlier. */
    readonly typingMs: number;
    /** Between two tries of one request. */
    readonly retry: Backoff;
    /** Tries of one request before the caller is told that WhatsApp is away. */
    readonly tries: number;
    /** Longest pause that WhatsApp asks for which is waited for within a request. */
    readonly longestRetryAfterMs: number;
    /** How long the receipt of a message that may be out is waited for before it is sent again. */
    readonly doubtMs: number;
    /** Longest wait for the receipt of one part of an answer before the next is sent. */
    readonly orderMs: number;
    /** Between two looks for a receipt. */
    readonly receiptPollMs: number;
    /** A webhook that is not taken within this time is to be delivered again. */
    readonly ackWithinMs: number;
    /** How soon, as Meta is told then. */
    readonly redeliverMs: number;
    /** Between two tries to hand over a message that could not be stored. */
    readonly handOver: Backoff;
    /** Longest time in which the head of a webhook's request must arrive. */
    readonly headersMs: number;
    /** Longest time in which the whole of a webhook's request must arrive. */
    readonly bodyMs: number;
    /** How long an idle connection is kept. */
    readonly keepAliveMs: number;
    /** How long the port may belong to the process before without a word about it. */
    readonly takeoverMs: number;
    /** Between two tries to open the port, or to ask whether the access token is accepted. */
    readonly reconnect: Backoff;
    /** Longest time for requests under way when the program stops. */
    readonly closingMs: number;
}

/** The durations in production. */
export const defaultTimings: CloudTimings = {
    requestMs: 20_000,
    downloadMs: 60_000,
    typingDelayMs: 100,
    typingMs: 20_000,
    retry: { firstMs: 500, mostMs: 5_000 },
    tries: 4,
    longestRetryAfterMs: 60_000,
    doubtMs: 8_000,
    orderMs: 2_000,
    receiptPollMs: 250,
    ackWithinMs: 5_000,
    redeliverMs: 5_000,
    handOver: { firstMs: 500, mostMs: 5_000 },
    headersMs: 10_000,
    bodyMs: 15_000,
    keepAliveMs: 30_000,
    takeoverMs: 15_000,
    reconnect: { firstMs: 500, mostMs: 60_000 },
    closingMs: 3_000,
};
