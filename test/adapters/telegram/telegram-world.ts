import {
    createTelegramPlatform,
    type TelegramOptions,
} from "../../../adapters/telegram/telegram-platform.ts";
import type { TelegramTexts } from "../../../adapters/telegram/publish-menu.ts";
import { maxMessageUnits } from "../../../adapters/telegram/render-reply.ts";
import type { TelegramTimings } from "../../../adapters/telegram/timings.ts";
import { createLogger } from "../../../src/log.ts";
import type { Platform } from "../../../src/ports.ts";
import type {
    PlatformProcess,
    PlatformWorld,
    SeenMessage,
    WriteFate,
} from "../../contracts/platform-bench.ts";
import { type BotApi, startBotApi } from "../../fakes/bot-api.ts";
import type { Passage } from "../../fakes/bot-api-gate.ts";

/** Short enough that a test of faults takes no time, long enough for a busy machine. */
const quickTimings: Partial<TelegramTimings> = {
    longPollMs: 2_000,
    requestMs: 10_000,
    typingDelayMs: 0,
    typingMs: 20,
    firstShowMs: 5,
    editMs: 10,
    retry: { firstMs: 1, mostMs: 5 },
    reconnect: { firstMs: 1, mostMs: 10 },
    redeliver: { firstMs: 1, mostMs: 10 },
    busyPollMs: 20,
    probeMs: 0,
    takeoverMs: 0,
    closingMs: 5_000,
};

/** Descriptions of the commands that tell the languages apart. */
export const exampleTexts: TelegramTexts = {
    commands: {
        start: { ar: "من أنا", en: "Who I am" },
        help: { ar: "مساعدة", en: "What you can send" },
        reset: { ar: "من جديد", en: "Start over" },
        language: { ar: "لغة الإجابة", en: "Language of answers" },
        stop: { ar: "توقف", en: "Stop" },
        privacy: { ar: "الخصوصية", en: "What is kept" },
        export: { ar: "نسخة", en: "A copy" },
        delete: { ar: "محو", en: "Erase" },
        doctor: { ar: "الفريق", en: "People" },
    },
};

/** The real adapter with the real telegraf before a loopback Bot API. */
export function platformFor(api: BotApi, options: Partial<TelegramOptions> = {}): Platform {
    return createTelegramPlatform({
        token: api.token,
        apiRoot: api.apiRoot,
        texts: exampleTexts,
        logger: createLogger("silent"),
        ...options,
        timings: { ...quickTimings, ...options.timings },
    });
}

const passages: Readonly<Record<WriteFate, Passage>> = {
    pass: "open",
    "lose-answer": "one-way",
    "die-taken": "closing",
    "die-untaken": "closed",
};

/** An adapter with a way of its own to the loopback Bot API, which can be cut. */
function startProcess(api: BotApi): PlatformProcess {
    const gate = api.openGate();
    return {
        platform: platformFor(api, { apiRoot: gate.apiRoot }),
        onWrite: (at, fate, then = () => undefined) => gate.plan(at, passages[fate], then),
        kill: () => gate.close(),
        get isDead() {
            return !gate.isOpen;
        },
    };
}

/** Telegram as the contract of all platforms sees it. */
export async function createTelegramWorld(): Promise<PlatformWorld> {
    const api = await startBotApi();
    const latest = (chat: number): number | undefined => api.visibleMessages(chat).at(-1)?.id;
    return {
        platform: platformFor(api),
        startProcess: () => startProcess(api),
        lostOfPatients: () => api.deletedOfPatients,
        maxMessageUnits,
        sendText: (chat, text) => {
            api.sendText(chat, text);
        },
        sendImage: (chat, bytes, caption) => {
            api.sendPhoto(chat, bytes, caption);
        },
        sendVoice: (chat) => {
            api.sendContent(chat, { voice: { file_id: "v", duration: 3, mime_type: "audio/ogg" } });
        },
        replyToLatest: (chat, text) => {
            const replyTo = latest(chat);
            api.sendText(chat, text, replyTo === undefined ? {} : { replyTo });
        },
        press: (chat, label) => api.press(chat, label),
        repeatLatest: () => api.repeatLatest(),
        seen: (chat) =>
            api.visibleMessages(chat).map(({ text, entities, buttons }): SeenMessage => ({
                text,
                bold: entities
                    .filter(({ type }) => type === "bold")
                    .map(({ offset, length }) => text.slice(offset, offset + length)),
                buttons: buttons.map((button) => button.text),
            })),
        typings: (chat) =>
            api.callsOf("sendChatAction").filter((payload) => payload["chat_id"] === chat).length,
        block: (chat) => api.block(chat),
        setOutage: (outage) => {
            if (!outage) return api.recover();
            for (const method of ["sendMessage", "editMessageText"]) {
                api.fail(method, { code: 502, description: "Bad Gateway" }, Infinity);
            }
        },
        until: async (condition) => {
            await api.waitFor(() => condition() || undefined);
        },
        close: () => api.close(),
    };
}
