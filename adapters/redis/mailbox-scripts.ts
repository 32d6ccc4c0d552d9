import type { RedisArgument } from "redis";
import { callRedis, type RedisClient } from "./client.ts";
import { mailboxKeyNames } from "./keys.ts";
import type { Ripeness } from "./mailbox.ts";
import { defineScript, runScript, type Script } from "./script.ts";

/** Lua: every mailbox script begins with it. `now` is the server's time in milliseconds. */
const prelude = `
local ${mailboxKeyNames.join(", ")} = unpack(KEYS)
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
-- No lease is longer: what claims to be comes from a clock that has been set back.
local longestLease = 60000
local function leftOf(till)
    local left = (tonumber(till) or 0) - now
    return left <= longestLease and math.max(0, left) or 0
end
-- What carries on where an expired hash has ended must be higher than all that was before.
local function nextFence(before)
    return string.format('%.0f', before and before + 1 or now)
end
`;

/** Lua: `ripeness()` and `running()` of the conversation's turn. */
export const workFragment = `
local function ripeness()
    local state = redis.call('HMGET', work, 'urgent', 'ripeAt', 'notBefore', 'until', 'holder', 'worker')
    local waiting, ripeIn = redis.call('LLEN', inbox), 0
    if waiting > 0 and not state[1] then
        local ripeAt = math.max(tonumber(state[2]) or 0, tonumber(state[3]) or 0)
        ripeIn = math.max(0, ripeAt - now)
    end
    local holder = leftOf(state[4]) > 0 and state[5] or ''
    return { waiting, ripeIn, holder, state[6] or '' }
end

-- The fence of a turn that is claimed and not committed, though its lease may have run out.
local function openFence()
    local state = redis.call('HMGET', work, 'token', 'fence', 'committed')
    return state[1] and state[2] ~= state[3] and state[2] or false
end
`;

/** For how long what a conversation holds nothing in is kept: `work`, `delivery`, `seen`. */
export const rememberMs = 7 * 24 * 60 * 60 * 1000;

/** Prepares a script of the mailbox; its keys are the locals named in `mailboxKeyNames`. */
export function defineMailboxScript(...source: string[]): Script {
    return defineScript(prelude + source.join("\n"));
}

/** Runs a script of the mailbox, which must be safe to repeat. */
export async function runMailboxScript(
    client: RedisClient,
    script: Script,
    keys: string[],
    values: RedisArgument[],
): Promise<unknown> {
    return await callRedis(client, (bounded) => runScript(bounded, script, keys, values));
}

/** What `ripeness()` gives. */
export type ScriptRipeness = [waiting: number, ripeIn: number, holder: Buffer, worker: Buffer];

/** What `ripeness()` gave. */
export function readRipeness([waiting, ripeInMs, holder, worker]: ScriptRipeness): Ripeness {
    return {
        waiting,
        ripeInMs,
        ...(holder.length === 0 ? {} : { holder: String(holder) }),
        ...(worker.length === 0 ? {} : { worker: String(worker) }),
    };
}
