import { z } from "zod";

const replyState = z.object({
    delivered: z.int().nonnegative(),
    sending: z.string().min(1).optional(),
});

/** How far a reply is out: what its journal keeps. Holds no text and no address. */
export interface ReplyState {
    /** How many of its parts WhatsApp has. */
    readonly delivered: number;
    /** The name under which the next part is, or may have been, sent. */
    readonly sending?: string | undefined;
}

/** What a journal kept. What cannot be read counts as nothing. */
export function readReplyState(kept: unknown): ReplyState {
    const parsed = replyState.safeParse(kept);
    return parsed.success ? parsed.data : { delivered: 0 };
}
