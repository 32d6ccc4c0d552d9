import { describe, expect, it } from "vitest";
import {
    account,
    eventually,
    ExchangeBench,
    freshChat,
    gate,
    messageIn,
    replyOf,
    type OpenExchange,
} from "./exchange-bench.ts";

/** What every outbox promises, with the queue of turns that fills it. */
export function describeOutbox(name: string, open: OpenExchange): void {
    const test = (what: string, body: (bench: ExchangeBench) => Promise<void>): void => {
        it(what, async () => await ExchangeBench.use(open, body), 120_000);
    };

    describe(`${name} as an outbox`, () => {
        test("hands out the replies of its account, each once, in order", async (bench) => {
            const chat = freshChat();
            await bench.reply(chat, "one", "two", "three");
            const out: unknown[] = [];
            bench.deliver(async () => {
                out.push("somebody else's");
                return "delivered";
            }, "telegram:other");
            bench.deliver(async (delivery) => {
                const committed = await delivery.reply();
                out.push([delivery.to.conversation, committed?.reply.text]);
                return "delivered";
            });
            await eventually(() => out.length === 3);
            await bench.reply(chat, "four");
            await eventually(() => out.length === 4);
            expect(out).toEqual(["one", "two", "three", "four"].map((text) => [chat, text]));
        });

        test("shows a reply while it is being written", async (bench) => {
            const chat = freshChat();
            const watched = gate();
            const shown: string[] = [];
            const out: unknown[] = [];
            bench.deliver(async (delivery) => {
                delivery.onProgress((text) => shown.push(text));
                watched.open();
                const committed = await delivery.reply();
                out.push([delivery.id, committed?.reply]);
                return "delivered";
            });
            const ids: string[] = [];
            bench.answer("model", async (turn) => {
                ids.push(turn.id);
                await watched.opened;
                // The news may be lost on a bad line; what was lost is said again.
                await eventually(() => {
                    turn.show("Half an");
                    return shown.length > 0;
                });
                await turn.commit({ settled: 1, reply: replyOf("Half an answer."), replyTo: "1" });
                return "done";
            });
            await bench.exchange.inbox.accept(messageIn(chat, "1"));
            await eventually(() => out.length === 1);
            expect(shown[0]).toBe("Half an");
            expect(out).toEqual([[ids[0], replyOf("Half an answer.")]]);
        });

        test("tells a delivery that has begun when there will be no reply", async (bench) => {
            const chat = freshChat();
            const watched = gate();
            const out: unknown[] = [];
            bench.deliver(async (delivery) => {
                watched.open();
                out.push(await delivery.reply());
                return "delivered";
            });
            bench.answer("model", async (turn) => {
                await watched.opened;
                await turn.commit({ settled: 1 });
                return "done";
            });
            await bench.exchange.inbox.accept(messageIn(chat, "1"));
            await eventually(() => out.length === 1);
            expect(out).toEqual([undefined]);
        });

        test("tries again with the journal, while later replies wait", async (bench) => {
            const chat = freshChat();
            await bench.reply(chat, "one", "two");
            const out: unknown[] = [];
            bench.deliver(async (delivery) => {
                const committed = await delivery.reply();
                out.push([committed?.reply.text, delivery.journal.state]);
                if (out.length > 1) return "delivered";
                await delivery.journal.save({ sent: [7] });
                return { againInMs: 10 };
            });
            await eventually(() => out.length === 3);
            expect(out).toEqual([
                ["one", undefined],
                ["one", { sent: [7] }],
                ["two", undefined],
            ]);
        });

        test("tries again after a fault, and goes on after what is dropped", async (bench) => {
            const chat = freshChat();
            await bench.reply(chat, "one", "two");
            const out: (string | undefined)[] = [];
            bench.deliver(async (delivery) => {
                out.push((await delivery.reply())?.reply.text);
                if (out.length === 1) throw new Error("a deliverer's fault");
                return out.length === 2 ? "dropped" : "delivered";
            });
            await eventually(() => out.length === 3);
            expect(out).toEqual(["one", "one", "two"]);
        });

        test("sets dead replies aside until they are sent again or discarded", async (bench) => {
            const { outbox, deadLetters } = bench.exchange;
            const chats = [freshChat(), freshChat()];
            for (const chat of chats) await bench.reply(chat, `to ${chat}`);
            const out: (string | undefined)[] = [];
            let reachable = false;
            bench.deliver(async (delivery) => {
                const committed = await delivery.reply();
                if (!reachable) return "dead";
                out.push(committed?.reply.text);
                return "delivered";
            });
            await eventually(async () => (await outbox.dead()).length === 2);
            reachable = true;
            const dead = await outbox.dead();
            expect(dead.map((one) => one.account)).toEqual([account, account]);
            expect(JSON.stringify(dead)).not.toContain(chats[0]?.split(":")[2]);
            const [first, second] = dead.map(({ id }) => id) as [string, string];
            const texts = [await deadLetters.open(first), await deadLetters.open(second)];
            const expected = new Set(chats.map((chat) => `to ${chat}`));
            expect(new Set(texts.map((reply) => reply?.text))).toEqual(expected);
            expect((await outbox.dead()).length).toBe(2);
            expect(await outbox.discard(first)).toBe(true);
            expect(await deadLetters.open(first)).toBeUndefined();
            await eventually(() => outbox.resend(second));
            await eventually(() => out.length === 1);
            expect(await outbox.dead()).toEqual([]);
            expect(await outbox.resend(first)).toBe(false);
            expect(await outbox.discard(second)).toBe(false);
            expect(await outbox.resend("nobody's")).toBe(false);
        });

        test("hands what an ending process was delivering to another", async (bench) => {
            const chat = freshChat();
            const begun = gate();
            const leaving = bench.deliver(async (delivery) => {
                await delivery.journal.save("begun");
                begun.open();
                // Rejects with the end of the shift: until then there is no reply.
                await delivery.reply();
                return "delivered";
            });
            const commit = gate();
            bench.answer("model", async (turn) => {
                await commit.opened;
                await turn.commit({ settled: 1, reply: replyOf("late") });
                return "done";
            });
            await bench.exchange.inbox.accept(messageIn(chat, "1"));
            await begun.opened;
            await leaving.end();
            const out: unknown[] = [];
            bench.deliver(async (delivery) => {
                commit.open();
                out.push([delivery.journal.state, (await delivery.reply())?.reply.text]);
                return "delivered";
            });
            await eventually(() => out.length === 1);
            expect(out).toEqual([["begun", "late"]]);
        });
    });
}
