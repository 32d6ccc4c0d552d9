import type { Logger } from "../../src/log.ts";
import type { ConversationKey } from "../../src/message.ts";
import type { Acceptance, WaitingMessage } from "../../src/queue-ports.ts";
import type { RedisClient } from "./client.ts";
import { encodeMessage, encodeReply } from "./codec.ts";
import { encodeChange, type ConversationLimits } from "./conversation-change.ts";
import { decodeConversation } from "./conversation-store.ts";
import { mailboxKeys } from "./keys.ts";
import type { Accepted, Mailbox, TurnClaim, TurnClaimant } from "./mailbox.ts";
import { readRipeness, runMailboxScript, type ScriptRipeness } from "./mailbox-scripts.ts";
import {
    acceptScript,
    claimScript,
    commitScript,
    discardScript,
    releaseScript,
    renewScript,
    ripenessScript,
} from "./mailbox-turn-scripts.ts";
import { nameFiles, readMessageEntry, readPictures } from "./mailbox-pictures.ts";

/** What the answering side needs to know. */
export interface TurnSideOptions extends ConversationLimits {
    readonly keyPrefix: string;
    readonly logger: Logger;
}

/** Parts of one album come that close together. */
const albumQuietMs = 1_000;

/** From accepting a message to committing its answer. */
export function createTurnSide(
    client: RedisClient,
    options: TurnSideOptions,
): Pick<Mailbox, "accept" | "claim" | "renew" | "commit" | "release" | "ripeness"> {
    const keysOf = (key: ConversationKey): string[] => mailboxKeys(options.keyPrefix, key);

    async function claim(key: ConversationKey, by: TurnClaimant): Promise<TurnClaim> {
        const reply = await runMailboxScript(client, claimScript, keysOf(key), [
            by.token,
            by.worker,
            String(by.leaseMs),
            by.historyVersion ?? "",
            String(options.maxTurns),
        ]);
        const [status, first] = reply as ScriptClaim;
        if (String(status) !== "claimed") return readRefusal(String(status), Number(first));
        const taken = readTaken(reply as TakenTurn, options.logger);
        if (taken.damaged.length > 0) await discard(key, taken);
        const [oldest] = taken.messages;
        if (oldest !== undefined) return { ...taken.claim, turnId: oldest.message.id };
        // Nothing readable was left; what has come meanwhile deserves a look at once.
        const hold = { fence: taken.claim.fence, token: by.token };
        await release(key, hold, { countsAsDeath: false });
        return await claim(key, by);
    }

    /** An unreadable message would block its conversation for ever. */
    async function discard(key: ConversationKey, taken: Taken): Promise<void> {
        const { claim: given, damaged, oldestId } = taken;
        options.logger.error(
            { messages: damaged.length },
            "Stored messages were not understood; they are kept aside for a week, unanswered",
        );
        const values = [String(given.fence), String(options.expireAfterMs), oldestId];
        await runMailboxScript(client, discardScript, keysOf(key), [...values, ...damaged]);
    }

    const release: Mailbox["release"] = async (key, hold, how) => {
        const state = await runMailboxScript(client, releaseScript, keysOf(key), [
            String(hold.fence),
            hold.token,
            flag(how.countsAsDeath),
            how.againInMs === undefined ? "" : String(how.againInMs),
        ]);
        return readRipeness(state as ScriptRipeness);
    };

    return {
        async accept(message, how) {
            const leastMs = message.albumId === undefined ? 0 : albumQuietMs;
            const reply = await runMailboxScript(
                client,
                acceptScript,
                keysOf(message.conversation),
                [
                    message.id,
                    encodeMessage(message),
                    nameFiles(message),
                    String(Math.max(how.quietMs, leastMs)),
                    String(Math.max(how.atMostMs, leastMs)),
                    flag(how.urgent || message.command !== undefined),
                    flag(message.edit === true),
                    flag(message.command?.name === "stop"),
                ],
            );
            return readAccepted(reply as ScriptAccepted);
        },

        claim,

        async renew(key, hold) {
            const values = [String(hold.fence), hold.token, String(hold.leaseMs)];
            const state = await runMailboxScript(client, renewScript, keysOf(key), values);
            const text = String(state);
            return text === "held" || text === "stopped" || text === "changed" ? text : "lost";
        },

        async commit(key, hold, outcome) {
            const { settled, reply, replyTo, change } = outcome;
            if (!Number.isInteger(settled) || settled < 1)
                throw new RangeError("A turn settles at least one message.");
            const stored =
                reply && encodeReply(replyTo === undefined ? { reply } : { reply, replyTo });
            const result = await runMailboxScript(client, commitScript, keysOf(key), [
                String(hold.fence),
                String(settled),
                outcome.turnId,
                stored ?? "",
                String(options.expireAfterMs),
                flag(outcome.withoutModel === true),
                ...(change === undefined ? [] : await encodeChange(change, options)),
            ]);
            const [status, version] = (result as Buffer[]).map(String);
            if (status === "changed") return { status };
            if (status !== "committed") return { status: "lost" };
            return { status, ...(version === undefined || version === "" ? {} : { version }) };
        },

        release,

        async ripeness(key) {
            const state = await runMailboxScript(client, ripenessScript, keysOf(key), []);
            return readRipeness(state as ScriptRipeness);
        },
    };
}

