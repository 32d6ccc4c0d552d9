import { randomUUID } from "node:crypto";
import type { RedisArgument } from "redis";
import type { Logger } from "../../src/log.ts";
import type {
    Conversation,
    ConversationChange,
    ConversationKey,
    Language,
    Turn,
} from "../../src/message.ts";
import type { ConversationStore } from "../../src/ports.ts";
import { callRedis, type RedisClient } from "./client.ts";
import { decodeImage, decodeTurn, encodeImage, encodeTurn } from "./codec.ts";
import { conversationKeys, type ConversationKeys } from "./keys.ts";
import { defineScript, runScript } from "./script.ts";

/** How conversations are kept. */
export interface ConversationStoreOptions {
    /** What all keys begin with; no braces. */
    readonly keyPrefix: string;
    /** A conversation is forgotten so long after its last change. */
    readonly expireAfterMs: number;
    /** Above this, each new turn drops the oldest, with the pictures that only it shows. */
    readonly maxTurns: number;
    readonly logger: Logger;
}

/**
 * Conversations in Redis, shared by all processes and platforms on one server. Reading is one round
 * trip; a change is one atomic step whose cost does not grow with the history. A picture is kept as
 * long as a stored turn shows it; one that no turn shows is not stored. Stored values that cannot
 * be understood are left out and counted in the log.
 */
export function createConversationStore(
    client: RedisClient,
    options: ConversationStoreOptions,
): ConversationStore {
    const keysOf = (key: ConversationKey): ConversationKeys =>
        conversationKeys(options.keyPrefix, key);

    return {
        async read(key) {
            const keys = keysOf(key);
            const reply = await callRedis(client, (bounded) =>
                runScript(
                    bounded,
                    readScript,
                    [keys.turns, keys.settings],
                    [String(-options.maxTurns)],
                ),
            );
            const [stored, chosen] = reply as [Buffer[], Buffer | null];
            return decodeConversation(stored, chosen, options.logger);
        },

        async readImage(key, image) {
            const keys = keysOf(key);
            const reply = await callRedis(client, (bounded) =>
                runScript(bounded, readImageScript, [keys.images], [image.id]),
            );
            if (!Buffer.isBuffer(reply)) return undefined;
            const decoded = await decodeImage(reply, image);
            if (decoded === undefined) options.logger.warn("A stored picture was not understood");
            return decoded;
        },

        async update(key, change) {
            const keys = keysOf(key);
            // The name of the change lets the server recognise it when it is repeated: by callRedis
            // after a lost connection, and, if the caller has named it, by the caller.
            const id = change.id ?? randomUUID();
            const script = [keys.turns, keys.images, keys.settings, keys.change(id)];
            const values = await encodeChange(change, options);
            await callRedis(client, (bounded) => runScript(bounded, updateScript, script, values));
        },
    };
}

/** How long a change is recognised when its caller repeats it. */
const rememberNamedChangeMs = 24 * 60 * 60 * 1000;
/** How long one is recognised that only callRedis can repeat, within seconds. */
const rememberChangeMs = 60_000;

const readScript = defineScript(`
return { redis.call('LRANGE', KEYS[1], ARGV[1], -1), redis.call('HGET', KEYS[2], 'language') }
`);

const readImageScript = defineScript(`return redis.call('HGET', KEYS[1], ARGV[1])`);

/**
 * Values: expiry, memory of changes, maximum of turns, reset, language, number of turns, then for
 * each turn the ids of its pictures and the turn, then for each picture its id and its bytes. A
 * stored turn is a line with its pictures' ids, then the turn.
 */
const updateScript = defineScript(`
local turns, images, settings, change = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
if not redis.call('SET', change, '', 'NX', 'PX', ARGV[2]) then return 0 end

if ARGV[4] == 'reset' then redis.call('DEL', turns, images) end
if ARGV[5] == 'automatic' then
    redis.call('HDEL', settings, 'language')
elseif ARGV[5] ~= '' then
    redis.call('HSET', settings, 'language', ARGV[5])
end

local position = 7
for _ = 1, tonumber(ARGV[6]) do
    local ids, turn = ARGV[position], ARGV[position + 1]
    redis.call('RPUSH', turns, ids .. '\\n' .. turn)
    for id in string.gmatch(ids, '%S+') do
        redis.call('HINCRBY', images, id .. ':turns', 1)
    end
    position = position + 2
end
while ARGV[position] do
    local id = ARGV[position]
    if redis.call('HEXISTS', images, id .. ':turns') == 1 then
        redis.call('HSET', images, id, ARGV[position + 1])
    end
    position = position + 2
end

local surplus = redis.call('LLEN', turns) - tonumber(ARGV[3])
if surplus > 0 then
    for _, dropped in ipairs(redis.call('LPOP', turns, surplus)) do
        for id in string.gmatch(string.match(dropped, '^([^\\n]*)\\n') or '', '%S+') do
            if redis.call('HINCRBY', images, id .. ':turns', -1) <= 0 then
                redis.call('HDEL', images, id, id .. ':turns')
            end
        end
    end
end

redis.call('PEXPIRE', turns, ARGV[1])
redis.call('PEXPIRE', images, ARGV[1])
redis.call('PEXPIRE', settings, ARGV[1])
return 1
`);

async function encodeChange(
    change: ConversationChange,
    options: ConversationStoreOptions,
): Promise<RedisArgument[]> {
    const turns = change.turns ?? [];
    const values: RedisArgument[] = [
        String(options.expireAfterMs),
        String(change.id === undefined ? rememberChangeMs : rememberNamedChangeMs),
        String(options.maxTurns),
        change.reset === true ? "reset" : "",
        change.chosenLanguage ?? "",
        String(turns.length),
    ];
    for (const turn of turns) {
        const ids = new Set(turn.images.map((image) => image.id));
        values.push([...ids].join(" "), encodeTurn(turn));
    }
    for (const image of change.images ?? []) {
        values.push(image.id, await encodeImage(image));
    }
    return values;
}

function decodeConversation(
    stored: readonly Buffer[],
    chosen: Buffer | null,
    logger: Logger,
): Conversation {
    const turns: Turn[] = [];
    for (const entry of stored) {
        const turn = decodeTurn(entry.subarray(entry.indexOf("\n") + 1));
        if (turn !== undefined) turns.push(turn);
    }
    const skipped = stored.length - turns.length;
    if (skipped > 0) logger.warn({ skipped }, "Stored turns were not understood and left out");
    const chosenLanguage = decodeLanguage(chosen);
    return chosenLanguage === undefined ? { turns } : { turns, chosenLanguage };
}

function decodeLanguage(stored: Buffer | null): Language | undefined {
    const text = stored?.toString();
    return text === "ar" || text === "en" ? text : undefined;
}
