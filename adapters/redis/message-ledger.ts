import { describeError, type Logger } from "../../src/log.ts";
import type { PlatformAccount } from "../../src/message.ts";
import type { MessageLedger } from "../../src/ports.ts";
import { callRedis, type RedisClient } from "./client.ts";
import { defineScript, runScript } from "./script.ts";

/** How a ledger is kept. */
export interface MessageLedgerOptions {
    readonly keyPrefix: string;
    readonly account: PlatformAccount;
    readonly logger: Logger;
}

/** What is noted within this time is written in one step. */
const gatherMs = 20;
/** Most that wait for the store; the oldest are forgotten first. */
const mostWaiting = 5_000;
/** The newest are kept: what is looked for was sent minutes ago at most. */
const mostKept = 20_000;
const keepMs = 7 * 24 * 60 * 60 * 1000;

/** A ledger in Redis: a sorted set of the newest numbers of one account. */
export function createMessageLedger(
    client: RedisClient,
    { keyPrefix, account, logger }: MessageLedgerOptions,
): MessageLedger {
    const key = `${keyPrefix}{ledger:${account}}`;
    let waiting: number[] = [];
    let timer: NodeJS.Timeout | undefined;
    const write = async (): Promise<void> => {
        const ids = waiting;
        waiting = [];
        timer = undefined;
        try {
            const values = [String(mostKept), String(keepMs), ...ids.map(String)];
            await callRedis(client, (bounded) => runScript(bounded, noteScript, [key], values));
        } catch (error) {
            logger.debug(describeError(error), "Messages were not written down");
            waiting = [...ids, ...waiting].slice(-mostWaiting);
        }
    };
    return {
        note(messageId) {
            waiting.push(messageId);
            timer ??= setTimeout(() => void write(), gatherMs).unref();
        },
        async noted(floor, below) {
            try {
                const ids = await callRedis(client, (bounded) =>
                    bounded.zRangeByScore(key, `(${String(floor)}`, `(${String(below)}`),
                );
                return new Set(ids.map(Number));
            } catch (error) {
                logger.debug(describeError(error), "The ledger of messages could not be read");
                return new Set();
            }
        },
    };
}

/** Values: how many are kept, for how long, then the numbers. */
const noteScript = defineScript(`
for index = 3, #ARGV do redis.call('ZADD', KEYS[1], ARGV[index], ARGV[index]) end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);
