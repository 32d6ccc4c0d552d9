import { createHash } from "node:crypto";
import type { ReplyParts, StaffParts } from "./assistant.ts";
import type { StaffEvent } from "./draft.ts";
import { describeError } from "./log.ts";
import type { Conversation, ConversationChange, ConversationKey } from "./message.ts";
import { type NoteSubject, writeNotes } from "./staff-notes.ts";

/** The turn in which something happened that the clinic's people are to learn. */
export interface ToldTurn {
    /** Equal at every attempt. */
    readonly id: string;
    readonly conversation: ConversationKey;
    readonly history: Conversation;
    /** What the turn changes. */
    readonly change: ConversationChange;
}

/** Within this time a person in a crisis is one alert, however often they write. */
const oneCrisisMs = 15 * 60 * 1000;

/**
 * Writes to the clinic's people, in each of their rooms; once, however often it is called for the
 * same turn. Gives what else the conversation is to remember.
 *
 * @throws `store-unavailable` (retryable), `store-failed`: then they may not have been told.
 */
export async function tellStaff(
    events: readonly StaffEvent[],
    turn: ToldTurn,
    parts: ReplyParts,
    staff: StaffParts,
): Promise<ConversationChange> {
    let change: ConversationChange = {};
    for (const event of events) {
        change = { ...change, ...(await tell(event, turn, parts, staff)) };
    }
    return change;
}

async function tell(
    event: StaffEvent,
    turn: ToldTurn,
    parts: ReplyParts,
    staff: StaffParts,
): Promise<ConversationChange> {
    const { history, conversation } = turn;
    const nowMs = Date.now();
    const reason = event.kind === "crisis" ? crisisName(nowMs) : turn.id;
    const code = history.handoff?.code ?? (await staff.cases.name(conversation, reason));
    const reset = turn.change.reset === true;
    const turns = [...(reset ? [] : history.turns), ...(turn.change.turns ?? [])];
    const subject: NoteSubject = { code, conversation, turns, nowMs };
    const opens = event.kind === "request" || event.kind === "urgent";
    // Before the notes: what is written about must be found when somebody answers.
    if (opens) await staff.cases.mark(code, nowMs);
    for (const [index, reply] of writeNotes(event, subject, parts, staff).entries()) {
        const id = nameLetter([conversation, reason, event.kind, String(index)]);
        for (const room of staff.rooms) await staff.postbox.post(room, { id, reply });
    }
    if (event.kind === "ended") {
        await staff.cases.mark(code, event.why === "erased" ? "erased" : "closed");
    }
    if (!opens) return {};
    await askForSummary(code, parts, staff);
    parts.safety.counters.count("handed-off");
    return { handoff: { code, sinceMs: nowMs } };
}

/** The note that the clinic's people have does without. Never fails. */
async function askForSummary(code: string, parts: ReplyParts, staff: StaffParts): Promise<void> {
    if (!staff.settings.showText) return;
    try {
        await staff.summaries.ask(code);
    } catch (error) {
        parts.logger.warn(describeError(error), "no summary of a case was asked for");
    }
}

function crisisName(nowMs: number): string {
    return `crisis ${Math.floor(nowMs / oneCrisisMs)}`;
}

/** Names a letter: tells nothing of whose conversation it is about. */
export function nameLetter(parts: readonly string[]): string {
    return createHash("sha256").update(JSON.stringify(parts)).digest("base64url").slice(0, 24);
}
