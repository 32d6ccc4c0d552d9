import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ConversationStore } from "../../src/ports.ts";
import type { CaseBook, Postbox, SummaryQueue } from "../../src/staff-ports.ts";
import { exampleTurn } from "./conversation-store.ts";
import {
    eventually,
    ExchangeBench,
    freshChat,
    type OpenExchange,
    replyOf,
} from "./exchange-bench.ts";

type OpenStaffExchange = () => Promise<
    Awaited<ReturnType<OpenExchange>> & {
        readonly store: ConversationStore;
        readonly postbox: Postbox;
        readonly cases: CaseBook;
        readonly summaries: SummaryQueue;
    }
>;

/** What is promised to whoever writes into conversations from outside. */
export function describeStaffPorts(name: string, open: OpenStaffExchange): void {
    type Exchange = Awaited<ReturnType<OpenStaffExchange>>;
    const test = (
        what: string,
        body: (exchange: Exchange, bench: ExchangeBench) => Promise<void>,
    ): void => {
        it(
            what,
            async () => {
                const exchange = await open();
                await ExchangeBench.use(
                    () => Promise.resolve(exchange),
                    (bench) => body(exchange, bench),
                );
            },
            120_000,
        );
    };

    describe(`${name} as a postbox`, () => {
        test("delivers a letter once, after what is there, and changes the conversation with it", async ({
            postbox,
            store,
        }, bench) => {
            const chat = freshChat();
            await bench.reply(chat, "first");
            const letter = {
                id: "a",
                reply: replyOf("from outside"),
                change: { handoff: { code: "K7Q3X", sinceMs: 5 }, turns: [exampleTurn(1)] },
            };
            await postbox.post(chat, letter);
            await postbox.post(chat, letter);
            await postbox.post(chat, { ...letter, id: "b", reply: replyOf("again") });
            const out: string[] = [];
            bench.deliver(async (delivery) => {
                out.push((await delivery.reply())?.reply.text ?? "none");
                return "delivered";
            });
            await eventually(() => out.length === 3);
            expect(out).toEqual(["first", "from outside", "again"]);
            const { turns, handoff } = await store.read(chat);
            expect(handoff).toEqual({ code: "K7Q3X", sinceMs: 5 });
            expect(turns.map(({ text }) => text)).toEqual([
                exampleTurn(1).text,
                exampleTurn(1).text,
            ]);
        });

        test("changes a conversation without a word", async ({ postbox, store }) => {
            const chat = freshChat();
            await postbox.post(chat, {
                id: "a",
                change: { handoff: { code: "A7Q3X", sinceMs: 1 } },
            });
            await postbox.post(chat, { id: "b", change: { handoff: "ended" } });
            await postbox.post(chat, {
                id: "a",
                change: { handoff: { code: "A7Q3X", sinceMs: 1 } },
            });
            expect(await store.readSettings(chat)).toEqual({});
        });

        test("delivers while an answer is being written", async ({ postbox }, bench) => {
            const chat = freshChat();
            const out: string[] = [];
            bench.deliver(async (delivery) => {
                out.push((await delivery.reply())?.reply.text ?? "none");
                return "delivered";
            });
            bench.answer("model", async (turn) => {
                await postbox.post(chat, { id: "a", reply: replyOf("from outside") });
                await turn.commit({ settled: 1, reply: replyOf("answer") });
                return "done";
            });
            await bench.exchange.inbox.accept({
                id: "1",
                conversation: chat,
                receivedAtMs: 1,
                text: "?",
                attachments: [],
            });
            await eventually(() => out.length === 2);
            expect(out.toSorted()).toEqual(["answer", "from outside"]);
        });
    });

    describe(`${name} as a book of cases`, () => {
        test("gives each case a code that leads back to its conversation", async ({ cases }) => {
            const [one, other] = [freshChat(), freshChat()];
            const code = await cases.name(one, "turn 1");
            expect(code).toMatch(/^[A-Z0-9]{5}$/);
            expect(await cases.name(one, "turn 1")).toBe(code);
            expect(await cases.find(code)).toBe(one);
            const codes = [
                code,
                await cases.name(one, "turn 2"),
                await cases.name(other, "turn 1"),
            ];
            expect(new Set(codes).size).toBe(3);
            expect(await cases.find("ZZZZ0")).toBeUndefined();
        });

        test("forgets all codes of a conversation that is erased", async ({ cases }) => {
            const [one, other] = [freshChat(), freshChat()];
            const codes = [await cases.name(one, "1"), await cases.name(one, "2")];
            const kept = await cases.name(other, "1");
            for (const code of [...codes, kept]) await cases.mark(code, 10);
            await cases.mark(codes[0] ?? "", "erased");
            expect(await cases.find(codes[0] ?? "")).toBeUndefined();
            expect(await cases.find(codes[1] ?? "")).toBeUndefined();
            expect((await cases.open()).map(({ code }) => code)).toEqual([kept]);
        });

        test("lists the open ones, oldest first", async ({ cases }) => {
            const [one, other] = [freshChat(), freshChat()];
            const codes = [await cases.name(one, "1"), await cases.name(other, randomUUID())];
            await cases.mark(codes[0] ?? "", 20);
            await cases.mark(codes[1] ?? "", 10);
            await cases.mark("ZZZZ0", 5);
            expect(await cases.open()).toEqual([
                { code: codes[1], conversation: other, sinceMs: 10 },
                { code: codes[0], conversation: one, sinceMs: 20 },
            ]);
            await cases.mark(codes[1] ?? "", "closed");
            expect((await cases.open()).map(({ code }) => code)).toEqual([codes[0]]);
        });
    });

    describe(`${name} as a queue of summaries`, () => {
        test("hands out each case once, also one that was asked for before and one that fails", async ({
            summaries,
        }) => {
            await summaries.ask("K7Q3X");
            await summaries.ask("K7Q3X");
            const stop = new AbortController();
            const out: string[] = [];
            const working = summaries.work(
                (code) => {
                    out.push(code);
                    return Promise.reject(new Error("The model has failed."));
                },
                { signal: stop.signal, finishWithinMs: 1_000 },
            );
            await eventually(() => out.length === 1);
            await summaries.ask("A7Q3X");
            await eventually(() => out.length === 2);
            stop.abort();
            await working;
            expect(out).toEqual(["K7Q3X", "A7Q3X"]);
        });
    });
}
