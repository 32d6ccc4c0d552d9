import type { Logger } from "../../src/log.ts";
import type { ConversationKey } from "../../src/message.ts";
import type { PatientRecord } from "../../src/privacy-ports.ts";
import type { RedisClient } from "./client.ts";
import type { Codec } from "./codec.ts";
import { settingFields, type StoredSettings } from "./conversation-settings.ts";
import { decodeConversation } from "./conversation-store.ts";
import { mailboxKeys } from "./keys.ts";
import { readMessageEntry, readPictures } from "./mailbox-pictures.ts";
import { defineMailboxScript, runMailboxScript } from "./mailbox-scripts.ts";

/** How stored values are read. */
export interface Reading {
    readonly keyPrefix: string;
    readonly codec: Codec;
    readonly logger: Logger;
}

type Waiting = PatientRecord["waiting"][number];
type Undelivered = PatientRecord["undelivered"][number];

/** Gives all of a conversation but the pixels, as it is at one moment. */
const exportScript = defineMailboxScript(`
local waiting, undelivered = {}, {}
for position, id in ipairs(redis.call('LRANGE', inbox, 0, -1)) do
    waiting[position] = { id, redis.call('HGET', messages, id), redis.call('HGET', pictures, id) }
end
for position, id in ipairs(redis.call('LRANGE', outbox, 0, -1)) do
    undelivered[position] = { id, redis.call('HGET', replies, 'reply:' .. id) }
end
local aside = {}
for _, field in ipairs(redis.call('HKEYS', dead)) do
    local id = string.match(field, '^reply:(.*)$')
    if id then aside[#aside + 1] = { id, redis.call('HGET', dead, field) } end
end
return { redis.call('EXISTS', turns, settings, inbox, outbox, dead, damaged),
    redis.call('LRANGE', turns, 0, -1), redis.call('HMGET', settings, ${settingFields}),
    waiting, undelivered, aside, redis.call('HLEN', damaged) }
`);

type Entry = readonly [id: Buffer, value: Buffer | null, pictures?: Buffer | null];
type Stored = readonly [
    things: number,
    turns: readonly Buffer[],
    settings: StoredSettings,
    waiting: readonly Entry[],
    undelivered: readonly Entry[],
    aside: readonly Entry[],
    damaged: number,
];

/** All that is kept of a conversation but the pixels; `undefined` when nothing is kept. */
export async function exportConversation(
    client: RedisClient,
    reading: Reading,
    key: ConversationKey,
): Promise<Omit<PatientRecord, "id"> | undefined> {
    const { keyPrefix, codec } = reading;
    const names = mailboxKeys(keyPrefix, key);
    const reply = await runMailboxScript(client, exportScript, names, []);
    const [things, turns, settings, waiting, undelivered, aside, damaged] = reply as Stored;
    if (things === 0) return undefined;
    const conversation = decodeConversation(key, turns, settings, reading);
    const messages = waiting.map((entry) => readWaiting(key, entry, codec));
    const replies = [
        ...undelivered.map((entry) => readUndelivered(key, entry, false, codec)),
        ...aside.map((entry) => readUndelivered(key, entry, true, codec)),
    ];
    const known = { messages: messages.filter(isKnown), replies: replies.filter(isKnown) };
    return {
        conversation: key,
        ...conversation,
        waiting: known.messages,
        // An entry without a reply takes back what is out of an answer: nothing is kept there.
        undelivered: known.replies.filter((entry) => entry !== "nothing"),
        unreadable:
            turns.length -
            conversation.turns.length +
            (messages.length - known.messages.length) +
            (replies.length - known.replies.length) +
            damaged,
    };
}

function readWaiting(
    key: ConversationKey,
    [id, stored, pictures]: Entry,
    codec: Codec,
): Waiting | undefined {
    const entry = stored === null ? undefined : readMessageEntry(key, String(id), stored, codec);
    if (entry === undefined) return undefined;
    const arrived =
        pictures && pictures.length > 0
            ? readPictures(key, String(id), pictures, codec)
            : undefined;
    return { ...entry, images: arrived?.images ?? [] };
}

function readUndelivered(
    key: ConversationKey,
    [id, stored]: Entry,
    setAside: boolean,
    codec: Codec,
): Undelivered | "nothing" | undefined {
    const end = stored?.indexOf("\n") ?? -1;
    if (stored === null || stored.length === end + 1) return "nothing";
    const decoded = codec.decodeReply(key, String(id), stored.subarray(end + 1));
    const committedAtMs = Number.parseInt(stored.toString("latin1", 0, end), 10);
    return decoded && { reply: decoded.reply, committedAtMs, setAside };
}

function isKnown<Value>(value: Value | undefined): value is Value {
    return value !== undefined;
}
