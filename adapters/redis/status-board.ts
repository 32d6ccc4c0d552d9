import { AppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { ProcessStatus, StatusBoard } from "../../src/status-ports.ts";
import { callRedis, type RedisClient } from "./client.ts";
import { defineScript, runScript } from "./script.ts";
import { within } from "./within.ts";

/** How a status board is kept. */
export interface StatusBoardOptions {
    readonly keyPrefix: string;
    readonly logger: Logger;
    /** After so long without a word a process is taken for gone. Default: 15 s. */
    readonly silentAfterMs?: number;
}

const defaultSilentAfterMs = 15_000;
const leaveWithinMs = 1_000;

/**
 * The status board in Redis: one hash, in which each process has a field. All times are the
 * server's.
 *
 * @param client The connection, as soon as there is one.
 */
export function createStatusBoard(
    client: () => RedisClient | undefined,
    { keyPrefix, logger, silentAfterMs = defaultSilentAfterMs }: StatusBoardOptions,
): StatusBoard {
    const keys = [`${keyPrefix}{status}`];
    const silence = String(silentAfterMs);
    return {
        async publish(status) {
            const values = [silence, status.id, JSON.stringify(status)];
            await callRedis(connected(client()), (bounded) =>
                runScript(bounded, publishScript, keys, values),
            );
        },
        async read() {
            const reply = await callRedis(connected(client()), (bounded) =>
                runScript(bounded, readScript, keys, [silence]),
            );
            return (reply as Buffer[])
                .map((text) => JSON.parse(String(text)) as ProcessStatus)
                .toSorted((one, other) => one.startedAtMs - other.startedAtMs);
        },
        async leave(id) {
            const redis = client();
            try {
                // Without Redis there is nothing to take down, and leaving would wait for it.
                if (redis?.isReady) await within(leaveWithinMs, redis.hDel(keys[0] ?? "", id));
            } catch (error) {
                // The others notice it by the silence.
                logger.debug(describeError(error), "A status was not taken down");
            }
        },
    };
}

/** @throws `store-unavailable` (retryable) while there is no connection. */
function connected(client: RedisClient | undefined): RedisClient {
    if (client) return client;
    throw new AppError("store-unavailable", "There is no connection to Redis.", {
        retryable: true,
    });
}

/** Entries are `time text`; `each` runs for every entry, with whether its process is silent. */
const entriesInLua = (each: string): string => `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local fields = redis.call('HGETALL', KEYS[1])
for index = 1, #fields, 2 do
    local id, entry = fields[index], fields[index + 1]
    local space = string.find(entry, ' ', 1, true)
    local silent = now - tonumber(string.sub(entry, 1, space - 1)) > tonumber(ARGV[1])
    ${each}
end
`;
const publishScript = defineScript(`
${entriesInLua("if silent then redis.call('HDEL', KEYS[1], id) end")}
redis.call('HSET', KEYS[1], ARGV[2], string.format('%.0f', now) .. ' ' .. ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
`);
const readScript = defineScript(`
local texts = {}
${entriesInLua("if not silent then table.insert(texts, string.sub(entry, space + 1)) end")}
return texts
`);
