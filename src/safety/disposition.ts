import type { Alarm } from "../message.ts";

/** How soon a person needs care: now, today, soon, by themselves; or they tell of no complaint. */
export type Disposition = "emergency" | "urgent" | "soon" | "self-care" | "none";

/** What the screen found in a message. */
export interface Assessment {
    readonly disposition: Disposition;
    /** Suicide, self-harm or violence. */
    readonly crisis: boolean;
    /** The ids of the rules that fired, the most severe first. */
    readonly rules: readonly string[];
}

/**
 * Screens a message. Deterministic, and needs no model.
 *
 * @param earlier What the same person wrote before, newest last: only what lasts carries over from
 * it (a pregnancy, an infant's age), never a symptom.
 */
export type Triage = (text: string, earlier?: readonly string[]) => Assessment;

/** What an assessment calls for at once; `undefined`: nothing. */
export function alarmOf({ disposition, crisis }: Assessment): Alarm | undefined {
    const emergency = disposition === "emergency";
    return emergency || crisis ? { emergency, crisis } : undefined;
}
