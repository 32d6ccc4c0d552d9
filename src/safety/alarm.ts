import type { Alarm } from "../message.ts";
import type { Assessment } from "./triage/assessment.ts";

/** What an assessment calls for at once; `undefined`: nothing. */
export function alarmOf({ disposition, crisis }: Assessment): Alarm | undefined {
    const emergency = disposition === "emergency";
    return emergency || crisis ? { emergency, crisis } : undefined;
}
