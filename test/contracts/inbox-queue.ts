import { describe, expect, it } from "vitest";
import {
    eventually,
    ExchangeBench,
    freshChat,
    messageIn,
    type OpenExchange,
} from "./exchange-bench.ts";

/** What every inbox promises that hands messages on to a queue. */
export function describeInboxQueue(name: string, open: OpenExchange): void {
    const test = (what: string, body: (bench: ExchangeBench) => Promise<void>): void => {
        it(what, async () => await ExchangeBench.use(open, body), 120_000);
    };

    describe(`${name} as the queue's inbox`, () => {
        test("accepts a message once, answered or not, and the same id in another chat", async (bench) => {
            const { inbox } = bench.exchange;
            const chat = freshChat();
            expect(await inbox.accept(messageIn(chat, "1"))).toBe("accepted");
            expect(await inbox.accept(messageIn(chat, "1"))).toBe("duplicate");
            expect(await inbox.accept(messageIn(freshChat(), "1"))).toBe("accepted");
            let answers = 0;
            bench.answer("model", async (turn) => {
                if (turn.conversation === chat) answers++;
                await turn.commit({ settled: turn.messages.length });
                return "done";
            });
            await eventually(() => answers === 1);
            expect(await inbox.accept(messageIn(chat, "1"))).toBe("duplicate");
            expect(await inbox.accept(messageIn(chat, "2"))).toBe("accepted");
            await eventually(() => answers === 2);
        });

        test("hands a message on whole", async (bench) => {
            const message = messageIn(freshChat(), "a:1", {
                text: 'two\nlines "quoted" \u0000 \u{1F642} ألم',
                attachments: [{ kind: "other", id: "file:2" }],
                quoted: { text: "before", fromAssistant: true },
                appLanguage: "ar-EG",
            });
            await bench.exchange.inbox.accept(message, { urgent: true });
            const seen: unknown[] = [];
            bench.answer("model", async (turn) => {
                seen.push(...turn.messages.map((waiting) => waiting.message));
                await turn.commit({ settled: turn.messages.length });
                return "done";
            });
            await eventually(() => seen.length === 1);
            expect(seen).toEqual([message]);
        });

        test("lets an edit take the place of what is not answered yet, and tells when it is late", async (bench) => {
            const { inbox } = bench.exchange;
            const chat = freshChat();
            await inbox.accept(messageIn(chat, "1"));
            const edit = messageIn(chat, "1", { text: "corrected", edit: true });
            expect(await inbox.accept(edit)).toBe("replaced");
            const texts: string[] = [];
            bench.answer("model", async (turn) => {
                texts.push(...turn.messages.map(({ message }) => message.text));
                await turn.commit({ settled: turn.messages.length });
                return "done";
            });
            await eventually(() => texts.length === 1);
            expect(texts).toEqual(["corrected"]);
            const later = { ...edit, text: "corrected again" };
            await eventually(async () => (await inbox.accept(later)) === "late");
            expect(await inbox.accept({ ...later, id: "unknown" })).toBe("late");
        });

        test("tells how long the line is", async (bench) => {
            const { inbox } = bench.exchange;
            expect(await inbox.backlog()).toMatchObject({ conversations: 0, waitMs: 0 });
            const chats = [freshChat(), freshChat(), freshChat()];
            for (const chat of chats) await inbox.accept(messageIn(chat, "1"));
            await eventually(async () => (await inbox.backlog()).conversations === 3);
            expect((await inbox.backlog()).waitMs).toBeGreaterThan(0);
            bench.answer("model", async (turn) => {
                await turn.commit({ settled: turn.messages.length });
                return "done";
            });
            await eventually(async () => (await inbox.backlog()).conversations === 0);
        });

        test("wants a long wait to be told once, until the next answer", async (bench) => {
            const { inbox } = bench.exchange;
            const chat = freshChat();
            await inbox.accept(messageIn(chat, "1"));
            expect(await inbox.firstDelayNotice(chat)).toBe(true);
            expect(await inbox.firstDelayNotice(chat)).toBe(false);
            expect(await inbox.firstDelayNotice(freshChat())).toBe(true);
            let committed = 0;
            bench.answer("model", async (turn) => {
                await turn.commit({ settled: turn.messages.length });
                committed++;
                return "done";
            });
            await eventually(() => committed === 1);
            await inbox.accept(messageIn(chat, "2"));
            expect(await inbox.firstDelayNotice(chat)).toBe(true);
        });
    });
}
