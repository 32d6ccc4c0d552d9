import { createHmac, randomBytes } from "node:crypto";
import type { ConversationKey } from "../../src/message.ts";
import type { DeadReply } from "../../src/queue-ports.ts";
import { callRedis, type RedisClient } from "./client.ts";
import { accountOf } from "./queue-names.ts";

/** Where a dead reply lies. */
export interface DeadReplyPlace {
    readonly conversation: ConversationKey;
    readonly turnId: string;
}

type StoredEntry = DeadReplyPlace & Pick<DeadReply, "committedAtMs" | "diedAtMs">;

/** The list of all replies that were set aside; the replies lie with their conversations. */
export class DeadReplies {
    readonly #client: RedisClient;
    readonly #key: string;
    readonly #expireAfterMs: number;

    /** @param expireAfterMs So long after it was set aside, a reply is forgotten. */
    constructor(client: RedisClient, keyPrefix: string, expireAfterMs: number) {
        this.#client = client;
        this.#key = `${keyPrefix}{dead}`;
        this.#expireAfterMs = expireAfterMs;
    }

    /** Lists a reply before it is set aside: an entry too many is harmless, one too few is not. */
    async add(entry: StoredEntry): Promise<void> {
        const text = JSON.stringify(entry);
        const name = nameOf(entry, await this.#secret());
        await callRedis(this.#client, (bounded) => bounded.hSet(this.#key, name, text));
        await callRedis(this.#client, (bounded) => bounded.pExpire(this.#key, this.#expireAfterMs));
    }

    /**
     * Oldest first.
     *
     * @param discard Takes a reply away that was set aside for too long: where others are set aside
     * as well, it does not expire by itself.
     */
    async list(
        discard: (place: DeadReplyPlace) => Promise<unknown>,
    ): Promise<readonly DeadReply[]> {
        const entries = await callRedis(this.#client, (bounded) => bounded.hGetAll(this.#key));
        const replies: DeadReply[] = [];
        for (const [id, text] of Object.entries(entries)) {
            const { conversation, turnId, ...times } = JSON.parse(text) as StoredEntry;
            if (times.diedAtMs < Date.now() - this.#expireAfterMs) {
                await discard({ conversation, turnId });
                await this.remove(id);
            } else replies.push({ id, account: accountOf(conversation), ...times });
        }
        return replies.sort((left, right) => left.diedAtMs - right.diedAtMs);
    }

    async find(id: DeadReply["id"]): Promise<DeadReplyPlace | undefined> {
        const text = await callRedis(this.#client, (bounded) => bounded.hGet(this.#key, id));
        return text === null || text === undefined ? undefined : (JSON.parse(text) as StoredEntry);
    }

    /** Takes all entries of one conversation away. */
    async removeOf(conversation: ConversationKey): Promise<void> {
        const entries = await callRedis(this.#client, (bounded) => bounded.hGetAll(this.#key));
        for (const [id, text] of Object.entries(entries)) {
            const entry = JSON.parse(text) as StoredEntry;
            if (entry.conversation === conversation) await this.remove(id);
        }
    }

    async remove(id: DeadReply["id"]): Promise<void> {
        await callRedis(this.#client, (bounded) => bounded.hDel(this.#key, id));
    }

    /** By what replies are named; the first who needs it makes it. */
    async #secret(): Promise<string> {
        const key = `${this.#key}:naming`;
        const made = randomBytes(32).toString("base64");
        await callRedis(this.#client, (bounded) => bounded.set(key, made, { condition: "NX" }));
        return (await callRedis(this.#client, (bounded) => bounded.get(key))) ?? made;
    }
}

/**
 * Equal for equal replies, and tells nothing about the patient: audit logs name replies, and whoever
 * tries all numbers could undo a hash without a secret.
 */
function nameOf({ conversation, turnId }: DeadReplyPlace, secret: string): string {
    const hash = createHmac("sha256", secret).update(`${conversation} ${turnId}`);
    return hash.digest("hex").slice(0, 12);
}
