import type { Logger } from "../../src/log.ts";
import type { ConversationKey } from "../../src/message.ts";
import type { Acceptance, WaitingMessage } from "../../src/queue-ports.ts";
import type { RedisClient } from "./client.ts";
import type { Codec } from "./codec.ts";
import { encodeChange, type ConversationLimits } from "./conversation-change.ts";
import type { StoredSettings } from "./conversation-settings.ts";
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
import { awaitsKey, missingKeyPauseMs, reportMissingKey } from "./missing-key.ts";
import { nameFiles, readMessageEntry, readPictures } from "./mailbox-pictures.ts";

/** What the answering side needs to know. */
export interface TurnSideOptions extends ConversationLimits {
    readonly keyPrefix: string;
    readonly codec: Codec;
    readonly logger: Logger;
}

/** Tells a reply of its own from what the turn has shown under its id. */
const afreshMark = "!";

/** Parts of one album come that close together. */
const albumQuietMs = 1_000;

/** From accepting a message to committing its answer. */
export function createTurnSide(
    client: RedisClient,
    options: TurnSideOptions,
): Pick<Mailbox, "accept" | "claim" | "renew" | "commit" | "release" | "ripeness"> {
    const { codec } = options;
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
        if (isWithoutKey(reply as TakenTurn, codec)) {
            reportMissingKey(options.logger);
            const hold = { fence: Number(first), token: by.token };
            const how = { countsAsDeath: false, againInMs: missingKeyPauseMs };
            await release(key, hold, how);
            return { status: "unripe", forMs: missingKeyPauseMs };
        }
        const taken = readTaken(key, reply as TakenTurn, options);
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
                    codec.encodeMessage(message),
                    nameFiles(message),
                    String(Math.max(how.quietMs, leastMs)),
                    String(Math.max(how.atMostMs, leastMs)),
                    flag(
                        how.urgent || message.command !== undefined || message.alarm !== undefined,
                    ),
                    flag(message.edit === true),
                    flag(message.command?.name === "stop"),
                    flag(message.alarm !== undefined),
                    codec.fingerprintsOf(message).join(" "),
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
            const { settled, reply, replyTo, change, afresh, turnId } = outcome;
            if (!Number.isInteger(settled) || settled < 1)
                throw new RangeError("A turn settles at least one message.");
            const id = afresh === true ? `${turnId}${afreshMark}` : turnId;
            const answer = reply && (replyTo === undefined ? { reply } : { reply, replyTo });
            const result = await runMailboxScript(client, commitScript, keysOf(key), [
                String(hold.fence),
                String(settled),
                id,
                answer === undefined ? "" : codec.encodeReply(key, id, answer),
                String(options.expireAfterMs),
                flag(outcome.withoutModel === true),
                afresh === true ? turnId : "",
                ...(change === undefined ? [] : await encodeChange(key, change, options)),
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
    tookOver: number,
    version: Buffer,
    messages: [id: Buffer, message: Buffer | null, pictures: Buffer | null][],
    turns?: Buffer[],
    settings?: StoredSettings,
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

function isWithoutKey(reply: TakenTurn, codec: Codec): boolean {
    return reply[5].some(([, message]) => message !== null && awaitsKey(message, codec));
}

function readTaken(
    key: ConversationKey,
    reply: TakenTurn,
    { codec, logger }: Pick<TurnSideOptions, "codec" | "logger">,
): Taken {
    const [, fence, deaths, tookOver, version, stored, turns, settings] = reply;
    const messages: WaitingMessage[] = [];
    const damaged: Buffer[] = [];
    for (const [id, message, pictures] of stored) {
        const waiting = readWaiting(key, String(id), [message, pictures], { codec, logger });
        if (waiting === undefined) damaged.push(id);
        else messages.push(waiting);
    }
    const history = turns && decodeConversation(key, turns, settings ?? [], { codec, logger });
    return {
        claim: {
            status: "claimed",
            fence: Number(fence),
            deaths,
            tookOver: tookOver === 1,
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
    key: ConversationKey,
    id: string,
    [message, pictures]: readonly [message: Buffer | null, pictures: Buffer | null],
    { codec, logger }: Pick<TurnSideOptions, "codec" | "logger">,
): WaitingMessage | undefined {
    const entry = message === null ? undefined : readMessageEntry(key, id, message, codec);
    if (entry === undefined || pictures === null || pictures.length === 0) return entry;
    const arrived = readPictures(key, id, pictures, codec);
    if (arrived !== undefined) return { ...entry, pictures: arrived };
    logger.warn("Stored pictures were not understood and count as unavailable");
    return { ...entry, pictures: { images: [], refusals: ["image-unavailable"] } };
}
