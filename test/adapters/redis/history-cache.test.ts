import * as fc from "fast-check";
import { expect, it, vi } from "vitest";
import { openConversationQueue } from "../../../adapters/redis/conversation-queue.ts";
import { changedHistory, HistoryCache } from "../../../adapters/redis/history-cache.ts";
import type { ConversationKey } from "../../../src/message.ts";
import {
    eventually,
    freshChat,
    messageIn,
    Shift,
    textsOf,
    turnOf,
} from "../../contracts/exchange-bench.ts";
import { quickTimings } from "../../setup/queue.ts";
import { startTestRedis } from "../../setup/redis.ts";
import { clinicDataOn } from "./clinic-data.ts";
import { mailboxOn } from "./mailbox-cases.ts";

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

it("holds nothing of a conversation that its patient has erased, in whichever process", async () => {
    const redis = await startTestRedis();
    const remembered = vi.spyOn(HistoryCache.prototype, "set");
    const { limits, data } = await clinicDataOn(redis);
    // Else the look for forgotten conversations, at the start, may call the model for the command.
    await redis.client.set(`${limits.keyPrefix}{fleet}:rescue`, "1");
    const mailbox = mailboxOn(redis, limits);
    const open = async () => {
        const options = { ...limits, quietMs: 0, atMostMs: 0, timings: quickTimings };
        return await openConversationQueue(redis.handle, options);
    };
    const [worker, adapter] = await Promise.all([open(), open()]);
    const chat = freshChat();
    const isHeld = (): boolean =>
        remembered.mock.contexts.some(
            (cache) => cache instanceof HistoryCache && cache.get(chat)?.history.turns.length,
        );
    const shifts = [
        new Shift((options) =>
            worker.turns.work(
                "model",
                async (turn) => {
                    await turn.commit({ settled: 1, change: historyOf("My secret") });
                    return "done";
                },
                options,
            ),
        ),
        new Shift((options) =>
            adapter.turns.work(
                "desk",
                async (turn) => {
                    await data.erase(chat, { turn: turn.id });
                    await turn.commit({ settled: 1, change: { reset: true } });
                    return "done";
                },
                options,
            ),
        ),
    ];
    const isDone = async (): Promise<boolean> => {
        const { waiting, holder } = await mailbox.ripeness(chat);
        return waiting === 0 && holder === undefined;
    };
    await adapter.inbox.accept(messageIn(chat, "1"));
    await eventually(async () => isHeld() && (await isDone()));
    const command = { name: "delete", argument: "yes" } as const;
    await adapter.inbox.accept(messageIn(chat, "2", { command }));
    await eventually(async () => !isHeld() && (await isDone()));
    expect((await data.export(chat))?.turns ?? []).toEqual([]);
    await Promise.all(shifts.map((shift) => shift.end()));
    await Promise.all([worker, adapter].map((queue) => queue.close()));
    await redis.close();
    remembered.mockRestore();
});
