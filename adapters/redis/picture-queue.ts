import { isAppError } from "../../src/errors.ts";
import { JoinedSignal } from "../../src/joined-signal.ts";
import { describeError } from "../../src/log.ts";
import type { InboundMessage } from "../../src/message.ts";
import type { FetchedPictures, PictureQueue } from "../../src/queue-ports.ts";
import type { JobPast, LookEnd } from "./job-queues.ts";
import { retryPauseMs } from "./pause.ts";
import { picturesQueue } from "./queue-names.ts";
import type { QueueParts } from "./queue-parts.ts";
import { untilAborted } from "./until-aborted.ts";
import { readPictureSubject } from "./wake-ups.ts";

type Fetch = (message: InboundMessage, signal: AbortSignal) => Promise<FetchedPictures>;

const longestPauseMs = 10_000;
const lateTryMs = 20_000;
const unavailable: FetchedPictures = { images: [], refusals: ["image-unavailable"] };

/** Hands out messages with files by BullMQ's queues. */
export function createPictureQueue(parts: QueueParts): PictureQueue {
    return {
        async work(account, fetch, options) {
            const stop = new AbortController();
            const consumer = parts.jobs.consume(
                picturesQueue(account),
                async (subject, past) => await look(parts, subject, past, fetch, stop.signal),
                { concurrency: options.concurrency },
            );
            await untilAborted(options.signal);
            const hurry = setTimeout(() => stop.abort(), options.finishWithinMs);
            await consumer.close();
            clearTimeout(hurry);
        },
    };
}

async function look(
    parts: QueueParts,
    subject: string,
    past: JobPast,
    fetch: Fetch,
    stop: AbortSignal,
): Promise<LookEnd> {
    const { mailbox, wakeUps } = parts;
    const [key, messageId] = readPictureSubject(subject);
    const message = await mailbox.waitingMessage(key, messageId);
    if (message === undefined) {
        // An earlier look may have ended between storing the pictures and the call.
        const ripeness = past.repeated ? await mailbox.ripeness(key) : undefined;
        if (ripeness && ripeness.waiting > 0) await wakeUps.answer(key, "model", ripeness);
        return "done";
    }
    const fetched = await fetchInTime(parts, message, past, fetch, stop);
    if ("againInMs" in fetched) return fetched;
    const { images, refusals } = fetched;
    const references = images.map(({ id, side }) => ({ id, side }));
    const stored = await mailbox.putPictures(message, { images: references, refusals }, images);
    if (stored.waiting > 0) await wakeUps.answer(key, "model", stored);
    // An edit has brought other files meanwhile.
    return stored.picturesDue ? { againInMs: 1 } : "done";
}

/** What was fetched; again later; or what stands for pictures that do not come. */
async function fetchInTime(
    { timings, logger }: QueueParts,
    message: InboundMessage,
    past: JobPast,
    fetch: Fetch,
    stop: AbortSignal,
): Promise<FetchedPictures | { readonly againInMs: number }> {
    const patienceMs = past.calledAtMs + timings.pictureMs - Date.now();
    // After a time in which nobody was there to fetch it, it deserves a try.
    const remainingMs = past.looks === 0 ? Math.max(patienceMs, lateTryMs) : patienceMs;
    if (remainingMs <= 0) return unavailable;
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), remainingMs);
    const enough = new JoinedSignal(stop, late.signal);
    try {
        return await fetch(message, enough.signal);
    } catch (error) {
        // Another process goes on.
        if (stop.aborted) return { againInMs: 1 };
        logger.warn(describeError(error), "A patient's picture was not fetched");
        if (late.signal.aborted || !isAppError(error) || !error.retryable) return unavailable;
        const limits = { ...timings, mostRetryMs: Math.min(longestPauseMs, timings.mostRetryMs) };
        const pauseMs = Math.max(retryPauseMs(past.looks + 1, limits), error.retryAfterMs ?? 0);
        return { againInMs: Math.min(pauseMs, Math.max(1, remainingMs)) };
    } finally {
        enough.release();
        clearTimeout(timer);
    }
}
