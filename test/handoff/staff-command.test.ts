import { describe, expect, test } from "vitest";
import { readCode } from "../../src/handoff/case-code.ts";
import { readStaffMessage } from "../../src/handoff/staff-command.ts";

const note = "#K7Q3X · A patient asks for a person.\n\nPlatform: Telegram";

describe("what the clinic's people mean", () => {
    test.each([
        [
            "I will call you at four.",
            note,
            { kind: "answer", code: "K7Q3X", text: "I will call you at four." },
        ],
        [
            "I will call you at four.",
            undefined,
            { kind: "answer", text: "I will call you at four." },
        ],
        [
            "/reply #K7Q3X  Come at four.\nBring the film.",
            undefined,
            { kind: "answer", code: "K7Q3X", text: "Come at four.\nBring the film." },
        ],
        ["/reply k7q3x yes", undefined, { kind: "answer", code: "K7Q3X", text: "yes" }],
        [
            "/reply@night_clinic_bot #A7Q3X yes",
            note,
            { kind: "answer", code: "A7Q3X", text: "yes" },
        ],
        ["/reply yes", note, { kind: "answer", code: "K7Q3X", text: "yes" }],
        ["/done", note, { kind: "done", code: "K7Q3X" }],
        ["/done Thank you", note, { kind: "done", code: "K7Q3X" }],
        ["/done #A7Q3X", note, { kind: "done", code: "A7Q3X" }],
        [
            "/reply 500mg twice a day",
            note,
            { kind: "answer", code: "K7Q3X", text: "500mg twice a day" },
        ],
        ["/DONE #A7Q3X", undefined, { kind: "done", code: "A7Q3X" }],
        ["/done", undefined, { kind: "done" }],
        ["/open", undefined, { kind: "open" }],
        [
            "/opening hours are on the door",
            note,
            { kind: "answer", code: "K7Q3X", text: "/opening hours are on the door" },
        ],
    ])("%j", (text, quoted, meant) => {
        expect(readStaffMessage(text, quoted)).toEqual(meant);
    });
});

describe("a code", () => {
    test("counts at the beginning of a note alone: a patient must not name another's case", () => {
        expect(readCode("\u200F#K7Q3X · …")).toBe("K7Q3X");
        expect(readCode("📣 #K7Q3X: #A7Q3X")).toBe("K7Q3X");
        expect(readCode("They write: #K7Q3X")).toBeUndefined();
        expect(readCode("#K7Q3XX")).toBeUndefined();
        expect(readCode("#K7Q3")).toBeUndefined();
        expect(readCode("")).toBeUndefined();
    });
});
