/** The end of a turn: the clinic's people are told what they must know, then the patient. */
import type { AssistantParts, DeskParts } from "./assistant.ts";
import { persist } from "./conversation/persist.ts";
import type { Draft, StaffEvent } from "./draft.ts";
import { AppError, isAppError } from "./errors.ts";
import { describeError } from "./log.ts";
import type { Conversation, ConversationChange, InboundMessage } from "./message.ts";
import type { OpenTurn, TurnEnd } from "./queue-ports.ts";
import { tellStaff } from "./tell-staff.ts";
import { wait } from "./wait.ts";

/** Which of a turn's messages end with it. */
export interface Settlement {
    readonly settled: number;
    /** The one that the reply stands beneath. */
    readonly message: InboundMessage;
}

/** So long the clinic's people are tried to be told of an alarm. */
const alarmPatience = { firstMs: 200, mostMs: 1_000, giveUpAfterMs: 10_000 };
/** Of it, so long the patient's message waits: mostly it is done within a few milliseconds. */
const alarmDelayMs = 500;

/**
 * Tells the clinic's people, and commits a turn. A reply that is ready is worth more than a quick
 * end: it is kept while the store is away. The fixed message of an alarm does not wait until they
 * have been told.
 *
 * @throws `aborted` when the process stops, `store-unavailable`, `store-failed`: nothing is
 * committed.
 */
export async function commitTurn(
    turn: OpenTurn,
    { settled, message }: Settlement,
    draft: Partial<Draft>,
    parts: AssistantParts | DeskParts,
): Promise<TurnEnd> {
    const { reply, afresh, alarm } = draft;
    const tell = (): Promise<ConversationChange> => tellAbout(draft, turn, parts);
    const telling = alarm && tellMeanwhile(tell, turn, parts);
    try {
        const told = telling
            ? await withinDelay(telling)
            : await persist(tell, parts.settings.retry, turn.signal);
        const change = { ...draft.change, ...told };
        const outcome = {
            settled,
            ...(reply === undefined ? {} : { reply, replyTo: message.id }),
            ...(afresh === undefined ? {} : { afresh }),
            ...(Object.keys(change).length === 0 ? {} : { change: { ...change, id: turn.id } }),
        };
        await persist(() => eraseBefore(draft, turn, parts), parts.settings.retry, turn.signal);
        await persist(() => turn.commit(outcome), parts.settings.retry, turn.signal);
        await telling;
        return "done";
    } catch (error) {
        if (isAppError(error, "aborted")) return endInterrupted(turn, error);
        throw error;
    }
}

/** A patient who withdraws leaves nothing behind but the reply that says so, and what came afterwards. */
async function eraseBefore(
    { withdrew }: Partial<Draft>,
    { id, conversation }: OpenTurn,
    { data }: AssistantParts | DeskParts,
): Promise<void> {
    if (withdrew) await data?.erase(conversation, { turn: id });
}

/** Goes on beside the commit. Never fails. */
async function tellMeanwhile(
    tell: () => Promise<ConversationChange>,
    { signal }: OpenTurn,
    { logger }: AssistantParts | DeskParts,
): Promise<ConversationChange> {
    try {
        return await persist(tell, alarmPatience, signal);
    } catch (error) {
        logger.error(describeError(error), "the clinic's people could not be told of an alarm");
        return {};
    }
}

async function withinDelay(telling: Promise<ConversationChange>): Promise<ConversationChange> {
    const over = new AbortController();
    const late = wait(alarmDelayMs, over.signal).catch(() => undefined);
    const told = await Promise.race([telling, late]);
    over.abort();
    return told ?? {};
}

async function tellAbout(
    draft: Partial<Draft>,
    { id, conversation, history }: OpenTurn,
    parts: AssistantParts | DeskParts,
): Promise<ConversationChange> {
    if (!parts.staff) return {};
    const { staff: events = [], change = {} } = draft;
    const all = [...endOf(history, draft), ...events];
    return await tellStaff(all, { id, conversation, history, change }, parts, parts.staff);
}

/** That a conversation which they had in hand is theirs no more, unless the turn says why itself. */
function endOf(
    { handoff }: Conversation,
    { change, withdrew, staff: events = [] }: Partial<Draft>,
): readonly StaffEvent[] {
    if (!handoff || change?.handoff !== "ended") return [];
    if (events.some(({ kind }) => kind === "ended")) return [];
    const why = withdrew ? "erased" : change.reset ? "reset" : "patient";
    return [{ kind: "ended", why }];
}

/**
 * What becomes of a turn that was interrupted before there was anything to keep.
 *
 * @throws `aborted` when the process stops.
 */
export function endInterrupted({ signal }: OpenTurn, error: unknown): TurnEnd {
    switch (signal.reason) {
        case "stopped":
        case "changed":
            // The messages are planned anew, together with the /stop or as they are now.
            return { againInMs: 0 };
        case "lost":
            return "done";
        default:
            throw new AppError("aborted", "The answer was cancelled.", { cause: error });
    }
}
