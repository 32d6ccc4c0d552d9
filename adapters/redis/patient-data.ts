import { describeError, type Logger } from "../../src/log.ts";
import type { ConversationKey } from "../../src/message.ts";
import type {
    Cipher,
    ConversationSummary,
    ErasedData,
    PatientData,
} from "../../src/privacy-ports.ts";
import { cacheKeyOf } from "./cache-key.ts";
import { forgetCases } from "./case-book.ts";
import { callRedis, type RedisClient } from "./client.ts";
import { type Codec, createCodec } from "./codec.ts";
import type { NameConversation } from "./conversation-names.ts";
import { DeadReplies } from "./dead-replies.ts";
import { eraseScript, keptAfterErasureMs } from "./erase-script.ts";
import { translateRedisError } from "./failures.ts";
import { exportConversation } from "./export-conversation.ts";
import { mailboxKeys } from "./keys.ts";
import { erasedChannel } from "./queue-names.ts";
import { literally, scanKeys } from "./scan-keys.ts";
import { defineScript, runScript } from "./script.ts";

/** Where patients' data is, and how it is read. */
export interface PatientDataOptions {
    /** What all keys begin with; no braces. */
    readonly keyPrefix: string;
    readonly cipher: Cipher;
    readonly nameOf: NameConversation;
    /** When a conversation is forgotten, counted from its last change. */
    readonly expireAfterMs: number;
    readonly logger: Logger;
}

const summarisedAtOnce = 100;

/**
 * All that Redis keeps of patients. What an erasure leaves for a minute, if an answer is being
 * written at that moment, is a number that keeps this answer out.
 */
export function createPatientData(client: RedisClient, options: PatientDataOptions): PatientData {
    const { keyPrefix, nameOf, logger } = options;
    const codec = createCodec(options.cipher);
    const dead = new DeadReplies(client, keyPrefix, options.expireAfterMs);
    return {
        async *list() {
            for await (const keys of inGroups(conversations(client, keyPrefix), summarisedAtOnce)) {
                const summaries = await Promise.all(
                    keys.map(async (key) => await summarise(client, keyPrefix, key, codec)),
                );
                for (const summary of summaries) {
                    if (summary) yield { id: nameOf(summary.conversation), ...summary };
                }
            }
        },

        async export(key) {
            const record = await exportConversation(client, { keyPrefix, codec, logger }, key);
            return record && { id: nameOf(key), ...record };
        },

        cacheKey: async (key) => await cacheKeyOf(client, options, key),

        async erase(key, { turn = "" } = {}) {
            const keys = mailboxKeys(keyPrefix, key);
            const { marks, others } = await furtherKeys(client, `${keyPrefix}{${key}}:`, keys);
            const erased = await callRedis(client, (bounded) =>
                runScript(
                    bounded,
                    eraseScript,
                    [...keys, ...others, ...marks],
                    [turn, String(keptAfterErasureMs), String(others.length)],
                ),
            );
            const counts = readErased(erased as number[] | null);
            if (erased !== null) {
                // Whoever is answering looks at once whether it is over; everybody forgets the history.
                await announce(client, `${keyPrefix}control`, key, logger);
                await announce(client, erasedChannel(keyPrefix), key, logger);
                await dead.removeOf(key);
                await forgetCases(client, keyPrefix, key);
            }
            return { id: nameOf(key), ...counts };
        },
    };
}

/** Names an erased conversation. Never fails: what is erased is erased, whoever has heard of it. */
async function announce(
    client: RedisClient,
    channel: string,
    key: ConversationKey,
    logger: Logger,
): Promise<void> {
    try {
        // Who misses it finds it out a little later: nothing waits for a connection.
        if (client.isReady) await client.publish(channel, key);
    } catch (error) {
        const failure = translateRedisError(error);
        const level = failure.retryable ? "debug" : "warn";
        logger[level](describeError(failure), "An erasure was not made known to all processes");
    }
}

/** What else is kept under a conversation's name: the marks of changes, and whatever there is. */
async function furtherKeys(
    client: RedisClient,
    beginning: string,
    known: readonly string[],
): Promise<{ readonly marks: readonly string[]; readonly others: readonly string[] }> {
    const found = new Set<string>();
    for await (const name of scanKeys(client, `${literally(beginning)}*`)) found.add(name);
    // The codes of its cases are forgotten together with what they lead to.
    const elsewhere = [...known, `${beginning}cases`];
    const names = [...found].filter((name) => !elsewhere.includes(name));
    const isMark = (name: string): boolean => name.startsWith(`${beginning}change:`);
    return { marks: names.filter(isMark), others: names.filter((name) => !isMark(name)) };
}

/** All conversations that have anything, each once. */
export async function* conversations(
    client: RedisClient,
    keyPrefix: string,
): AsyncGenerator<ConversationKey> {
    const beginning = `${keyPrefix}{`;
    const seen = new Set<string>();
    for await (const name of scanKeys(client, `${literally(beginning)}*}:*`)) {
        const key = name.slice(beginning.length, name.lastIndexOf("}:"));
        if (seen.has(key) || !isConversation(key)) continue;
        seen.add(key);
        yield key;
    }
}

async function* inGroups<Item>(
    items: AsyncIterable<Item>,
    size: number,
): AsyncGenerator<readonly Item[]> {
    let group: Item[] = [];
    for await (const item of items) {
        group.push(item);
        if (group.length < size) continue;
        yield group;
        group = [];
    }
    yield group;
}

/** Other things of ours lie beside the conversations, under names without two colons. */
function isConversation(key: string): key is ConversationKey {
    return /^(telegram|whatsapp-web|whatsapp-cloud|web|terminal):[^:]*:[^:]*$/.test(key);
}

const summaryScript = defineScript(`
local turns, settings, inbox, messages, replies, dead, damaged, cases = unpack(KEYS)
local newest = redis.call('LINDEX', inbox, -1)
return { redis.call('LLEN', turns), redis.call('LINDEX', turns, -1), redis.call('LLEN', inbox),
    newest and redis.call('HGET', messages, newest),
    redis.call('EXISTS', turns, settings, inbox, messages, replies, dead, damaged, cases) }
`);

async function summarise(
    client: RedisClient,
    keyPrefix: string,
    key: ConversationKey,
    codec: Codec,
): Promise<Omit<ConversationSummary, "id"> | undefined> {
    const wanted = [
        "turns",
        "settings",
        "inbox",
        "messages",
        "replies",
        "dead",
        "damaged",
        // Of somebody who has agreed to nothing, a crisis leaves these alone.
        "cases",
    ];
    const names = wanted.map((name) => `${keyPrefix}{${key}}:${name}`);
    const reply = await callRedis(client, (bounded) =>
        runScript(bounded, summaryScript, names, []),
    );
    const [turns, last, waiting, newest, things] = reply as [
        number,
        Buffer | null,
        number,
        Buffer | null,
        number,
    ];
    if (things === 0) return undefined;
    const turn = last && codec.decodeTurn(key, last.subarray(last.indexOf("\n") + 1));
    const times = [turn?.atMs, newest === null ? undefined : Number.parseInt(String(newest), 10)];
    const known = times.filter((time) => time !== undefined && Number.isSafeInteger(time));
    return {
        conversation: key,
        turns,
        waiting,
        ...(known.length === 0 ? {} : { lastChangeMs: Math.max(...(known as number[])) }),
    };
}

function readErased(erased: readonly number[] | null): Omit<ErasedData, "id"> {
    const [turns = 0, images = 0, messages = 0, replies = 0] = erased ?? [];
    return { turns, images, messages, replies };
}
