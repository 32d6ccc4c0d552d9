import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
    defaultMessageTimings,
    type MessageTimings,
} from "../../../adapters/whatsapp-web/message-timings.ts";
import { SendingLine } from "../../../adapters/whatsapp-web/sending-line.ts";
import { WebReply } from "../../../adapters/whatsapp-web/web-reply.ts";
import { callsOf, type WhatsAppCalls } from "../../../adapters/whatsapp-web/whatsapp-calls.ts";
import { createWhatsAppWebPlatform } from "../../../adapters/whatsapp-web/whatsapp-web-platform.ts";
import { AppError } from "../../../src/errors.ts";
import { createLogger } from "../../../src/log.ts";
import { maxMessageUnits } from "../../../src/messaging/write-whatsapp.ts";
import type { Platform } from "../../../src/ports.ts";
import type {
    PlatformProcess,
    PlatformWorld,
    SeenMessage,
    WriteFate,
} from "../../contracts/platform-bench.ts";
import { readWhatsApp } from "../../fakes/whatsapp-format.ts";
import type { LinkedPhone } from "./linked-phone.ts";

/** Short enough that a test of faults takes no time, long enough for a busy machine. */
export const quickTimings: Partial<MessageTimings> = {
    typingDelayMs: 0,
    typingMs: 20,
    overlapMs: 2_000,
    retry: { firstMs: 1, mostMs: 5 },
    redeliver: { firstMs: 1, mostMs: 10 },
};

/** The writes of one process, of which some go wrong. */
class Gate {
    #writes = 0;
    #plan: { at: number; fate: WriteFate; after: () => void } | undefined;
    isOpen = true;

    plan(at: number, fate: WriteFate, after: () => void): void {
        this.#plan = { at, fate, after };
    }

    close(): void {
        this.isOpen = false;
    }

    /** @throws What a process sees whose request, or the answer to it, gets lost. */
    async pass<Result>(request: () => Promise<Result>): Promise<Result> {
        if (!this.isOpen) throw gone();
        const number = this.#writes;
        this.#writes += 1;
        if (this.#plan?.at !== number) return await request();
        const { fate, after } = this.#plan;
        if (fate === "die-untaken") this.close();
        const result = fate === "die-untaken" ? undefined : await request();
        if (fate === "die-taken") this.close();
        after();
        if (fate !== "pass" || result === undefined) throw gone();
        return result;
    }
}

function gone(): AppError {
    return new AppError("platform-unavailable", "The page is gone.", { retryable: true });
}

/**
 * A process of its own. An account has one browser, so what this process does goes through the same
 * one: it is cut off where the adapter asks the library for something.
 */
function startProcess(
    platform: Platform,
    calls: WhatsAppCalls,
    timings: MessageTimings,
): PlatformProcess {
    const gate = new Gate();
    const whileOpen = async <Result>(request: () => Promise<Result>): Promise<Result> => {
        if (!gate.isOpen) throw gone();
        return await request();
    };
    const gated: WhatsAppCalls = {
        ...calls,
        newMessageId: (signal) => whileOpen(() => calls.newMessageId(signal)),
        showTyping: (chat, shown, signal) => whileOpen(() => calls.showTyping(chat, shown, signal)),
        deliver: (delivery, signal) => gate.pass(() => calls.deliver(delivery, signal)),
    };
    const parts = { calls: gated, line: new SendingLine(), timings };
    return {
        platform: { ...platform, startReply: (to, journal) => new WebReply(parts, to, journal) },
        onWrite: (at, fate, then = () => undefined) => gate.plan(at, fate, then),
        kill: () => gate.close(),
        get isDead() {
            return !gate.isOpen;
        },
    };
}

let worlds = 0;

/** WhatsApp as the contract of all platforms sees it, with chats that no other world has. */
export async function createWhatsAppWebWorld(phone: LinkedPhone): Promise<PlatformWorld> {
    const { peer, session } = phone;
    const timings = { ...defaultMessageTimings, ...quickTimings };
    const sessionFolder = await mkdtemp(join(tmpdir(), "whatsapp-world-"));
    const number = (worlds += 1);
    const prefix = `9665${String(number).padStart(3, "0")}`;
    const jid = (chat: number): string => `${prefix}${String(chat).padStart(5, "0")}@c.us`;
    const whole = createWhatsAppWebPlatform(
        {
            sessionFolder,
            groups: "mentions",
            display: { show: () => undefined },
            logger: createLogger("silent"),
            timings,
        },
        phone.keepLinked,
    );
    const isMine = (conversation: string): boolean => conversation.includes(`:${prefix}`);
    const platform: Platform = {
        ...whole,
        run: (receive, signal, glance) =>
            whole.run(
                (message) => {
                    return isMine(message.conversation) ? receive(message) : Promise.resolve();
                },
                signal,
                (message) => {
                    if (isMine(message.conversation)) glance?.(message);
                },
            ),
    };
    const calls = callsOf(() => session, timings);
    return {
        platform,
        sendsWhole: true,
        maxMessageUnits,
        startProcess: () => startProcess(platform, calls, timings),
        sendText: (chat, text) => void peer.inbound({ chat: jid(chat), text }),
        sendImage: (chat, bytes, caption) => {
            const picture = { chat: jid(chat), type: "image", mimetype: "image/jpeg", bytes };
            peer.inbound({ ...picture, ...(caption === undefined ? {} : { caption }) });
        },
        sendVoice: (chat) => {
            const bytes = new Uint8Array(20);
            peer.inbound({ chat: jid(chat), type: "ptt", mimetype: "audio/ogg", bytes });
        },
        replyToLatest: (chat, text) => {
            const quotedId = peer.visible(jid(chat)).at(-1)?.id;
            peer.inbound({
                chat: jid(chat),
                text,
                ...(quotedId === undefined ? {} : { quotedId }),
            });
        },
        repeatLatest: () => peer.repeat(),
        seen: (chat) =>
            peer.visible(jid(chat)).map(({ text }): SeenMessage => {
                const shown = readWhatsApp(text);
                return { text: shown.text, bold: shown.bold, buttons: [] };
            }),
        typings: (chat) => peer.typings(jid(chat)),
        block: (chat) => peer.block(jid(chat)),
        lostOfPatients: () => [],
        setOutage: (outage) => peer.setOutage(outage ? "refused" : false),
        until: (condition) => peer.until(condition),
        close: async () => {
            peer.setOutage(false);
            await rm(sessionFolder, { recursive: true, force: true });
        },
    };
}
