import type { Handoff } from "../message.ts";
import { isOpen, nextOpening, type WorkingHours } from "./working-hours.ts";

/** When the clinic's people answer, and for how long a conversation waits for them. */
export interface HandoffTimes {
    /** Absent: they are always there. */
    readonly hours?: WorkingHours;
    /** So long after their last word, or after they could have said the first, the assistant goes on. */
    readonly silentMs: number;
}

/** Who answers a patient. */
export type HandoffState =
    /** Nobody has the conversation in hand but the assistant. */
    | "assistant"
    /** The clinic's people; the model is silent. */
    | "staff"
    /** They have it, but they have not come yet: until they do, the assistant answers as well. */
    | "waiting"
    /** They have said nothing for too long: the assistant goes on. */
    | "over";

/** Who answers a patient now. */
export function handoffState(
    handoff: Handoff | undefined,
    { hours, silentMs }: HandoffTimes,
    nowMs: number,
): HandoffState {
    if (!handoff) return "assistant";
    const { sinceMs, answeredAtMs } = handoff;
    // At night nobody could have answered: that silence means nothing.
    const couldAnswerMs = answeredAtMs ?? nextOpening(hours, sinceMs) ?? sinceMs;
    if (nowMs - couldAnswerMs >= silentMs) return "over";
    return answeredAtMs === undefined && !isOpen(hours, nowMs) ? "waiting" : "staff";
}
