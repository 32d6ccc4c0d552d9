import type { ConversationKey } from "../../src/message.ts";
import type { Cipher } from "../../src/privacy-ports.ts";
import { callRedis, type RedisClient } from "./client.ts";
import { fingerprinted, isPlain } from "./codec.ts";
import { resealConversationNames } from "./conversation-names.ts";
import { conversations } from "./patient-data.ts";
import { replaceScript, staleScript, type StaleStep } from "./reencrypt-scripts.ts";
import { resealCases } from "./reseal-cases.ts";
import { runScript } from "./script.ts";
import { sealedParts, sealedStores, splitValue } from "./sealed-parts.ts";

/** What came of it. */
export interface Reencryption {
    readonly conversations: number;
    /** Values that were sealed anew, or for the first time. */
    readonly rewritten: number;
    /** Values that no key opens; they stay as they are. */
    readonly unreadable: number;
    /** Values that somebody goes on writing with a former key: 0 when all is done. */
    readonly remaining: number;
}

/** How it is done. */
export interface ReencryptionOptions {
    readonly keyPrefix: string;
    readonly cipher: Cipher;
    /** Told now and then how many conversations have been looked at. */
    readonly onProgress?: (conversations: number) => void;
}

/** Running processes take up a new key within a second or so. */
const mostPasses = 5;
const turnsAtOnce = 50;
const fieldsAtOnce = 10;

/**
 * Seals everything with the current key that is sealed with a former one or not at all, while the
 * program runs: in small steps, each of which replaces a value only if it is still what was read.
 * It can be broken off and begun again. Goes over all conversations until there is nothing left.
 *
 * @throws `config-invalid` when the keys are not those of the data, `store-unavailable`
 * (retryable), `store-failed`.
 */
export async function reencrypt(
    client: RedisClient,
    { keyPrefix, cipher, onProgress }: ReencryptionOptions,
): Promise<Reencryption> {
    // First of all: from now on nobody can start without the new key.
    await resealConversationNames(client, keyPrefix, cipher);
    let rewritten = 0;
    for (let pass = 1; ; pass++) {
        let found = { conversations: 0, rewritten: 0, unreadable: 0 };
        for await (const key of conversations(client, keyPrefix)) {
            const one = await reencryptConversation(client, keyPrefix, cipher, key);
            found = {
                conversations: found.conversations + 1,
                rewritten: found.rewritten + one.rewritten,
                unreadable: found.unreadable + one.unreadable,
            };
            if (pass === 1 && found.conversations % 100 === 0) onProgress?.(found.conversations);
        }
        const cases = await resealCases(client, { keyPrefix, cipher });
        found = {
            ...found,
            rewritten: found.rewritten + cases.rewritten,
            unreadable: found.unreadable + cases.unreadable,
        };
        rewritten += found.rewritten;
        if (found.rewritten === 0 || pass === mostPasses) {
            return { ...found, rewritten, remaining: found.rewritten };
        }
    }
}

type Counts = Pick<Reencryption, "rewritten" | "unreadable">;

async function reencryptConversation(
    client: RedisClient,
    keyPrefix: string,
    cipher: Cipher,
    key: ConversationKey,
): Promise<Counts> {
    let counts = { rewritten: 0, unreadable: 0 };
    for (const store of sealedStores) {
        const name = `${keyPrefix}{${key}}:${store.name}`;
        const [head] = cipher.heads();
        const size = store.type === "list" ? turnsAtOnce : fieldsAtOnce;
        let cursor = "0";
        do {
            const values = [store.type, cursor, String(size), store.form, head ?? ""];
            const [next, stale] = (await callRedis(client, (bounded) =>
                runScript(bounded, staleScript, [name], values),
            )) as StaleStep;
            cursor = String(next);
            for (let at = 0; at < stale.length; at += 2) {
                const [field, value] = [stale[at], stale[at + 1]];
                if (field === undefined || value === undefined) continue;
                const sealed = reseal(cipher, key, store, String(field), value);
                if (sealed === undefined) {
                    counts = { ...counts, unreadable: counts.unreadable + 1 };
                    continue;
                }
                const change = [store.type, field, value, sealed];
                await callRedis(client, (bounded) =>
                    runScript(bounded, replaceScript, [name], change),
                );
                // One that was changed meanwhile counts as well: it is looked at once more.
                counts = { ...counts, rewritten: counts.rewritten + 1 };
            }
        } while (cursor !== "0");
    }
    return counts;
}

/** A stored value with its sealed part sealed anew; `undefined` when no key opens it. */
function reseal(
    cipher: Cipher,
    key: ConversationKey,
    store: (typeof sealedStores)[number],
    field: string,
    value: Buffer,
): Buffer | undefined {
    const { head, body } = splitValue(store, field, value);
    const place = sealedParts(store, key, field);
    const plain = isPlain(body) ? body : cipher.open(body, place);
    if (plain === undefined) return undefined;
    const sealed = cipher.seal(plain, place);
    if (store.name !== "messages") return Buffer.concat([head, sealed]);
    // A repeated edit is recognised by it.
    const [atMs = "", files = ""] = head.toString("latin1").trimEnd().split(" ");
    const [fingerprint = ""] = cipher.fingerprints(fingerprinted(plain), place);
    return Buffer.concat([Buffer.from(`${atMs} ${files} ${fingerprint}\n`), sealed]);
}
