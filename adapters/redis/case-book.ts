import type { ConversationKey } from "../../src/message.ts";
import type { Cipher } from "../../src/privacy-ports.ts";
import { AppError } from "../../src/errors.ts";
import type { CaseBook, OpenCase } from "../../src/staff-ports.ts";
import { codeFrom } from "./case-code.ts";
import { callRedis, type RedisClient } from "./client.ts";
import { defineScript, runScript } from "./script.ts";

/** What the book of cases needs. */
export interface CaseBookOptions {
    readonly keyPrefix: string;
    /** Makes the codes, which nobody without the key can work out, and seals whose they are. */
    readonly cipher: Cipher;
}

const keptMs = 30 * 24 * 60 * 60 * 1000;
/** There are millions of codes: after so many that are taken something else is wrong. */
const mostTries = 20;
const mostListed = 100;

/** Cases in Redis: for each code the conversation, sealed, and an index of those that are open. */
export function createCaseBook(
    client: RedisClient,
    { keyPrefix, cipher }: CaseBookOptions,
): CaseBook {
    const keyOf = (code: string): string => caseKey(keyPrefix, code);
    const openKey = `${keyPrefix}{cases}`;
    const placeOf = (code: string): readonly string[] => ["case", code];
    const read = (code: string, stored: Buffer | null): ConversationKey | undefined =>
        stored === null
            ? undefined
            : (cipher.open(stored, placeOf(code))?.toString() as ConversationKey | undefined);
    const take = async (code: string, sealed: Buffer | string): Promise<Buffer | null> => {
        const values = [sealed, String(keptMs)];
        return (await callRedis(client, (bounded) =>
            runScript(bounded, takeScript, [keyOf(code)], values),
        )) as Buffer | null;
    };

    const find = async (code: string): Promise<ConversationKey | undefined> =>
        read(code, await take(code, ""));

    return {
        async name(conversation, reason) {
            for (let tries = 0; tries < mostTries; tries += 1) {
                const secret = cipher.fingerprints(Buffer.from(`${tries} ${reason}`), [
                    "case",
                    conversation,
                ])[0];
                const code = codeFrom(secret ?? "");
                const sealed = cipher.seal(Buffer.from(conversation), placeOf(code));
                if (read(code, await take(code, sealed)) !== conversation) continue;
                await callRedis(client, (bounded) =>
                    runScript(
                        bounded,
                        listScript,
                        [casesOf(keyPrefix, conversation)],
                        [code, String(keptMs)],
                    ),
                );
                return code;
            }
            throw new AppError("store-failed", "No code for a case was free.");
        },

        find,

        async mark(code, sinceMs) {
            if (sinceMs === "erased") {
                const conversation = await find(code);
                if (conversation !== undefined) await forgetCases(client, keyPrefix, conversation);
            }
            await callRedis(client, async (bounded) => {
                if (typeof sinceMs === "string") await bounded.hDel(openKey, code);
                else await bounded.hSet(openKey, code, String(sinceMs));
            });
        },

        async open() {
            const marked = await callRedis(client, (bounded) => bounded.hGetAll(openKey));
            const oldest = Object.entries(marked)
                .map(([code, since]) => ({ code, sinceMs: Number(since) }))
                .toSorted((one, other) => one.sinceMs - other.sinceMs);
            const cases: OpenCase[] = [];
            for (const { code, sinceMs } of oldest.slice(0, mostListed)) {
                const conversation = await find(code);
                if (conversation !== undefined) cases.push({ code, conversation, sinceMs });
                else await callRedis(client, (bounded) => bounded.hDel(openKey, code));
            }
            return cases;
        },
    };
}

function caseKey(keyPrefix: string, code: string): string {
    return `${keyPrefix}{case:${code}}`;
}

/** The set of the codes of one conversation. */
function casesOf(keyPrefix: string, conversation: ConversationKey): string {
    return `${keyPrefix}{${conversation}}:cases`;
}

/**
 * Forgets all codes that lead to a conversation.
 *
 * @throws `store-unavailable` (retryable), `store-failed`.
 */
export async function forgetCases(
    client: RedisClient,
    keyPrefix: string,
    conversation: ConversationKey,
): Promise<void> {
    await callRedis(client, async (bounded) => {
        const list = casesOf(keyPrefix, conversation);
        for (const code of await bounded.sMembers(list)) {
            await bounded.del(caseKey(keyPrefix, code));
            await bounded.hDel(`${keyPrefix}{cases}`, code);
        }
        await bounded.del(list);
    });
}

/** Values: a code, for how long the list is kept. */
const listScript = defineScript(`
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);

/** Values: what to store where there is nothing yet, or empty; for how long. Gives what is stored. */
const takeScript = defineScript(`
local stored = redis.call('GET', KEYS[1])
if not stored and ARGV[1] ~= '' then
    redis.call('SET', KEYS[1], ARGV[1])
    stored = ARGV[1]
end
if stored then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
return stored
`);
