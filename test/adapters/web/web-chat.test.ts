import { randomBytes } from "node:crypto";
import { ChatFiles } from "../../../adapters/web/chat-files.ts";
import { ChatRoom, type ReplyBoard, textOf } from "../../../adapters/web/chat-room.ts";
import { readPost } from "../../../adapters/web/read-post.ts";
import { createWebChat, type WebChat } from "../../../adapters/web/web-chat.ts";
import type { ChatPost } from "../../../adapters/web/wire.ts";
import { AppError } from "../../../src/errors.ts";
import { createLogger } from "../../../src/log.ts";
import type { InboundMessage } from "../../../src/message.ts";
import { describePlatform } from "../../contracts/platform.ts";
import type { PlatformProcess, PlatformWorld, WriteFate } from "../../contracts/platform-bench.ts";

const timings = {
    growMs: 1,
    typingDelayMs: 0,
    typingMs: 20,
    retry: { firstMs: 1, mostMs: 5 },
};

/** A board that can fail, between a process and the chats. */
class Gate implements ReplyBoard {
    readonly #room: ReplyBoard;
    readonly #plans = new Map<number, { readonly fate: WriteFate; readonly next: () => void }>();
    #writes = 0;
    isDead = false;
    isOut = false;

    constructor(room: ReplyBoard) {
        this.#room = room;
    }

    plan(at: number, fate: WriteFate, next: () => void = () => undefined): void {
        this.#plans.set(at, { fate, next });
    }

    put(...values: Parameters<ReplyBoard["put"]>): Promise<void> {
        return this.#write(() => this.#room.put(...values));
    }

    remove(...values: Parameters<ReplyBoard["remove"]>): Promise<void> {
        return this.#write(() => this.#room.remove(...values));
    }

    async typing(...values: Parameters<ReplyBoard["typing"]>): Promise<void> {
        if (!this.isDead && !this.isOut) await this.#room.typing(...values);
    }

    async #write(write: () => Promise<void>): Promise<void> {
        if (this.isDead || this.isOut) throw away();
        const plan = this.#plans.get(this.#writes++);
        const fate = plan?.fate ?? "pass";
        if (fate !== "die-untaken") await write();
        if (fate === "die-taken" || fate === "die-untaken") this.isDead = true;
        plan?.next();
        if (fate !== "pass") throw away();
    }
}

function away(): AppError {
    return new AppError("platform-unavailable", "The page is away.", { retryable: true });
}

/** A browser that brings each message again until it is taken, in order. */
class Browser {
    readonly #chat: WebChat;
    readonly #unsent: InboundMessage[] = [];
    #latest: InboundMessage | undefined;
    #closed = false;

    constructor(chat: WebChat) {
        this.#chat = chat;
        void this.#run();
    }

    send(message: InboundMessage): void {
        this.#latest = message;
        this.#unsent.push(message);
        // What is written while an earlier message waits is seen at once.
        if (this.#chat.isOpen) void this.#chat.take(message);
    }

    repeat(): void {
        if (this.#latest) this.#unsent.push(this.#latest);
    }

    close(): void {
        this.#closed = true;
    }

    async #run(): Promise<void> {
        while (!this.#closed) {
            const [next] = this.#unsent;
            if (next && (await this.#chat.take(next))) this.#unsent.shift();
            else await new Promise((resolve) => setTimeout(resolve, 2));
        }
    }
}

function createWorld(): Promise<PlatformWorld> {
    const room = new ChatRoom();
    const files = new ChatFiles();
    const logger = createLogger("silent");
    const handOver = { firstMs: 1, mostMs: 10 };
    const gate = new Gate(room);
    const open = (board: ReplyBoard): WebChat =>
        createWebChat({ board, files, logger, timings, handOver });
    const chat = open(gate);
    const browsers = new Map<number, Browser>();
    const typings = new Map<number, number>();
    const nameOf = (number: number): string => `chat${number}`;
    const browser = (number: number): Browser => {
        const known = browsers.get(number);
        if (known) return known;
        room.open(nameOf(number));
        room.listen(nameOf(number), ({ kind }) => {
            if (kind === "typing") typings.set(number, (typings.get(number) ?? 0) + 1);
        });
        const fresh = new Browser(chat);
        browsers.set(number, fresh);
        return fresh;
    };
    const send = (number: number, post: Omit<Partial<ChatPost>, "chat">): void => {
        const sender = browser(number);
        const id = randomBytes(12).toString("hex");
        const parts = { room, files };
        const whole: ChatPost = { id, chat: nameOf(number), language: "en", ...post };
        sender.send(readPost(whole, parts).message);
    };
    const sendFile = (number: number, mimeType: string, bytes: Uint8Array, text = ""): void => {
        const id = files.add({ chat: nameOf(number), name: "", mimeType, bytes });
        send(number, { text, files: [id] });
    };
    const replies = (number: number) =>
        room.entries(nameOf(number)).filter(({ from }) => from === "assistant");
    return Promise.resolve({
        platform: chat.platform,
        startProcess: (): PlatformProcess => {
            const own = new Gate(room);
            return {
                platform: open(own).platform,
                onWrite: (at, fate, then) => own.plan(at, fate, then),
                kill: () => (own.isDead = true),
                get isDead() {
                    return own.isDead;
                },
            };
        },
        maxMessageUnits: Number.MAX_SAFE_INTEGER,
        sendText: (number, text) => send(number, { text }),
        sendImage: (number, bytes, caption) => sendFile(number, "image/png", bytes, caption),
        sendVoice: (number) => sendFile(number, "audio/ogg", new Uint8Array(10)),
        replyToLatest: (number, text) => {
            const latest = replies(number).at(-1);
            send(number, { text, ...(latest ? { replyTo: latest.id } : {}) });
        },
        press: (number, label) => {
            const entry = replies(number).find(({ choices }) => choices.includes(label));
            const index = entry?.choices.indexOf(label) ?? -1;
            send(number, { choice: { entry: entry?.id ?? "", index } });
        },
        repeatLatest: () => {
            for (const one of browsers.values()) one.repeat();
        },
        seen: (number) =>
            replies(number).map((entry) => ({
                text: textOf(entry) === "" ? "" : entry.text.map(({ text }) => text).join(""),
                bold: entry.text
                    .filter(({ styles }) => styles.includes("bold"))
                    .map(({ text }) => text.replaceAll(/[\u200E\u200F\u2066\u2069]/g, "")),
                buttons: entry.choices,
            })),
        typings: (number) => typings.get(number) ?? 0,
        block: (number) => room.close(nameOf(number)),
        lostOfPatients: () => [],
        setOutage: (outage) => (gate.isOut = outage),
        until: async (condition) => {
            while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
        },
        close: () => {
            for (const one of browsers.values()) one.close();
            return Promise.resolve();
        },
    });
}

describePlatform("the page's chat", createWorld);
