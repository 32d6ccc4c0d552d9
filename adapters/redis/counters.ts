import { randomUUID } from "node:crypto";
import { AppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import {
    counterCatalogue,
    type CounterName,
    type CounterReading,
    type SafetyCounters,
} from "../../src/safety-ports.ts";
import { callRedis, type RedisClient } from "./client.ts";
import { defineScript, runScript } from "./script.ts";
import { within } from "./within.ts";

/** Counters until they are closed. */
export interface OpenCounters extends SafetyCounters {
    /** Writes what is counted, if Redis answers within a second. Never fails. */
    close(): Promise<void>;
}

/** How counters are kept. */
export interface CountersOptions {
    readonly keyPrefix: string;
    readonly logger: Logger;
}

/** What is written to Redis in one step. */
interface Batch {
    /** Redis remembers the last one of each process: a batch that is tried again counts once. */
    readonly number: number;
    readonly counts: ReadonlyMap<string, number>;
}

const writeEveryMs = 1_000;
const closeWithinMs = 1_000;
/** Far longer than a batch is tried again after its answer was lost. */
const rememberSeconds = 24 * 60 * 60;

/** Every counter with every choice of its labels, by the field that holds its number. */
const series: ReadonlyMap<string, Omit<CounterReading, "value">> = new Map(
    (Object.keys(counterCatalogue) as CounterName[]).flatMap((name) =>
        choices(counterCatalogue[name].labels).map((labels) => [
            fieldOf(name, labels),
            { name, labels },
        ]),
    ),
);

/**
 * Counters in Redis: one hash. A field is a counter with its labels.
 *
 * @param client The connection, as soon as there is one. Until then counts wait.
 */
export function createCounters(
    client: () => RedisClient | undefined,
    { keyPrefix, logger }: CountersOptions,
): OpenCounters {
    const keys = [
        `${keyPrefix}{counters}`,
        `${keyPrefix}{counters}:writer:${randomUUID()}`,
    ] as const;
    let waiting = new Map<string, number>();
    let batch: Batch | undefined;
    let number = 0;
    let writing: Promise<void> | undefined;
    let timer: NodeJS.Timeout | undefined;
    let reported = false;
    let closed = false;

    const isPending = (): boolean => batch !== undefined || waiting.size > 0;
    /** One batch after another: one that failed is tried again before the next. */
    const writeNext = async (redis: RedisClient): Promise<void> => {
        if (batch === undefined) {
            batch = { number: (number += 1), counts: waiting };
            waiting = new Map();
        }
        await writeBatch(redis, keys, batch);
        batch = undefined;
    };
    const write = async (redis: RedisClient): Promise<void> => {
        while (isPending()) {
            writing ??= writeNext(redis).finally(() => {
                writing = undefined;
            });
            await writing;
        }
    };
    const plan = (): void => {
        if (!closed) timer ??= setTimeout(() => void writeSoon(), writeEveryMs).unref();
    };
    const writeSoon = async (): Promise<void> => {
        const redis = client();
        try {
            if (redis) await write(redis);
            reported = false;
        } catch (error) {
            if (!reported) logger.warn(describeError(error), "The counts of safety wait for Redis");
            reported = true;
        }
        timer = undefined;
        if (isPending()) plan();
    };
    return {
        count(name, ...[labels]) {
            const field = fieldOf(name, labels ?? {});
            // The types let nothing else in; this keeps it so for whatever goes around them.
            if (!series.has(field)) {
                logger.warn({}, "Something was not counted: no counter has such labels");
                return;
            }
            waiting.set(field, (waiting.get(field) ?? 0) + 1);
            plan();
        },
        async read() {
            const redis = client();
            if (!redis) {
                throw new AppError("store-unavailable", "There is no connection to Redis.", {
                    retryable: true,
                });
            }
            await write(redis);
            const stored = await callRedis(redis, (bounded) => bounded.hGetAll(keys[0]));
            return [...series].map(([field, named]) => ({
                ...named,
                value: Number(stored[field] ?? 0),
            }));
        },
        async close() {
            closed = true;
            clearTimeout(timer);
            const redis = client();
            try {
                if (redis) await within(closeWithinMs, write(redis));
            } catch (error) {
                logger.warn(describeError(error), "The last counts of safety were lost");
            }
        },
    };
}

/** @throws `store-unavailable` (retryable), `store-failed`. */
async function writeBatch(
    client: RedisClient,
    keys: readonly [counters: string, writer: string],
    { number, counts }: Batch,
): Promise<void> {
    const values = [...counts].flatMap(([field, count]) => [field, String(count)]);
    await callRedis(client, (bounded) =>
        runScript(
            bounded,
            addScript,
            [...keys],
            [String(number), String(rememberSeconds), ...values],
        ),
    );
}

/**
 * Keys: the hash, the number of this process's last batch. Values: the batch's number, for how many
 * seconds it is remembered, then fields and counts.
 */
const addScript = defineScript(`
if redis.call('GET', KEYS[2]) == ARGV[1] then return 0 end
redis.call('SET', KEYS[2], ARGV[1], 'EX', ARGV[2])
for index = 3, #ARGV, 2 do redis.call('HINCRBY', KEYS[1], ARGV[index], ARGV[index + 1]) end
return 1
`);

/** Every choice of words for labels. */
function choices(
    labels: Readonly<Record<string, readonly string[]>>,
): readonly Readonly<Record<string, string>>[] {
    return Object.entries(labels).reduce<readonly Readonly<Record<string, string>>[]>(
        (before, [label, words]) =>
            before.flatMap((some) => words.map((word) => ({ ...some, [label]: word }))),
        [{}],
    );
}

function fieldOf(name: string, labels: Readonly<Record<string, string>>): string {
    const parts = Object.entries(labels).map(([label, word]) => `${label}=${word}`);
    return [name, ...parts.toSorted()].join(" ");
}
