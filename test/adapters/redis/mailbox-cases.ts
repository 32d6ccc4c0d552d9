import { randomUUID } from "node:crypto";
import { vi, expect } from "vitest";
import type { Mailbox, TurnClaim, DeliveryClaim, Hold } from "../../../adapters/redis/mailbox.ts";
import { createMailbox, type MailboxOptions } from "../../../adapters/redis/create-mailbox.ts";
import { createLogger } from "../../../src/log.ts";
import type { ConversationKey, InboundMessage, Reply } from "../../../src/message.ts";
import type { TurnOutcome } from "../../../src/queue-ports.ts";
import type { TestRedis } from "../../setup/redis.ts";
import { testCipher } from "../../setup/cipher.ts";

/** A mailbox on a server of the tests. */
export function mailboxOn(redis: TestRedis, options: Partial<MailboxOptions> = {}): Mailbox {
    return createMailbox(redis.client, {
        keyPrefix: redis.freshPrefix(),
        expireAfterMs: 3_600_000,
        maxTurns: 100,
        cipher: testCipher,
        logger: createLogger("silent"),
        ...options,
    });
}

/** Ripe at once. */
export const atOnce = { quietMs: 0, atMostMs: 0, urgent: false };
/** Ripe long after the test has ended. */
export const muchLater = { quietMs: 600_000, atMostMs: 3_600_000, urgent: false };

/** Messages of one conversation, named by their ids. */
export function messagesOf(
    conversation: ConversationKey,
): (id: string, parts?: Partial<InboundMessage>) => InboundMessage {
    return (id, parts = {}) => ({
        id,
        conversation,
        receivedAtMs: 1_700_000_000_000,
        text: `سؤال ${id}`,
        attachments: [],
        ...parts,
    });
}

/** A reply that is recognised by its text. */
export function exampleReply(text: string): Reply {
    return { text, language: "ar" };
}

/** A claim that succeeds, with what proves it. */
export type Turn = Extract<TurnClaim, { status: "claimed" }> & { readonly hold: Hold };

/** Claims a conversation, which must succeed. */
export async function claimTurn(
    mailbox: Mailbox,
    key: ConversationKey,
    by: { worker?: string; leaseMs?: number; historyVersion?: string } = {},
): Promise<Turn> {
    const token = randomUUID();
    const claim = await mailbox.claim(key, { token, worker: "w1", leaseMs: 30_000, ...by });
    if (claim.status !== "claimed") throw new Error(`The claim was ${claim.status}.`);
    return { ...claim, hold: { fence: claim.fence, token } };
}

/** Commits a turn with the given reply, settling all of it if nothing else is said, and releases. */
export async function answer(
    mailbox: Mailbox,
    key: ConversationKey,
    turn: Turn,
    outcome: Partial<TurnOutcome> = {},
): Promise<void> {
    const { turnId, messages, hold } = turn;
    const committed = await mailbox.commit(key, hold, {
        turnId,
        settled: messages.length,
        ...outcome,
    });
    expect(committed.status).toBe("committed");
    await mailbox.release(key, hold, { countsAsDeath: false });
}

/** A claim of deliveries, with what proves it. */
export type Delivery<Status extends "reply" | "pending"> = {
    readonly hold: Hold;
} & (Status extends "reply"
    ? Extract<DeliveryClaim, { status: "reply" }>
    : Extract<DeliveryClaim, { status: "pending" }>);

/** Claims the deliveries of a conversation, which must have the given outcome. */
export async function claimDelivery<Status extends "reply" | "pending">(
    mailbox: Mailbox,
    key: ConversationKey,
    status: Status,
    leaseMs = 30_000,
): Promise<Delivery<Status>> {
    const token = randomUUID();
    const claim = await mailbox.claimDelivery(key, { token, leaseMs });
    if (claim.status !== status) throw new Error(`The delivery was ${claim.status}.`);
    const given = claim as Delivery<Status>;
    return { ...given, hold: { fence: given.fence, token } };
}

/** Tries until it gets something, for what comes with the server's time. */
export async function eventually<Result>(attempt: () => Promise<Result>): Promise<Result> {
    return await vi.waitFor(attempt, { timeout: 10_000, interval: 3 });
}
