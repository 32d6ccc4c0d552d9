import { AppError } from "../../src/errors.ts";
import type { Reply, ReplyAddress } from "../../src/message.ts";
import type { Platform } from "../../src/ports.ts";

/** What a {@link RecordingPlatform} saw of one reply. */
export interface RecordedReply {
    readonly to: ReplyAddress;
    readonly shown: string[];
    reply?: Reply;
    abandoned: boolean;
}

/** A platform that remembers what it was told to send. */
export interface RecordingPlatform extends Platform {
    readonly replies: readonly RecordedReply[];
    /** Texts of the finished replies, in the order in which they were finished. */
    readonly texts: readonly string[];
}

/**
 * A {@link RecordingPlatform}.
 *
 * @param files Attachment bytes by id.
 * @param beforeFinish Called before a reply counts as delivered; may throw.
 */
export function createRecordingPlatform(
    files: ReadonlyMap<string, Uint8Array> = new Map(),
    beforeFinish: (reply: Reply) => void = () => undefined,
): RecordingPlatform {
    const replies: RecordedReply[] = [];
    const texts: string[] = [];
    return {
        name: "terminal",
        sharing: "alone",
        account: "terminal:local",
        replies,
        texts,
        run: () => Promise.resolve(),
        download: ({ id }) => {
            const bytes = files.get(id);
            if (bytes) return Promise.resolve(bytes);
            return Promise.reject(new AppError("attachment-unavailable", "No such file."));
        },
        startReply: (to) => {
            const recorded: RecordedReply = { to, shown: [], abandoned: false };
            replies.push(recorded);
            return {
                show: (text) => {
                    recorded.shown.push(text);
                },
                finish: async (reply) => {
                    beforeFinish(reply);
                    recorded.reply = reply;
                    texts.push(reply.text);
                },
                abandon: async () => {
                    recorded.abandoned = true;
                },
            };
        },
    };
}
