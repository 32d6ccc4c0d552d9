import type { Attachment } from "../../src/message.ts";
import { callPage } from "./call-page.ts";
import { downloadMedia } from "./download-media.ts";
import {
    deliver,
    markSeen,
    type Delivery,
    type DeliveryState,
    newMessageId,
    showChatState,
} from "./in-page.ts";
import type { MessageTimings } from "./message-timings.ts";
import type { WebSession } from "./session.ts";

/**
 * What the adapter asks of WhatsApp Web while a phone is linked.
 *
 * @throws `platform-unavailable` (retryable) from every method, `aborted`.
 */
export interface WhatsAppCalls {
    /** A name for a message that is going to be sent. */
    newMessageId(signal: AbortSignal): Promise<string>;
    /** Sends a message, unless it is found in its chat. */
    deliver(delivery: Delivery, signal: AbortSignal): Promise<DeliveryState>;
    /** Shows or hides "typing" in a chat. */
    showTyping(chat: string, shown: boolean, signal: AbortSignal): Promise<void>;
    /** The bytes of an attachment, as `Platform.download` promises them. */
    download(attachment: Attachment, maxBytes: number, signal: AbortSignal): Promise<Uint8Array>;
    /** Marks a chat as read, unless something came after the message that was taken last. */
    markSeen(chat: string, takenId: string): Promise<void>;
}

/** @param current The session while there is one. */
export function callsOf(
    current: () => WebSession | undefined,
    timings: MessageTimings,
): WhatsAppCalls {
    const { pageMs, sendMs } = timings;
    return {
        newMessageId: (signal) =>
            callPage(current(), { timeoutMs: pageMs, signal }, newMessageId, undefined),
        deliver: (delivery, signal) =>
            callPage(current(), { timeoutMs: sendMs, signal }, deliver, delivery),
        showTyping: (chat, shown, signal) => {
            const state = { chat, state: shown ? "typing" : "stop" } as const;
            return callPage(current(), { timeoutMs: pageMs, signal }, showChatState, state);
        },
        download: (attachment, maxBytes, signal) =>
            downloadMedia(current(), timings, attachment, maxBytes, signal),
        markSeen: (chat, takenId) =>
            callPage(current(), { timeoutMs: pageMs }, markSeen, { chat, takenId }),
    };
}
