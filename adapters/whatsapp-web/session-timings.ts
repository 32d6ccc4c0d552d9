import type { Backoff } from "../../src/wait.ts";

/** Every duration of the linked session, in milliseconds. Tests shorten them. */
export interface SessionTimings {
    /** From the start of the browser to the page of WhatsApp Web. */
    readonly startMs: number;
    /** From the link, or the latest progress of the synchronisation, to the first message. */
    readonly readyMs: number;
    /** Between two looks at whether the page still answers. */
    readonly probeMs: number;
    /** Longest time for the page to answer such a look. */
    readonly answerMs: number;
    /** How long WhatsApp Web may be without a connection before the page is opened anew. */
    readonly offlineMs: number;
    /** Longest time for the work to end when it is told to. */
    readonly closingMs: number;
    /** Longest time for the browser to close by itself. */
    readonly browserClosingMs: number;
    /** A session that lasted as long counts as a success: the pauses are short again. */
    readonly stableMs: number;
    /** Between two starts. */
    readonly restart: Backoff;
    /** Between two starts while another program uses the same link, or WhatsApp refuses. */
    readonly rebuff: Backoff;
    /** Between two signs of life of the process that holds the session folder. */
    readonly lockBeatMs: number;
}

/** The durations in production. */
export const defaultSessionTimings: SessionTimings = {
    startMs: 120_000,
    readyMs: 180_000,
    probeMs: 10_000,
    answerMs: 20_000,
    offlineMs: 300_000,
    closingMs: 10_000,
    browserClosingMs: 10_000,
    stableMs: 120_000,
    restart: { firstMs: 1_000, mostMs: 300_000 },
    rebuff: { firstMs: 60_000, mostMs: 1_800_000 },
    lockBeatMs: 2_000,
};
