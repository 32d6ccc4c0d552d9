import type { Postbox } from "../../src/staff-ports.ts";
import type { RedisClient } from "./client.ts";
import type { Codec } from "./codec.ts";
import { changeFragment, encodeChange, type ConversationLimits } from "./conversation-change.ts";
import { mailboxKeys } from "./keys.ts";
import { arrivedFragment } from "./mailbox-picture-scripts.ts";
import { defineMailboxScript, rememberMs, runMailboxScript } from "./mailbox-scripts.ts";
import type { WakeUps } from "./wake-ups.ts";

/** What posting needs. */
export interface PostboxParts extends ConversationLimits {
    readonly keyPrefix: string;
    readonly codec: Codec;
    readonly wakeUps: Pick<WakeUps, "deliver">;
}

/** Tells letters from the turns of patients' messages, whose ids are the platforms'. */
const letterMark = "letter-";

/** Puts letters into conversations' mailboxes, and calls somebody to deliver them. */
export function createPostbox(client: RedisClient, parts: PostboxParts): Postbox {
    const { codec, keyPrefix, wakeUps } = parts;
    return {
        async post(to, { id: name, reply, change }) {
            const id = `${letterMark}${name}`;
            const values = [
                id,
                reply === undefined ? "" : codec.encodeReply(to, id, { reply }),
                ...(change === undefined ? [] : await encodeChange(to, change, parts)),
            ];
            await runMailboxScript(client, postScript, mailboxKeys(keyPrefix, to), values);
            // Also for a letter that was posted before: its call may have got lost.
            if (reply !== undefined) await wakeUps.deliver(to);
        },
    };
}

/** Values: id, reply or empty, then those of the change, if there is one. */
const postScript = defineMailboxScript(
    arrivedFragment,
    changeFragment,
    `
local id, reply = ARGV[1], ARGV[2]
-- As with messages: two sets take turns, each for a week, and last until the end of the other's.
local week = math.floor(now / ${rememberMs})
local seenNow, seenBefore = seenEven, seenOdd
if week % 2 == 1 then seenNow, seenBefore = seenOdd, seenEven end
if redis.call('SISMEMBER', seenNow, id) == 1 or redis.call('SISMEMBER', seenBefore, id) == 1 then
    return 0
end
redis.call('SADD', seenNow, id)
redis.call('PEXPIREAT', seenNow, (week + 2) * ${rememberMs})
if ARGV[3] then applyChange(3) end
if reply ~= '' then
    redis.call('HSET', replies, 'reply:' .. id, now .. '\\n' .. reply)
    redis.call('RPUSH', outbox, id)
end
return 1
`,
);
