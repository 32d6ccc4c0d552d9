import { JoinedSignal } from "../../src/joined-signal.ts";
import { describeError, type Logger } from "../../src/log.ts";
import { RecentKeys } from "../../src/messaging/recent-keys.ts";
import type { LinkDisplay, Platform } from "../../src/ports.ts";
import { Intake } from "./intake.ts";
import { LinkRecordFile } from "./link-record.ts";
import { defaultMessageTimings, type MessageTimings } from "./message-timings.ts";
import { type GroupRule, whatsappWebAccount } from "./normalise-message.ts";
import { receiveMessages } from "./receive-messages.ts";
import { SendingLine } from "./sending-line.ts";
import { keepLinked, type WebSession } from "./session.ts";
import { defaultSessionTimings, type SessionTimings } from "./session-timings.ts";
import { WebReply } from "./web-reply.ts";
import { callsOf } from "./whatsapp-calls.ts";

/** What a phone that is linked through WhatsApp Web needs. */
export interface WhatsAppWebOptions {
    /** Holds the link: whoever has it can read and write in the clinic's name. Absolute. */
    readonly sessionFolder: string;
    readonly groups: GroupRule;
    /** Chromium or Chrome; absent: it is looked for. */
    readonly browserPath?: string;
    /** The version of WhatsApp Web that is used; absent: today's. */
    readonly webVersion?: string;
    /** The phone's number, to link it with a code in place of a QR code. Digits. */
    readonly pairWithPhone?: string;
    /** What is older when it is found is not answered any more. Default: a day. */
    readonly catchUpMs?: number;
    readonly display: LinkDisplay;
    readonly logger: Logger;
    /** Those of the default timings that are to be different. */
    readonly timings?: Partial<SessionTimings & MessageTimings>;
}

const dayMs = 24 * 60 * 60_000;

/** A linked phone as a platform. Does nothing until `run` or another method is called. */
export function createWhatsAppWebPlatform(
    options: WhatsAppWebOptions,
    keepSession: typeof keepLinked = keepLinked,
): Platform {
    const { sessionFolder, groups, catchUpMs = dayMs, logger } = options;
    const timings = { ...defaultSessionTimings, ...defaultMessageTimings, ...options.timings };
    let current: WebSession | undefined;
    const calls = callsOf(() => current, timings);
    const replying = { calls, line: new SendingLine(), timings };
    const taken = new RecentKeys(2_000);
    const record = new LinkRecordFile(sessionFolder, logger);
    const markSeen = async (chat: string, takenId: string): Promise<void> => {
        await calls.markSeen(chat, takenId).catch((error: unknown) => {
            logger.debug(describeError(error), "WhatsApp: a chat was not marked as read");
        });
    };
    return {
        name: "whatsapp-web",
        sharing: "alone",
        account: whatsappWebAccount,
        run: async (receive, signal, glance) => {
            const { redeliver } = timings;
            const ended = new AbortController();
            const running = new JoinedSignal(signal, ended.signal);
            const intake = new Intake(
                {
                    receive,
                    ...(glance ? { glance } : {}),
                    markSeen,
                    taken,
                    logger,
                    redeliver,
                },
                running.signal,
            );
            const receiving = { intake, record, groups, catchUpMs, timings, logger };
            const work = async (session: WebSession): Promise<void> => {
                current = session;
                const linked = new JoinedSignal(running.signal, session.lost);
                try {
                    await receiveMessages(session, receiving, linked.signal);
                } finally {
                    linked.release();
                }
                // What is taken at the last moment is still marked as read.
                if (!session.lost.aborted) await intake.idle();
            };
            try {
                const link = { ...options, account: whatsappWebAccount, timings };
                await keepSession(link, work, running.signal);
            } finally {
                current = undefined;
                ended.abort();
                await intake.idle();
                running.release();
            }
        },
        download: (attachment, maxBytes, signal) => calls.download(attachment, maxBytes, signal),
        startReply: (to, journal) => new WebReply(replying, to, journal),
    };
}
