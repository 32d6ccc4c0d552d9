import { setMaxListeners } from "node:events";
import { AppError } from "../../src/errors.ts";
import type { Logger } from "../../src/log.ts";
import type { ConversationKey, InboundMessage, PlatformAccount } from "../../src/message.ts";
import { ChatLanes } from "../../src/messaging/chat-lanes.ts";
import { RecentKeys } from "../../src/messaging/recent-keys.ts";
import type { Platform } from "../../src/ports.ts";
import type { Backoff } from "../../src/wait.ts";
import type { ChatFiles } from "./chat-files.ts";
import { ChatReply, defaultReplyTimings, type ReplyTimings } from "./chat-reply.ts";
import type { ReplyBoard } from "./chat-room.ts";

/** What the chat of the page needs. */
export interface WebChatOptions {
    readonly board: ReplyBoard;
    readonly files: ChatFiles;
    readonly logger: Logger;
    readonly timings?: Partial<ReplyTimings>;
    /** Between two tries to hand a message over. */
    readonly handOver?: Backoff;
}

/** The chat of the page as a platform, and where its messages come in. */
export interface WebChat {
    readonly platform: Platform;
    /** Whether messages are taken here just now. */
    readonly isOpen: boolean;
    /**
     * Takes a message; resolves with whether it is taken, at the latest when the platform stops. Who
     * hears `false` brings it again. With the same id it is taken once. Never fails.
     */
    take(message: InboundMessage): Promise<boolean>;
}

const account: PlatformAccount = "web:local";

/** The conversation behind a chat of the page. */
export function conversationOf(chat: string): ConversationKey {
    return `${account}:${chat}`;
}

function chatOf(conversation: ConversationKey): string {
    return conversation.slice(account.length + 1);
}

/**
 * The chat of the page. Whoever receives for it also delivers: the browser is connected to that
 * process.
 */
export function createWebChat({
    board,
    files,
    logger,
    timings,
    handOver = { firstMs: 200, mostMs: 5_000 },
}: WebChatOptions): WebChat {
    const replyTimings = { ...defaultReplyTimings, ...timings };
    const recent = new RecentKeys(5_000);
    /** Those that are being taken: a message that comes once more waits for the same end. */
    const taking = new Map<string, Promise<boolean>>();
    let intake: ((message: InboundMessage) => Promise<boolean>) | undefined;

    const platform: Platform = {
        name: "web",
        sharing: "alone",
        account,
        run: async (receive, signal, glance) => {
            const ended = new AbortController();
            // Every chat whose message waits to be stored listens; Node would take that for a leak.
            setMaxListeners(0, ended.signal);
            const sentence = "a message of the local page waits to be stored";
            const lanes = new ChatLanes({ retry: handOver, logger, sentence }, ended.signal);
            const own = (message: InboundMessage): Promise<boolean> => {
                glance?.(message);
                return lanes.add(message.conversation, () => receive(message));
            };
            intake = own;
            await aborted(signal);
            if (intake === own) intake = undefined;
            ended.abort();
            await lanes.idle();
        },
        download: async (attachment, maxBytes, signal) => {
            if (signal.aborted) throw new AppError("aborted", "The download was cancelled.");
            return await Promise.resolve(files.download(attachment.id, maxBytes));
        },
        startReply: ({ conversation }, journal) =>
            new ChatReply(board, chatOf(conversation), journal, replyTimings),
    };
    return {
        platform,
        get isOpen() {
            return intake !== undefined;
        },
        take: (message) => {
            const key = `${message.conversation} ${message.id}`;
            if (recent.has(key)) return Promise.resolve(true);
            const open = taking.get(key);
            if (open) return open;
            if (!intake) return Promise.resolve(false);
            const taken = intake(message)
                .then((isTaken) => {
                    if (isTaken) recent.add(key);
                    return isTaken;
                })
                .finally(() => taking.delete(key));
            taking.set(key, taken);
            return taken;
        },
    };
}

async function aborted(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
    });
}