function flag(value: boolean): string {
    return value ? "1" : "";
}

type ScriptAccepted = [
    outcome: Buffer,
    ripeness: ScriptRipeness,
    due: number,
    interrupt: Buffer,
    fence: Buffer,
];

function readAccepted([outcome, ripeness, due, interrupt, fence]: ScriptAccepted): Accepted {
    const how = String(interrupt);
    return {
        ...readRipeness(ripeness),
        outcome: String(outcome) as Acceptance,
        picturesDue: due === 1,
        ...(how === "stopped" || how === "changed" ? { interrupt: how } : {}),
        ...(fence.length === 0 ? {} : { fence: Number(fence) }),
    };
}

type ScriptClaim = [status: Buffer, ...rest: unknown[]];

type TakenTurn = [
    status: Buffer,
    fence: Buffer,
    deaths: number,
    version: Buffer,
    messages: [id: Buffer, message: Buffer | null, pictures: Buffer | null][],
    turns?: Buffer[],
    language?: Buffer | null,
];

interface Taken {
    readonly claim: Omit<Extract<TurnClaim, { status: "claimed" }>, "turnId">;
    readonly messages: readonly WaitingMessage[];
    /** The ids of messages that were not understood. */
    readonly damaged: readonly Buffer[];
    readonly oldestId: Buffer;
}

function readRefusal(status: string, forMs: number): TurnClaim {
    if (status === "held" || status === "unripe") return { status, forMs };
    return { status: "empty" };
}

function readTaken(reply: TakenTurn, logger: Logger): Taken {
    const [, fence, deaths, version, stored, turns, language] = reply;
    const messages: WaitingMessage[] = [];
    const damaged: Buffer[] = [];
    for (const [id, message, pictures] of stored) {
        const waiting = readWaiting(message, pictures, logger);
        if (waiting === undefined) damaged.push(id);
        else messages.push(waiting);
    }
    const history = turns && decodeConversation(turns, language ?? null, logger);
    return {
        claim: {
            status: "claimed",
            fence: Number(fence),
            deaths,
            messages,
            version: String(version),
            ...(history === undefined ? {} : { history }),
        },
        messages,
        damaged,
        oldestId: stored[0]?.[0] ?? Buffer.alloc(0),
    };
}

function readWaiting(
    message: Buffer | null,
    pictures: Buffer | null,
    logger: Logger,
): WaitingMessage | undefined {
    const entry = message === null ? undefined : readMessageEntry(message);
    if (entry === undefined || pictures === null || pictures.length === 0) return entry;
    return { ...entry, pictures: readPictures(pictures, logger) };
}
