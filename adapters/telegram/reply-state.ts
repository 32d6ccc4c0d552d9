import { createHash } from "node:crypto";
import { z } from "zod";
import { type FormattedText, plainText } from "../../src/messaging/formatted-text.ts";

const messageId = z.int().positive();
const send = z.object({
    /** The {@link fingerprint} of its text. */
    text: z.string(),
    /** The message above which it would stand. */
    replyTo: messageId.optional(),
});
const doubt = z.object({
    /** Lower than the id of each of the messages, if there are any. */
    floor: z.int().nonnegative(),
    /** How many messages above the floor are worth a look. */
    reach: z.int().positive(),
    /** Higher than all of them; absent: not known yet. */
    below: messageId.optional(),
    sends: z.array(send).readonly(),
});
const replyState = z.object({
    messages: z.array(messageId).readonly(),
    delivered: z.int().nonnegative(),
    doubts: z.array(doubt).readonly(),
});

/** A message that was given to Telegram, or was about to be. */
export type Send = Readonly<z.infer<typeof send>>;

/** Sends of which nobody knows whether Telegram has carried them out. */
export type Doubt = Readonly<z.infer<typeof doubt>>;

/** How far a reply is out: what its journal keeps. Holds no text. */
export interface ReplyState {
    /** The ids of its messages, oldest first. While no part is delivered: the growing one alone. */
    readonly messages: readonly number[];
    /** How many of its parts are complete. */
    readonly delivered: number;
    /** Oldest first; only the last one can be without an upper end. */
    readonly doubts: readonly Doubt[];
}

const nothing: ReplyState = { messages: [], delivered: 0, doubts: [] };

/** What a journal kept. What cannot be read counts as nothing. */
export function readReplyState(kept: unknown): ReplyState {
    const parsed = replyState.safeParse(kept);
    return parsed.success ? parsed.data : nothing;
}

/**
 * Recognises a text that Telegram gives back. Only letters and digits count, as long as there are
 * some: blanks and marks are what Telegram tidies up.
 */
export function fingerprint(text: FormattedText | string): string {
    const plain = typeof text === "string" ? text : plainText(text);
    const telling = plain.replaceAll(/[^\p{L}\p{N}]/gu, "");
    const recognised = telling === "" ? plain.replaceAll(/[\s\p{C}]/gu, "") : telling;
    return createHash("sha256").update(recognised).digest("base64url").slice(0, 16);
}
