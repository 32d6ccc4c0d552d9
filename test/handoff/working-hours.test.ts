import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
    describeTime,
    isOpen,
    isTimeZone,
    nextOpening,
    readSpans,
    type WorkingHours,
} from "../../src/handoff/working-hours.ts";

const spans = (text: string) => readSpans(text) ?? [];
const at = (iso: string): number => Date.parse(iso);
const iso = (ms: number | undefined): string | undefined =>
    ms === undefined ? undefined : new Date(ms).toISOString();

const riyadh: WorkingHours = {
    timeZone: "Asia/Riyadh",
    days: { sunday: spans("09:00-17:00"), monday: spans("08:00-12:00, 16:00-20:00") },
};

describe("what the administrator writes", () => {
    test.each([
        ["09:00-17:00", [{ from: 540, to: 1020 }]],
        [
            "8:00 – 12:00 , 16:00-24:00",
            [
                { from: 480, to: 720 },
                { from: 960, to: 1440 },
            ],
        ],
        [
            "16:00-20:00,08:00-12:00",
            [
                { from: 480, to: 720 },
                { from: 960, to: 1200 },
            ],
        ],
        ["20:00-02:00", [{ from: 1200, to: 120 }]],
    ])("%s is understood", (text, expected) => {
        expect(readSpans(text)).toEqual(expected);
    });

    test.each([
        "",
        "9-17",
        "09:00",
        "24:00-08:00",
        "09:60-17:00",
        "09:00-24:01",
        "09:00-09:00",
        "08:00-12:00, 11:00-13:00",
        "20:00-10:00, 21:00-22:00",
        "closed",
    ])("%s is not", (text) => {
        expect(readSpans(text)).toBeUndefined();
    });

    test("time zones are those that Intl knows by name", () => {
        expect(isTimeZone("Africa/Cairo")).toBe(true);
        expect(isTimeZone("Asia/Jedda")).toBe(false);
        expect(isTimeZone("+03:00")).toBe(false);
    });
});

describe("opening times", () => {
    // Riyadh is at UTC+3 all year.
    test.each([
        ["Sunday before nine", "2026-03-01T05:59:59Z", false, "2026-03-01T06:00:00.000Z"],
        ["Sunday at nine", "2026-03-01T06:00:00Z", true, "2026-03-01T06:00:00.000Z"],
        ["Sunday at five, the end", "2026-03-01T14:00:00Z", false, "2026-03-02T05:00:00.000Z"],
        ["Monday in the break", "2026-03-02T10:00:00Z", false, "2026-03-02T13:00:00.000Z"],
        ["Tuesday", "2026-03-03T08:00:00Z", false, "2026-03-08T06:00:00.000Z"],
        [
            "Saturday in UTC, Sunday there",
            "2026-02-28T23:00:00Z",
            false,
            "2026-03-01T06:00:00.000Z",
        ],
    ])("%s", (_name, time, open, next) => {
        expect(isOpen(riyadh, at(time))).toBe(open);
        expect(iso(nextOpening(riyadh, at(time)))).toBe(next);
    });

    test("no hours: always open; no day at all: never", () => {
        expect(isOpen(undefined, 0)).toBe(true);
        expect(nextOpening(undefined, 5)).toBe(5);
        const never: WorkingHours = { timeZone: "Asia/Riyadh", days: {} };
        expect(isOpen(never, 0)).toBe(false);
        expect(nextOpening(never, 0)).toBeUndefined();
    });

    test("a night shift ends on the next day", () => {
        const night: WorkingHours = {
            timeZone: "Asia/Dubai",
            days: { friday: spans("20:00-02:00") },
        };
        expect(isOpen(night, at("2026-03-06T21:59:00Z"))).toBe(true);
        expect(isOpen(night, at("2026-03-06T22:00:00Z"))).toBe(false);
        expect(isOpen(night, at("2026-03-05T21:00:00Z"))).toBe(false);
    });

    // Egypt puts its clocks forward at midnight of the last Friday of April, and back on the last
    // Thursday of October (2025: April 25 and October 31).
    const cairo: WorkingHours = {
        timeZone: "Africa/Cairo",
        days: {
            thursday: spans("09:00-17:00"),
            friday: spans("00:30-10:00"),
            sunday: spans("09:00-17:00"),
        },
    };
    test.each([
        ["winter time", "2025-04-24T05:00:00Z", "2025-04-24T07:00:00.000Z"],
        ["a time that clocks jump over", "2025-04-24T20:00:00Z", "2025-04-24T22:00:00.000Z"],
        ["summer time", "2025-04-25T20:00:00Z", "2025-04-27T06:00:00.000Z"],
        ["winter time again", "2025-11-01T20:00:00Z", "2025-11-02T07:00:00.000Z"],
    ])("at a change of the clocks: %s", (_name, from, next) => {
        expect(iso(nextOpening(cairo, at(from)))).toBe(next);
    });

    test("of a time that clocks show twice, the first counts", () => {
        const berlin: WorkingHours = {
            timeZone: "Europe/Berlin",
            days: { sunday: spans("02:30-04:00") },
        };
        expect(iso(nextOpening(berlin, at("2025-10-25T20:00:00Z")))).toBe(
            "2025-10-26T00:30:00.000Z",
        );
    });

    test("the next opening is open, and nothing before it is", () => {
        const span = fc
            .tuple(fc.integer({ min: 0, max: 1439 }), fc.integer({ min: 1, max: 1440 }))
            .filter(([from, to]) => from !== to)
            .map(([from, to]) => [{ from, to }]);
        const hours = fc.record({
            timeZone: fc.constantFrom(
                "Asia/Riyadh",
                "Africa/Cairo",
                "Europe/Berlin",
                "Asia/Kathmandu",
                "America/St_Johns",
            ),
            days: fc.record({ tuesday: span, saturday: span }, { requiredKeys: ["tuesday"] }),
        });
        const time = fc.integer({
            min: at("2024-01-01T00:00:00Z"),
            max: at("2027-01-01T00:00:00Z"),
        });
        fc.assert(
            fc.property(
                hours,
                time,
                fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }),
                (week, nowMs, between) => {
                    const next = nextOpening(week, nowMs);
                    if (next === undefined) throw new Error("A week with hours opens some time.");
                    expect(isOpen(week, next)).toBe(true);
                    for (const share of between) {
                        const ms = nowMs + Math.floor((next - nowMs) * share);
                        if (ms < next) expect(isOpen(week, ms)).toBe(false);
                    }
                },
            ),
            { numRuns: 300 },
        );
    });
});

test("an opening is told in the patient's language and the clinic's time", () => {
    const ms = at("2026-03-01T06:00:00Z");
    expect(describeTime(ms, "en", riyadh.timeZone)).toMatch(/^Sunday.*1 March.*09:00$/);
    expect(describeTime(ms, "ar", riyadh.timeZone)).toMatch(/الأحد.*09:00/);
});
