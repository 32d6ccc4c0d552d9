import { AppError } from "../../src/errors.ts";
import type { Logger } from "../../src/log.ts";
import type { ConversationKey, Reply, ReplyAddress } from "../../src/message.ts";
import type { RedisClient } from "./client.ts";
import type { Codec } from "./codec.ts";
import type { ConversationLimits } from "./conversation-change.ts";
import { mailboxKeys } from "./keys.ts";
import type { DeliveryClaim, Hold, Mailbox, PendingReply } from "./mailbox.ts";
import {
    claimDeliveryScript,
    discardDeadScript,
    endDeliveryScript,
    readDeadScript,
    readReplyScript,
    releaseDeliveryScript,
    renewDeliveryScript,
    resendDeadScript,
    saveJournalScript,
} from "./mailbox-delivery-scripts.ts";
import { runMailboxScript } from "./mailbox-scripts.ts";
import { awaitsKey, missingKeyPauseMs, reportMissingKey } from "./missing-key.ts";

/** From a committed reply, or a turn that is still being answered, to its end at the platform. */
export function createDeliverySide(
    client: RedisClient,
    options: Pick<ConversationLimits, "expireAfterMs"> & {
        readonly keyPrefix: string;
        readonly codec: Codec;
        readonly logger: Logger;
    },
): Pick<
    Mailbox,
    | "claimDelivery"
    | "renewDelivery"
    | "readReply"
    | "saveJournal"
    | "endDelivery"
    | "releaseDelivery"
    | "resendDead"
    | "readDead"
    | "discardDead"
> {
    const { codec, expireAfterMs } = options;
    const keysOf = (key: ConversationKey): string[] => mailboxKeys(options.keyPrefix, key);

    return {
        async claimDelivery(key, by) {
            const values = [by.token, String(by.leaseMs)];
            const claim = await runMailboxScript(client, claimDeliveryScript, keysOf(key), values);
            const [, , fence, reply] = claim as ScriptDelivery;
            const isReply = (claim as ScriptDelivery).length === 5;
            if (isReply && Buffer.isBuffer(reply) && awaitsKey(reply, codec)) {
                reportMissingKey(options.logger);
                const hold = { fence: Number(fence), token: by.token };
                await runMailboxScript(client, releaseDeliveryScript, keysOf(key), proof(hold));
                return { status: "later", forMs: missingKeyPauseMs };
            }
            return readDeliveryClaim(key, claim as ScriptDelivery, options);
        },

        async renewDelivery(key, hold) {
            const values = [...proof(hold), String(hold.leaseMs)];
            return 1 === (await runMailboxScript(client, renewDeliveryScript, keysOf(key), values));
        },

        async readReply(key, hold, id) {
            const values = [...proof(hold), id];
            const state = await runMailboxScript(client, readReplyScript, keysOf(key), values);
            const [status, reply] = state as [Buffer, Buffer?];
            const isReply = String(status) === "reply" && reply !== undefined;
            if (isReply && awaitsKey(reply, codec)) return { status: "waiting" };
            return readPendingReply(key, id, state as [Buffer, Buffer?], options);
        },

        async saveJournal(key, hold, id, state) {
            const values = [...proof(hold), id, codec.encodeJournal(key, id, state)];
            return 1 === (await runMailboxScript(client, saveJournalScript, keysOf(key), values));
        },

        async endDelivery(key, hold, id, end) {
            const again = typeof end === "string" ? "" : String(end.againInMs);
            const how = typeof end !== "string" ? "" : end === "dead" ? "dead" : "forget";
            const values = [...proof(hold), id, how, again, String(expireAfterMs)];
            const waiting = await runMailboxScript(client, endDeliveryScript, keysOf(key), values);
            return { waiting: Number(waiting) };
        },

        async releaseDelivery(key, hold) {
            await runMailboxScript(client, releaseDeliveryScript, keysOf(key), proof(hold));
        },

        async resendDead(key, id) {
            return 1 === (await runMailboxScript(client, resendDeadScript, keysOf(key), [id]));
        },

        async readDead(key, id) {
            const stored = await runMailboxScript(client, readDeadScript, keysOf(key), [id]);
            if (!Buffer.isBuffer(stored)) return undefined;
            const { reply } = codec.decodeReply(key, id, afterTime(stored)) ?? {};
            if (reply) return reply;
            throw new AppError("store-failed", "A reply that was set aside cannot be read.", {
                remedy: "See that this process has all keys of the clinic; without the one it was written with, the reply can only be discarded.",
            });
        },

        async discardDead(key, id) {
            return 1 === (await runMailboxScript(client, discardDeadScript, keysOf(key), [id]));
        },
    };
}

