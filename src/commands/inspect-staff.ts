import { checkStaffGroup } from "../../adapters/telegram/check-staff-group.ts";
import type { Config } from "../config.ts";
import { isOpen, nextOpening } from "../handoff/working-hours.ts";
import type { Finding } from "./finding.ts";

/** Longest time for the questions to Telegram. */
const askMs = 15_000;

/** Whether the clinic's people can be reached. Sends nothing. */
export async function inspectStaff({ staff, platforms }: Config): Promise<Finding> {
    if (!staff) {
        return {
            state: "notice",
            text: "nobody can be reached: who asks for a person is told to call the clinic.",
            remedy: "Follow docs/staff.md.",
        };
    }
    const { telegramGroup, webhook } = staff;
    const places: string[] = [];
    if (telegramGroup !== undefined && platforms.telegram) {
        const signal = AbortSignal.timeout(askMs);
        const check = { ...platforms.telegram, group: telegramGroup, signal };
        const { title } = await checkStaffGroup(check);
        places.push(`the group "${title}" on Telegram`);
    }
    if (webhook) places.push("a system of the clinic (not asked)");
    return { state: "ok", text: `${places.join(" and ")}; ${describeHours(staff)}` };
}

function describeHours({ hours }: NonNullable<Config["staff"]>): string {
    if (!hours) return "always there";
    const nowMs = Date.now();
    if (isOpen(hours, nowMs)) return "within its hours now";
    const opening = nextOpening(hours, nowMs);
    if (opening === undefined) return "outside its hours now";
    return `outside its hours now, until ${new Date(opening).toISOString().slice(0, 16)} UTC`;
}
