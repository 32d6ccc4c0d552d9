import type { CloudTimings } from "../../../adapters/whatsapp-cloud/timings.ts";
import {
    createWhatsAppCloud,
    type WhatsAppCloudOptions,
} from "../../../adapters/whatsapp-cloud/whatsapp-cloud.ts";
import { AppError } from "../../../src/errors.ts";
import { createLogger } from "../../../src/log.ts";
import { maxMessageUnits } from "../../../src/messaging/write-whatsapp.ts";
import type { Platform, ReceiptLedger } from "../../../src/ports.ts";
import type {
    PlatformProcess,
    PlatformWorld,
    SeenMessage,
    WriteFate,
} from "../../contracts/platform-bench.ts";
import type { Passage } from "../../fakes/bot-api-gate.ts";
import { type GraphApi, startGraphApi } from "../../fakes/graph-api.ts";
import { freePort } from "../../setup/redis.ts";
import { readWhatsApp } from "../../fakes/whatsapp-format.ts";

/** Short enough that a test of faults takes no time, long enough for a busy machine. */
const quickTimings: Partial<CloudTimings> = {
    requestMs: 10_000,
    typingDelayMs: 0,
    typingMs: 20,
    retry: { firstMs: 1, mostMs: 5 },
    // A receipt is on its way for longer where many tests share two cores.
    doubtMs: 1_500,
    orderMs: 100,
    receiptPollMs: 5,
    ackWithinMs: 300,
    handOver: { firstMs: 1, mostMs: 10 },
    takeoverMs: 2_000,
    reconnect: { firstMs: 1, mostMs: 10 },
    closingMs: 2_000,
};

/** Receipts in memory, as all processes of a clinic see them. */
export function createMemoryReceipts(): ReceiptLedger & { readonly tokens: Set<string> } {
    const tokens = new Set<string>();
    return {
        tokens,
        keep: (token) => {
            tokens.add(token);
            return Promise.resolve();
        },
        has: (token) => Promise.resolve(tokens.has(token)),
    };
}

/** The real adapter before a loopback Graph API: a platform for each phone number. */
export function cloudFor(
    api: GraphApi,
    port: number,
    options: Partial<WhatsAppCloudOptions> = {},
): readonly Platform[] {
    return createWhatsAppCloud({
        accessToken: api.accessToken,
        appSecret: api.appSecret,
        verifyToken: api.verifyToken,
        phoneNumberIds: api.phoneNumberIds,
        graphRoot: api.graphRoot,
        listen: { host: "127.0.0.1", port, path: "/webhooks/whatsapp" },
        receipts: createMemoryReceipts(),
        logger: createLogger("silent"),
        ...options,
        timings: { ...quickTimings, ...options.timings },
    });
}

/** Where Meta delivers webhooks to a platform that listens at this port. */
export function webhookAddress(port: number): string {
    return `http://127.0.0.1:${port}/webhooks/whatsapp`;
}

const passages: Readonly<Record<WriteFate, Passage>> = {
    pass: "open",
    "lose-answer": "one-way",
    "die-taken": "closing",
    "die-untaken": "closed",
};

/**
 * WhatsApp's Cloud API as the contract of all platforms sees it. Another process of the clinic
 * takes the receipts, as when a proxy shares the webhooks out among several.
 */
export async function createCloudWorld(): Promise<PlatformWorld> {
    const api = await startGraphApi();
    const receipts = createMemoryReceipts();
    const [port, sisterPort] = [await freePort(), await freePort()];
    api.addresses = { messages: webhookAddress(port), statuses: webhookAddress(sisterPort) };
    const [platform] = cloudFor(api, port, { receipts });
    const [sister] = cloudFor(api, sisterPort, { receipts });
    if (!platform || !sister) throw new Error("There is no phone number.");
    const stopping = new AbortController();
    const takesNothing = (): Promise<void> =>
        Promise.reject(new AppError("store-unavailable", "Not here.", { retryable: true }));
    const sisterRuns = sister.run(takesNothing, stopping.signal);
    const startProcess = (): PlatformProcess => {
        const { gate, graphRoot } = api.openGate();
        // Few tries: what is dead need not try long.
        const timings = { tries: 2 };
        const [sending] = cloudFor(api, 0, { receipts, graphRoot, timings });
        return {
            platform: sending ?? platform,
            onWrite: (at, fate, then = () => undefined) => gate.plan(at, passages[fate], then),
            kill: () => gate.close(),
            get isDead() {
                return !gate.isOpen;
            },
        };
    };
    return {
        platform,
        startProcess,
        sendsWhole: true,
        maxMessageUnits,
        lostOfPatients: () => [],
        sendText: (chat, text) => void api.sendText(chat, text),
        sendImage: (chat, bytes, caption) => void api.sendImage(chat, bytes, caption),
        sendVoice: (chat) => {
            const audio = {
                ...api.addFile(new Uint8Array(10)),
                mime_type: "audio/ogg",
                voice: true,
            };
            api.sendContent(chat, "audio", { audio });
        },
        replyToLatest: (chat, text) => {
            const latest = api.messagesIn(chat).at(-1);
            api.sendText(chat, text, latest === undefined ? {} : { replyTo: latest.id });
        },
        press: (chat, label) => api.press(chat, label),
        repeatLatest: () => api.repeatLatest(),
        seen: (chat) =>
            api.messagesIn(chat).map(({ body, options }): SeenMessage => {
                const { text, bold } = readWhatsApp(body);
                return { text, bold, buttons: options.map(({ title }) => title) };
            }),
        typings: (chat) => api.typingsIn(chat),
        block: (chat) => api.refuse(chat),
        setOutage: (outage) => {
            if (outage) api.fail("send", { status: 503, code: 131016 }, Infinity);
            else api.recover();
        },
        until: (condition) => api.until(condition),
        close: async () => {
            stopping.abort();
            await sisterRuns;
            await api.close();
        },
    };
}
