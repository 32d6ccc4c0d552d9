import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";

const replyState = z.object({
    seed: z.string().regex(/^[\w-]{16,40}$/),
    delivered: z.int().nonnegative(),
    doubtful: z.boolean(),
});

/** How far a reply is out: what its journal keeps. Holds no text. */
export interface ReplyState {
    /** Drawn at random for each reply: what its tokens are made of. */
    readonly seed: string;
    /** How many of its parts are out. */
    readonly delivered: number;
    /** Whether the next part may be out as well: it was about to be sent. */
    readonly doubtful: boolean;
}

/** What a journal kept. What cannot be read counts as nothing. */
export function readReplyState(kept: unknown): ReplyState {
    const parsed = replyState.safeParse(kept);
    if (parsed.success) return parsed.data;
    return { seed: randomBytes(16).toString("base64url"), delivered: 0, doubtful: false };
}

/**
 * The token that a part is sent with, the same at each try: its receipt says that the part is out,
 * whichever try it was. Tells nothing to others.
 */
export function partToken({ seed }: ReplyState, part: number): string {
    const digest = createHash("sha256").update(`${seed}:${part}`).digest("base64url");
    return `bmx-${digest.slice(0, 32)}`;
}
