import { expect, test } from "vitest";
import { handoffState } from "../../src/handoff/handoff-state.ts";
import type { WorkingHours } from "../../src/handoff/working-hours.ts";

const hour = 3_600_000;
const hours: WorkingHours = {
    timeZone: "Asia/Riyadh",
    days: { sunday: [{ from: 540, to: 1020 }], monday: [{ from: 540, to: 1020 }] },
};
const times = { hours, silentMs: 12 * hour };
/** A time of the first days of March 2026 in Riyadh; the 1st is a Sunday. */
const at = (day: number, time: string): number => Date.parse(`2026-03-0${day}T${time}:00+03:00`);
const asked = (sinceMs: number, answeredAtMs?: number) => ({
    code: "K7Q3X",
    sinceMs,
    ...(answeredAtMs === undefined ? {} : { answeredAtMs }),
});

test.each([
    ["nobody asked", undefined, at(1, "10:00"), "assistant"],
    ["asked while they are there", asked(at(1, "10:00")), at(1, "10:01"), "staff"],
    ["asked, and closing time has come", asked(at(1, "16:50")), at(1, "17:10"), "waiting"],
    ["asked at night", asked(at(1, "22:00")), at(1, "23:00"), "waiting"],
    ["asked at night, and they have come", asked(at(1, "22:00")), at(2, "09:00"), "staff"],
    [
        "asked at night: the silence counts from the morning",
        asked(at(1, "18:00")),
        at(2, "16:00"),
        "staff",
    ],
    [
        "answered at night: they are there",
        asked(at(1, "22:00"), at(1, "23:00")),
        at(1, "23:30"),
        "staff",
    ],
    [
        "answered, and evening has come",
        asked(at(1, "10:00"), at(1, "16:00")),
        at(1, "20:00"),
        "staff",
    ],
    ["answered long ago", asked(at(1, "10:00"), at(1, "16:00")), at(2, "04:00"), "over"],
    ["never answered", asked(at(1, "10:00")), at(1, "22:00"), "over"],
])("%s", (_name, handoff, nowMs, state) => {
    expect(handoffState(handoff, times, nowMs)).toBe(state);
});

test("without hours somebody is always there", () => {
    expect(handoffState(asked(0), { silentMs: hour }, hour - 1)).toBe("staff");
    expect(handoffState(asked(0), { silentMs: hour }, hour)).toBe("over");
});
