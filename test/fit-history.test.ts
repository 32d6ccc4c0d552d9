import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitHistory, type HistoryToFit } from "../src/fit-history.ts";

/** Turns that alternate, beginning and ending with the user's. */
function talk(lengths: readonly number[]): HistoryToFit["turns"] {
    return lengths.map((tokens, index) => ({
        role: index % 2 === 0 ? "user" : "assistant",
        tokens,
    }));
}

const room = { fixedTokens: 20, contextTokens: 500, answerTokens: 100 };

describe("fitHistory", () => {
    it("keeps all that fits", () => {
        expect(fitHistory({ ...room, turns: talk([100, 100, 100, 50, 30]) })).toBe(0);
    });

    it("drops whole exchanges, in steps of a quarter of the room", () => {
        expect(fitHistory({ ...room, turns: talk([20, 20, 30, 30, 100, 100, 110]) })).toBe(4);
    });

    it("never lets the history begin with the assistant", () => {
        const greeting = [{ role: "assistant" as const, tokens: 10 }, ...talk([10, 10, 10])];
        expect(fitHistory({ ...room, turns: greeting })).toBe(1);
    });

    it("gives a long last message what the answer can spare, and no more", () => {
        expect(fitHistory({ ...room, turns: talk([90, 90, 410]) })).toBe(2);
        const tooLong = { ...room, turns: talk([90, 90, 430]) };
        expect(() => fitHistory(tooLong)).toThrow(
            expect.objectContaining({ code: "prompt-too-long" }),
        );
    });

    const histories = fc.record({
        fixedTokens: fc.integer({ min: 1, max: 60 }),
        contextTokens: fc.integer({ min: 300, max: 2000 }),
        answerTokens: fc.integer({ min: 1, max: 3000 }),
        lengths: fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 80 }),
    });

    it("always leaves room for the answer, and the user's messages whole", () => {
        fc.assert(
            fc.property(histories, ({ lengths, ...limits }) => {
                const turns = talk(lengths.length % 2 === 1 ? lengths : [...lengths, 9]);
                const dropped = fitHistory({ ...limits, turns });
                const kept = turns.slice(dropped);
                const tokens = kept.reduce((sum, turn) => sum + turn.tokens, limits.fixedTokens);
                const answer = Math.min(limits.answerTokens, Math.floor(limits.contextTokens / 2));
                expect(kept[0]?.role).toBe("user");
                expect(tokens + answer).toBeLessThanOrEqual(limits.contextTokens);
            }),
        );
    });

    it("lets a growing conversation begin alike most of the time", () => {
        const turns: HistoryToFit["turns"][number][] = [];
        const beginnings: number[] = [];
        for (let turn = 0; turn < 200; turn++) {
            turns.push({ role: "user", tokens: 10 });
            beginnings.push(fitHistory({ ...room, turns }));
            turns.push({ role: "assistant", tokens: 10 });
        }
        // 3,980 tokens in steps of 100
        expect(new Set(beginnings).size).toBeLessThanOrEqual(40);
        expect(beginnings).toEqual(beginnings.toSorted((a, b) => a - b));
    });
});
