import type { RedisArgument } from "redis";
import type { ConversationChange, ConversationKey } from "../../src/message.ts";
import type { Codec } from "./codec.ts";

/** What limits a stored conversation. */
export interface ConversationLimits {
    /** A conversation is forgotten so long after its last change. */
    readonly expireAfterMs: number;
    /** Above this, a new turn drops the oldest quarter, with the pictures that only it shows. */
    readonly maxTurns: number;
}

/**
 * Lua: `letGo(id, by)` removes a picture that neither turns nor unanswered messages have any more,
 * `by` being who lets go of it: `turns` or `waiting`. `picturesOf(stored)` iterates over the ids of
 * the pictures of a turn or message: they are its first line. Needs the local `images`.
 */
export const pictureFragment = `
local function letGo(id, by)
    local other = by == 'turns' and ':waiting' or ':turns'
    if redis.call('HINCRBY', images, id .. ':' .. by, -1) > 0 then return end
    redis.call('HDEL', images, id .. ':' .. by)
    if redis.call('HEXISTS', images, id .. other) == 0 then redis.call('HDEL', images, id) end
end

local function picturesOf(stored)
    return string.gmatch(string.match(stored, '^([^\\n]*)\\n') or '', '%S+')
end
`;

/**
 * Lua: `applyChange(first)` applies the change whose values begin with `ARGV[first]` and end with
 * the last, and returns the new version of the history. Its cost does not grow with the history.
 *
 * It needs the picture fragment and the locals `turns`, `images`, `settings` and `pictures`, the
 * names of the keys. The values: expiry, maximum of turns, reset, then language, consent and handoff
 * (empty: as it is, `-`: none any more), number of turns, then for each turn the ids of its pictures and the turn, then for each picture its id and its bytes.
 * The version begins with the time, so that none comes back after the conversation has expired.
 */
export const changeFragment = `
local function forget()
    redis.call('DEL', turns)
    -- What is kept elsewhere of what was said can be read no more.
    redis.call('HDEL', settings, 'cacheKey')
    if redis.call('EXISTS', pictures) == 0 then
        redis.call('DEL', images)
        return
    end
    for _, field in ipairs(redis.call('HKEYS', images)) do
        local id = string.match(field, '^(.*):turns$')
        if id then
            redis.call('HSET', images, field, 1)
            letGo(id, 'turns')
        end
    end
end

local function append(ids, turn)
    redis.call('RPUSH', turns, ids .. '\\n' .. turn)
    for id in string.gmatch(ids, '%S+') do
        redis.call('HINCRBY', images, id .. ':turns', 1)
    end
end

-- As keptTurns says
local function trim(most)
    local count = redis.call('LLEN', turns)
    if count <= most then return end
    local surplus = count - (most - math.min(math.floor(most / 4), math.max(0, most - 20)))
    for _, dropped in ipairs(redis.call('LPOP', turns, surplus)) do
        for id in picturesOf(dropped) do letGo(id, 'turns') end
    end
end

local function nextVersion()
    if redis.call('HEXISTS', settings, 'version') == 1 then
        redis.call('HINCRBY', settings, 'version', 1)
    else
        local time = redis.call('TIME')
        redis.call('HSET', settings, 'version', string.format('%d%06d', time[1], time[2]))
    end
    return redis.call('HGET', settings, 'version')
end

local function expireImages(expiry)
    if redis.call('EXISTS', pictures) == 1 then
        redis.call('PERSIST', images)
    else
        redis.call('PEXPIRE', images, expiry)
    end
end

local function applyChange(first)
    local expiry, most = ARGV[first], tonumber(ARGV[first + 1])
    if ARGV[first + 2] == 'reset' then forget() end
    for offset, field in ipairs({ 'language', 'consent', 'handoff' }) do
        local value = ARGV[first + 2 + offset]
        if value == '-' then
            redis.call('HDEL', settings, field)
        elseif value ~= '' then
            redis.call('HSET', settings, field, value)
        end
    end

    local position = first + 7
    for _ = 1, tonumber(ARGV[first + 6]) do
        append(ARGV[position], ARGV[position + 1])
        position = position + 2
    end
    while ARGV[position] do
        local id = ARGV[position]
        if redis.call('HEXISTS', images, id .. ':turns') == 1 then
            redis.call('HSET', images, id, ARGV[position + 1])
        end
        position = position + 2
    end
    if tonumber(ARGV[first + 6]) > 0 then trim(most) end

    local version = nextVersion()
    redis.call('PEXPIRE', turns, expiry)
    redis.call('PEXPIRE', settings, expiry)
    expireImages(expiry)
    return version
end
`;

/** The values that `applyChange` takes. */
export async function encodeChange(
    key: ConversationKey,
    change: ConversationChange,
    { codec, ...limits }: ConversationLimits & { readonly codec: Codec },
): Promise<RedisArgument[]> {
    const turns = change.turns ?? [];
    const values: RedisArgument[] = [
        String(limits.expireAfterMs),
        String(limits.maxTurns),
        change.reset === true ? "reset" : "",
        change.chosenLanguage === "automatic" ? "-" : (change.chosenLanguage ?? ""),
        change.consent === "withdrawn" ? "-" : encodeSetting(change.consent),
        change.handoff === "ended" ? "-" : encodeSetting(change.handoff),
        String(turns.length),
    ];
    for (const turn of turns) {
        const ids = new Set(turn.images.map((image) => image.id));
        values.push([...ids].join(" "), codec.encodeTurn(key, turn));
    }
    for (const image of change.images ?? []) {
        values.push(image.id, await codec.encodeImage(key, image));
    }
    return values;
}

function encodeSetting(value: object | undefined): string {
    return value === undefined ? "" : JSON.stringify(value);
}