/** What it takes to read what is stored. */
interface Reading {
    readonly codec: Codec;
    readonly logger: Logger;
}

function proof(hold: Hold): string[] {
    return [String(hold.fence), hold.token];
}

type ScriptDelivery =
    | [status: Buffer, forMs?: number]
    | [status: Buffer, id: Buffer, fence: Buffer, reply: Buffer | null, journal: Buffer | null]
    | [
          status: Buffer,
          id: Buffer,
          fence: Buffer,
          worker: Buffer,
          newest: Buffer,
          journal: Buffer | null,
      ];

function readDeliveryClaim(
    key: ConversationKey,
    claim: ScriptDelivery,
    reading: Reading,
): DeliveryClaim {
    const status = String(claim[0]);
    if (claim.length === 5) {
        const [, id, fence, reply, journal] = claim;
        const held = { id: String(id), fence: Number(fence) };
        const stored = readReply(key, held.id, reply, reading);
        const kept = readJournal(key, held.id, journal, reading);
        return { status: "reply", ...held, ...stored, ...kept };
    }
    if (claim.length === 6) {
        const [, id, fence, worker, newest, journal] = claim;
        return {
            status: "pending",
            id: String(id),
            fence: Number(fence),
            to: { conversation: key, messageId: String(newest) },
            holder: String(worker),
            ...readJournal(key, String(id), journal, reading),
        };
    }
    if (status === "held" || status === "later") return { status, forMs: Number(claim[1]) };
    return { status: "nothing" };
}

function readPendingReply(
    key: ConversationKey,
    id: string,
    [status, value]: [Buffer, Buffer?],
    reading: Reading,
): PendingReply {
    switch (String(status)) {
        case "reply":
            return { status: "reply", ...readReply(key, id, value ?? null, reading) };
        case "running":
            return { status: "running", holder: String(value) };
        case "waiting":
            return { status: "waiting" };
        case "gone":
            return { status: "gone" };
        default:
            return { status: "lost" };
    }
}

/** What stands behind the time of a commit and its line feed. */
function afterTime(stored: Buffer): Buffer {
    return stored.subarray(stored.indexOf("\n") + 1);
}

interface ReadReply {
    readonly to: ReplyAddress;
    readonly reply?: Reply;
    readonly committedAtMs: number;
}

function readReply(
    key: ConversationKey,
    id: string,
    stored: Buffer | null,
    { codec, logger }: Reading,
): ReadReply {
    const end = stored?.indexOf("\n") ?? -1;
    const committedAtMs = Number.parseInt(stored?.toString("latin1", 0, end) ?? "", 10) || 0;
    const nowhere = { to: { conversation: key }, committedAtMs };
    if (stored !== null && stored.length === end + 1) return nowhere;
    const decoded = stored === null ? undefined : codec.decodeReply(key, id, afterTime(stored));
    if (decoded === undefined) {
        logger.error("A stored reply was not understood; the patient does not get it");
        return nowhere;
    }
    const { reply, replyTo } = decoded;
    const to = { conversation: key, ...(replyTo === undefined ? {} : { messageId: replyTo }) };
    return { to, reply, committedAtMs };
}

function readJournal(
    key: ConversationKey,
    id: string,
    stored: Buffer | null,
    { codec, logger }: Reading,
): { readonly journal?: unknown } {
    if (stored === null) return {};
    const journal = codec.decodeJournal(key, id, stored);
    if (journal === undefined) logger.warn("A stored journal was not understood; it begins anew");
    return journal === undefined ? {} : { journal };
}
