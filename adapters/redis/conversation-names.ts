import { createHmac, randomBytes } from "node:crypto";
import { AppError } from "../../src/errors.ts";
import type { ConversationKey } from "../../src/message.ts";
import type { Cipher } from "../../src/privacy-ports.ts";
import { callRedis, type RedisClient } from "./client.ts";

/** Names conversations without telling who they are with. */
export type NameConversation = (key: ConversationKey) => string;

const place = ["naming"];

/** Where the sealed secret lies that names conversations. */
function namingKey(keyPrefix: string): string {
    return `${keyPrefix}{privacy}:naming`;
}

/**
 * Makes sure that this process has the keys that the stored data is sealed with: a secret that the
 * first process has sealed must open. By this secret, conversations get names that say nothing
 * about the patient: 16 hexadecimal digits of a keyed hash, since whoever knows all telephone
 * numbers could undo a plain one.
 *
 * @param makesSecret Otherwise a Redis without one stays without: whoever only looks must not be the
 * first, because a Redis belongs to the first one's keys.
 * @throws `config-invalid` when this process has other keys, `store-unavailable` (retryable),
 * `store-failed`.
 */
export async function openConversationNames(
    client: RedisClient,
    keyPrefix: string,
    cipher: Cipher,
    makesSecret = true,
): Promise<NameConversation> {
    const key = namingKey(keyPrefix);
    const made = cipher.seal(randomBytes(32), place).toString("base64");
    // Only the first of all processes stores what it has made.
    if (makesSecret) {
        await callRedis(client, (bounded) => bounded.set(key, made, { condition: "NX" }));
    }
    const stored = await callRedis(client, (bounded) => bounded.get(key));
    const secret = cipher.open(Buffer.from(stored ?? made, "base64"), place);
    if (secret === undefined) throw otherKeys();
    return (conversation) =>
        createHmac("sha256", secret).update(conversation).digest("hex").slice(0, 16);
}

/** Seals the secret with the current key, unless it is. */
export async function resealConversationNames(
    client: RedisClient,
    keyPrefix: string,
    cipher: Cipher,
): Promise<void> {
    const key = namingKey(keyPrefix);
    const stored = await callRedis(client, (bounded) => bounded.get(key));
    const sealed = Buffer.from(stored ?? "", "base64");
    const secret = cipher.open(sealed, place);
    if (secret === undefined) throw otherKeys();
    const [head] = cipher.heads();
    if (head?.equals(sealed.subarray(0, head.length)) === true) return;
    // Whoever else does the same seals the same secret.
    const resealed = cipher.seal(secret, place).toString("base64");
    await callRedis(client, (bounded) => bounded.set(key, resealed));
}

function otherKeys(): AppError {
    return new AppError(
        "config-invalid",
        "The patients' data in this Redis is encrypted with a key that this program does not have.",
        {
            remedy: "Give it the key of the clinic's other machines, or the one that it had before: in BIMEDIX2_DATA_KEY, in the file that BIMEDIX2_DATA_KEY_FILE names, or in keys/data.key of the data folder. A new key goes before the former one, not in its place; docs/configuration.md says how.",
        },
    );
}
