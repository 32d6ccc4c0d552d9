import type { Message } from "whatsapp-web.js";
import { describeError, type Logger } from "../../src/log.ts";
import { wait } from "../../src/wait.ts";
import { callPage } from "./call-page.ts";
import { readMissed, readOwnAddresses } from "./in-page.ts";
import type { Intake } from "./intake.ts";
import type { LinkRecordFile } from "./link-record.ts";
import type { MessageTimings } from "./message-timings.ts";
import { type GroupRule, isEdit, type Reader } from "./normalise-message.ts";
import { withoutDevice } from "./raw-message.ts";
import type { WebSession } from "./session.ts";

/** Most messages of one chat that are looked at for what was missed. */
const mostMessages = 300;

/** What receiving needs. */
export interface ReceivingParts {
    readonly intake: Intake;
    readonly record: LinkRecordFile;
    readonly groups: GroupRule;
    /** What is older when it is found is not answered any more, in milliseconds. */
    readonly catchUpMs: number;
    readonly timings: MessageTimings;
    readonly logger: Logger;
}

/**
 * Hands the messages of one session over until the signal aborts: first what was written while
 * nobody listened, then what comes. What came without a word of the page is looked for now and then.
 */
export async function receiveMessages(
    session: WebSession,
    parts: ReceivingParts,
    signal: AbortSignal,
): Promise<void> {
    try {
        await listen(session, parts, signal);
    } catch (error) {
        if (!signal.aborted) throw error;
    }
}

/** @throws `aborted` at the end, `platform-unavailable`. */
async function listen(
    session: WebSession,
    parts: ReceivingParts,
    signal: AbortSignal,
): Promise<never> {
    const { intake, groups, timings } = parts;
    const limits = { timeoutMs: timings.pageMs, signal };
    const addresses = await callPage(session, limits, readOwnAddresses, undefined);
    const reader: Reader = { own: new Set(addresses.map(withoutDevice)), groups };
    let held: (() => void)[] | undefined = [];
    const inOrder = (take: () => void): void => (held ? void held.push(take) : take());
    const onMessage = ({ rawData }: Message): void => inOrder(() => intake.add(rawData, reader));
    const onEdit = ({ rawData }: Message, text: unknown, before: unknown): void => {
        if (isEdit(rawData, text, before)) inOrder(() => intake.add(rawData, reader, true));
    };
    const { client } = session;
    client.on("message", onMessage).on("message_edit", onEdit);
    // What cannot be read yet comes as a message later, what may be viewed once never does.
    client.on("message_ciphertext", onMessage);
    try {
        const unreadable = await takeMissed(session, parts, reader, signal);
        if (unreadable > 0) noteUnreadable(unreadable, parts.logger);
        for (const take of held.splice(0)) take();
        held = undefined;
        for (;;) {
            await keepAlive(parts, signal);
            await takeMissed(session, parts, reader, signal);
        }
    } finally {
        client.off("message", onMessage).off("message_edit", onEdit);
        client.off("message_ciphertext", onMessage);
    }
}

/** Notes signs of life until it is time to look for missed messages again. */
async function keepAlive({ record, timings }: ReceivingParts, signal: AbortSignal): Promise<void> {
    const untilMs = performance.now() + timings.lookAgainMs;
    while (performance.now() < untilMs) {
        await record.beat(Date.now());
        await wait(timings.aliveMs, signal);
    }
}

/** Takes what lies unread, and what came close to the last sign of life; gives what it could not. */
async function takeMissed(
    session: WebSession,
    { intake, record, catchUpMs, timings, logger }: ReceivingParts,
    reader: Reader,
    signal: AbortSignal,
): Promise<number> {
    const { pairedAtMs, aliveAtMs } = await record.open(reader.own, Date.now());
    const search = {
        fromS: Math.max(pairedAtMs, Date.now() - catchUpMs) / 1000,
        aroundFromS: (aliveAtMs - timings.overlapMs) / 1000,
        aroundToS: (aliveAtMs + timings.overlapMs) / 1000,
        mostMessages,
    };
    try {
        const limits = { timeoutMs: timings.searchMs, signal };
        const { messages, unreadable } = await callPage(session, limits, readMissed, search);
        for (const raw of messages) intake.add(raw, reader);
        return unreadable;
    } catch (error) {
        if (signal.aborted) throw error;
        logger.warn(
            describeError(error),
            "WhatsApp: the chats could not be looked through for unread messages; it is tried again",
        );
        return 0;
    }
}

function noteUnreadable(unreadable: number, logger: Logger): void {
    logger.warn(
        { unreadable, remedy: "Look through the unread chats on the clinic's phone." },
        "WhatsApp: some unread messages could not be read",
    );
}
