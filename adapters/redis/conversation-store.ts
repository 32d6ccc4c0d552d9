import { randomUUID } from "node:crypto";
import type { Logger } from "../../src/log.ts";
import type { Conversation, ConversationKey, Turn } from "../../src/message.ts";
import type { ConversationStore } from "../../src/ports.ts";
import type { Cipher } from "../../src/privacy-ports.ts";
import { callRedis, type RedisClient } from "./client.ts";
import { createCodec, type Codec } from "./codec.ts";
import {
    changeFragment,
    encodeChange,
    pictureFragment,
    type ConversationLimits,
} from "./conversation-change.ts";
import { decodeSettings, settingFields, type StoredSettings } from "./conversation-settings.ts";
import { conversationKeys, type ConversationKeys } from "./keys.ts";
import { defineScript, runScript } from "./script.ts";

/** How conversations are kept. */
export interface ConversationStoreOptions extends ConversationLimits {
    /** What all keys begin with; no braces. */
    readonly keyPrefix: string;
    readonly cipher: Cipher;
    readonly logger: Logger;
}

/**
 * Conversations in Redis, shared by all processes and platforms on one server. Reading is one round
 * trip; a change is one atomic step whose cost does not grow with the history. A picture is kept as
 * long as a stored turn shows it or an unanswered message has it; any other is not stored. Stored values that cannot
 * be understood are left out and counted in the log.
 */
export function createConversationStore(
    client: RedisClient,
    options: ConversationStoreOptions,
): ConversationStore {
    const codec = createCodec(options.cipher);
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
            const [stored, settings] = reply as [Buffer[], StoredSettings];
            return decodeConversation(key, stored, settings, { codec, logger: options.logger });
        },

        async readSettings(key) {
            const keys = keysOf(key);
            const reply = await callRedis(client, (bounded) =>
                runScript(bounded, readSettingsScript, [keys.settings], []),
            );
            return decodeSettings(reply as StoredSettings, options.logger);
        },

        async readImage(key, image) {
            const keys = keysOf(key);
            const reply = await callRedis(client, (bounded) =>
                runScript(bounded, readImageScript, [keys.images], [image.id]),
            );
            if (!Buffer.isBuffer(reply)) return undefined;
            const decoded = await codec.decodeImage(key, image, reply);
            if (decoded === undefined) options.logger.warn("A stored picture was not understood");
            return decoded;
        },

        async update(key, change) {
            const keys = keysOf(key);
            // The name of the change lets the server recognise it when it is repeated: by callRedis
            // after a lost connection, and, if the caller has named it, by the caller.
            const id = change.id ?? randomUUID();
            const { turns, images, settings, pictures } = keys;
            const remember = change.id === undefined ? rememberChangeMs : rememberNamedChangeMs;
            const values = [
                String(remember),
                ...(await encodeChange(key, change, { ...options, codec })),
            ];
            await callRedis(client, (bounded) =>
                runScript(
                    bounded,
                    updateScript,
                    [turns, images, settings, pictures, keys.change(id)],
                    values,
                ),
            );
        },
    };
}

/** How long a change is recognised when its caller repeats it. */
const rememberNamedChangeMs = 24 * 60 * 60 * 1000;
/** How long one is recognised that only callRedis can repeat, within seconds. */
const rememberChangeMs = 60_000;

const readScript = defineScript(`
return { redis.call('LRANGE', KEYS[1], ARGV[1], -1), redis.call('HMGET', KEYS[2], ${settingFields}) }
`);

const readSettingsScript = defineScript(`return redis.call('HMGET', KEYS[1], ${settingFields})`);

const readImageScript = defineScript(`return redis.call('HGET', KEYS[1], ARGV[1])`);

/** Values: memory of changes, then those of the change. */
const updateScript = defineScript(`
local turns, images, settings, pictures, change = unpack(KEYS)
${pictureFragment}
${changeFragment}
if not redis.call('SET', change, '', 'NX', 'PX', ARGV[1]) then return 0 end
applyChange(2)
return 1
`);

/** A conversation as the store gave it. What cannot be understood is left out and counted in the log. */
export function decodeConversation(
    key: ConversationKey,
    stored: readonly Buffer[],
    settings: StoredSettings,
    { codec, logger }: { readonly codec: Codec; readonly logger: Logger },
): Conversation {
    const turns: Turn[] = [];
    for (const entry of stored) {
        const turn = codec.decodeTurn(key, entry.subarray(entry.indexOf("\n") + 1));
        if (turn !== undefined) turns.push(turn);
    }
    const skipped = stored.length - turns.length;
    if (skipped > 0) logger.warn({ skipped }, "Stored turns were not understood and left out");
    return { turns, ...decodeSettings(settings, logger) };
}
