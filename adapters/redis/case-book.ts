import type { ConversationKey } from "../../src/message.ts";
import type { Cipher } from "../../src/ports.ts";
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
    const keyOf = (code: string): string => `${keyPrefix}{case:${code}}`;
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
                if (read(code, await take(code, sealed)) === conversation) return code;
            }
            throw new AppError("store-failed", "No code for a case was free.");
        },

        find,

        async mark(code, sinceMs) {
            await callRedis(client, async (bounded) => {
                if (sinceMs === "closed") await bounded.hDel(openKey, code);
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
