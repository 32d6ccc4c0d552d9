import * as fc from "fast-check";
import { expect, it } from "vitest";
import { changedHistory, HistoryCache } from "../../../adapters/redis/history-cache.ts";
import type { ConversationKey } from "../../../src/message.ts";
import { textsOf, turnOf } from "../../contracts/exchange-bench.ts";

const key = (number: number): ConversationKey => `web:a:${number}`;
const historyOf = (...texts: string[]) => ({ turns: texts.map(turnOf) });

it("keeps what was used last within its limits", () => {
    const use = fc.record({ chat: fc.nat(5), length: fc.nat(500), forget: fc.boolean() });
    fc.assert(
        fc.property(fc.array(use, { maxLength: 60 }), (uses) => {
            const limits = { conversations: 3, characters: 1_000 };
            const cache = new HistoryCache(limits);
            let known: { chat: number; size: number }[] = [];
            uses.forEach(({ chat, length, forget }, index) => {
                known = known.filter((one) => one.chat !== chat);
                if (forget) cache.forget(key(chat));
                else {
                    const history = historyOf("x".repeat(length));
                    cache.set(key(chat), { version: String(index), history });
                    known.push({ chat, size: length + 100 });
                }
                const size = () => known.reduce((sum, one) => sum + one.size, 0);
                while (known.length > limits.conversations || size() > limits.characters) {
                    known.shift();
                }
                for (let other = 0; other <= 5; other++) {
                    const expected = known.some((one) => one.chat === other);
                    expect(cache.get(key(other)) !== undefined).toBe(expected);
                }
            });
        }),
    );
});

it("changes a history as the store does", () => {
    const before = { ...historyOf("1", "2"), chosenLanguage: "ar" } as const;
    expect(changedHistory(before, undefined, 3)).toBe(before);
    expect(textsOf(changedHistory(before, historyOf("3", "4"), 3))).toEqual(["2", "3", "4"]);
    expect(changedHistory(before, { reset: true, ...historyOf("3") }, 3)).toEqual({
        ...historyOf("3"),
        chosenLanguage: "ar",
    });
    expect(changedHistory(before, { chosenLanguage: "en" }, 3).chosenLanguage).toBe("en");
    expect(changedHistory(before, { chosenLanguage: "automatic" }, 3)).toEqual(historyOf("1", "2"));
});
