import { AppError } from "../../src/errors.ts";
import type { ConversationKey, Reply, ReplyAddress } from "../../src/message.ts";
import type { Journal, Platform } from "../../src/ports.ts";

/** A message of the assistant as the patient sees it. */
export interface ScreenMessage {
    readonly to: ReplyAddress;
    readonly text: string;
    /** Whether it is still being written. */
    readonly growing: boolean;
}

/** A messenger that shows every reply as one message, whichever process finishes it. */
export interface JournalingPlatform extends Platform {
    /** What a patient sees, oldest first. */
    screen(conversation: ConversationKey): readonly ScreenMessage[];
}

/**
 * A {@link JournalingPlatform}.
 *
 * @param beforeSending Called before a complete reply is out; may throw.
 * @param files Attachment bytes by id.
 */
export function createJournalingPlatform(
    beforeSending: (reply: Reply) => void = () => undefined,
    files: ReadonlyMap<string, Uint8Array> = new Map(),
): JournalingPlatform {
    const messages = new Map<string, ScreenMessage>();
    let count = 0;
    return {
        name: "telegram",
        sharing: "receive-alone",
        account: "telegram:clinic",
        screen: (key) => [...messages.values()].filter(({ to }) => to.conversation === key),
        run: () => Promise.resolve(),
        download: ({ id }) => {
            const bytes = files.get(id);
            if (bytes) return Promise.resolve(bytes);
            return Promise.reject(new AppError("attachment-unavailable", "No such file."));
        },
        startReply: (to, journal) => {
            let id = sentAs(journal);
            let waits = Promise.resolve();
            const put = async (text: string, growing: boolean): Promise<void> => {
                if (id === undefined) {
                    count += 1;
                    const next = String(count);
                    await journal?.save({ id: next });
                    id = next;
                }
                messages.set(id, { to, text, growing });
            };
            return {
                show: (textSoFar) => {
                    waits = waits.then(() => put(textSoFar, true)).catch(() => undefined);
                },
                finish: async (reply) => {
                    await waits;
                    beforeSending(reply);
                    await put(reply.text, false);
                },
                abandon: async (end) => {
                    await waits;
                    if (id !== undefined && !end?.left) messages.delete(id);
                },
            };
        },
    };
}

function sentAs(journal: Journal | undefined): string | undefined {
    const state = journal?.state;
    if (typeof state !== "object" || state === null || !("id" in state)) return undefined;
    return String(state.id);
}
