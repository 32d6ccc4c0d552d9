import { RESP_TYPES } from "redis";
import type { Cipher } from "../../src/privacy-ports.ts";
import { callRedis, type RedisClient } from "./client.ts";
import { literally, scanKeys } from "./scan-keys.ts";
import { defineScript, runScript } from "./script.ts";

/** Seals the cases of the clinic's people with the current key that are sealed with another. */
export async function resealCases(
    client: RedisClient,
    { keyPrefix, cipher }: { readonly keyPrefix: string; readonly cipher: Cipher },
): Promise<{ readonly rewritten: number; readonly unreadable: number }> {
    let [rewritten, unreadable] = [0, 0];
    for await (const { name, code, sealed } of storedCases(client, keyPrefix)) {
        const [head] = cipher.heads();
        if (head?.equals(sealed.subarray(0, head.length)) === true) continue;
        const plain = cipher.open(sealed, placeOf(code));
        if (plain === undefined) {
            unreadable += 1;
            continue;
        }
        const values = [sealed, cipher.seal(plain, placeOf(code))];
        await callRedis(client, (bounded) => runScript(bounded, swapScript, [name], values));
        rewritten += 1;
    }
    return { rewritten, unreadable };
}

/** Values: what is stored, what is to take its place. Its end stays. */
const swapScript = defineScript(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'KEEPTTL')
return 1
`);

interface StoredCase {
    readonly name: string;
    readonly code: string;
    readonly sealed: Buffer;
}

async function* storedCases(client: RedisClient, keyPrefix: string): AsyncGenerator<StoredCase> {
    const beginning = `${keyPrefix}{case:`;
    for await (const name of scanKeys(client, `${literally(beginning)}*}`)) {
        const sealed = await callRedis(client, (bounded) =>
            bounded.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer }).get(name),
        );
        if (sealed !== null) yield { name, code: name.slice(beginning.length, -1), sealed };
    }
}

function placeOf(code: string): readonly string[] {
    return ["case", code];
}
