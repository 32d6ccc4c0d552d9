import { describe, expect, it } from "vitest";
import { isAppError } from "../../src/errors.ts";
import type { OpenTurn } from "../../src/queue-ports.ts";
import {
    eventually,
    ExchangeBench,
    freshChat,
    gate,
    messageIn,
    replyOf,
    textsOf,
    turnOf,
    type OpenExchange,
} from "./exchange-bench.ts";

/** What every queue of turns promises, with the inbox that fills it. */
export function describeTurnQueue(name: string, open: OpenExchange): void {
    const test = (what: string, body: (bench: ExchangeBench) => Promise<void>): void => {
        it(what, async () => await ExchangeBench.use(open, body), 120_000);
    };

    describe(`${name} as a queue of turns`, () => {
        test("hands out all that waits, once, with what was said before", async (bench) => {
            const chat = freshChat();
            const seen: { ids: string[]; before: string[] }[] = [];
            for (const id of ["1", "2"]) await bench.exchange.inbox.accept(messageIn(chat, id));
            bench.answer("model", async (turn) => {
                const ids = turn.messages.map(({ message }) => message.id);
                seen.push({ ids, before: textsOf(turn.history) });
                await turn.commit({
                    settled: ids.length,
                    change: { turns: [turnOf(ids.join("+"))] },
                });
                return "done";
            });
            await eventually(() => seen.length === 1);
            await bench.exchange.inbox.accept(messageIn(chat, "3"));
            await eventually(() => seen.length === 2);
            expect(seen).toEqual([
                { ids: ["1", "2"], before: [] },
                { ids: ["3"], before: ["1+2"] },
            ]);
        });

        test("hands one conversation to one at a time, and others side by side", async (bench) => {
            const chats = [freshChat(), freshChat()];
            const inHand = new Map<string, number>();
            let most = 0;
            let together = 0;
            const done: string[] = [];
            const handle = async (turn: OpenTurn) => {
                const key = turn.conversation;
                inHand.set(key, (inHand.get(key) ?? 0) + 1);
                most = Math.max(most, inHand.get(key) ?? 0);
                together = Math.max(together, [...inHand.values()].filter(Boolean).length);
                if (together < chats.length) await eventually(() => together === chats.length);
                inHand.set(key, (inHand.get(key) ?? 0) - 1);
                done.push(...turn.messages.map(({ message }) => message.id));
                await turn.commit({ settled: turn.messages.length });
                return "done" as const;
            };
            bench.answer("model", handle);
            bench.answer("model", handle);
            for (let round = 0; round < 5; round++) {
                for (const chat of chats) {
                    await bench.exchange.inbox.accept(messageIn(chat, `${chat} ${round}`));
                }
            }
            await eventually(() => done.length === 10);
            expect(most).toBe(1);
            for (const chat of chats) {
                const order = done.filter((id) => id.startsWith(chat));
                expect(order).toEqual([0, 1, 2, 3, 4].map((round) => `${chat} ${round}`));
            }
        });

        test("hands out again what a turn left over, and what came meanwhile", async (bench) => {
            const chat = freshChat();
            const seen: string[][] = [];
            for (const id of ["1", "2"]) await bench.exchange.inbox.accept(messageIn(chat, id));
            bench.answer("model", async (turn) => {
                if (seen.length === 0) await bench.exchange.inbox.accept(messageIn(chat, "3"));
                seen.push(turn.messages.map(({ message }) => message.id));
                await turn.commit({ settled: 1 });
                return "done";
            });
            await eventually(() => seen.length === 3);
            expect(seen.map(([first]) => first)).toEqual(["1", "2", "3"]);
            expect(seen[0]).toEqual(["1", "2"]);
        });

        test("repeats under the same id what was put off or has failed, as no death", async (bench) => {
            const chat = freshChat();
            const tries: { id: string; deaths: number }[] = [];
            bench.answer("model", async (turn) => {
                tries.push({ id: turn.id, deaths: turn.deaths });
                if (tries.length === 1) return { againInMs: 1 };
                if (tries.length === 2) throw new Error("a handler's fault");
                await turn.commit({ settled: 1 });
                return "done";
            });
            await bench.exchange.inbox.accept(messageIn(chat, "1"));
            await eventually(() => tries.length === 3);
            const [first] = tries;
            expect(tries).toEqual([first, first, first]);
            expect(first?.deaths).toBe(0);
        });

        test("has commands handled at the desk, which passes on what needs a model", async (bench) => {
            const chat = freshChat();
            const handled: string[] = [];
            bench.answer("desk", async (turn) => {
                const command = turn.messages[0]?.message.command;
                handled.push(`desk ${command?.name ?? "words"}`);
                if (command === undefined) return "needs-model";
                await turn.commit({ settled: 1 });
                return "done";
            });
            const help = { name: "help", argument: "" } as const;
            await bench.exchange.inbox.accept(messageIn(chat, "1", { command: help }));
            await eventually(() => handled.length === 1);
            bench.answer("model", async (turn) => {
                handled.push("model words");
                await turn.commit({ settled: turn.messages.length });
                return "done";
            });
            await bench.exchange.inbox.accept(messageIn(chat, "2"));
            await bench.exchange.inbox.accept(messageIn(chat, "3", { command: help }));
            await eventually(() => handled.includes("model words"));
            expect(handled[0]).toBe("desk help");
        });

        for (const how of ["stopped", "changed"] as const) {
            test(`interrupts a running turn that the patient has ${how}`, async (bench) => {
                const chat = freshChat();
                const begun = gate();
                const reasons: unknown[] = [];
                bench.answer("model", async (turn) => {
                    begun.open();
                    const first = reasons.length === 0;
                    if (first) {
                        await new Promise((done) =>
                            turn.signal.addEventListener("abort", done, { once: true }),
                        );
                        reasons.push(turn.signal.reason);
                    }
                    await turn.commit({ settled: turn.messages.length });
                    return "done";
                });
                await bench.exchange.inbox.accept(messageIn(chat, "1"));
                await begun.opened;
                const act =
                    how === "stopped"
                        ? messageIn(chat, "2", { command: { name: "stop", argument: "" } })
                        : messageIn(chat, "1", { text: "other words", edit: true });
                await bench.exchange.inbox.accept(act);
                await eventually(() => reasons.length === 1);
                expect(reasons).toEqual([how]);
            });
        }

        test("settles once, however often a turn is committed", async (bench) => {
            const chat = freshChat();
            const seen: string[] = [];
            for (const id of ["1", "2"]) await bench.exchange.inbox.accept(messageIn(chat, id));
            bench.answer("model", async (turn) => {
                seen.push(turn.id);
                await turn.commit({ settled: 1, change: { turns: [turnOf(turn.id)] } });
                await turn.commit({ settled: 1, change: { turns: [turnOf("twice")] } });
                return "done";
            });
            await eventually(() => seen.length === 2);
            expect(new Set(seen).size).toBe(2);
            await bench.exchange.inbox.accept(messageIn(chat, "3"));
            await eventually(() => seen.length === 3);
        });

        test("hands what an ending process has not committed to another", async (bench) => {
            const chat = freshChat();
            const begun = gate();
            const leaving = bench.answer("model", async (turn) => {
                begun.open();
                await new Promise((done) =>
                    turn.signal.addEventListener("abort", done, { once: true }),
                );
                return { againInMs: 0 };
            });
            await bench.exchange.inbox.accept(messageIn(chat, "1"));
            await begun.opened;
            await leaving.end();
            const taken: number[] = [];
            bench.answer("model", async (turn) => {
                taken.push(turn.deaths);
                await turn.commit({ settled: 1, reply: replyOf("after all") });
                return "done";
            });
            await eventually(() => taken.length === 1);
            expect(taken).toEqual([0]);
        });

        test("lets an ending process finish what it can finish in time", async (bench) => {
            const chat = freshChat();
            const begun = gate();
            const finish = gate();
            let committed = false;
            const leaving = bench.answer("model", async (turn) => {
                begun.open();
                await finish.opened;
                await turn.commit({ settled: 1 }).catch((error: unknown) => {
                    if (!isAppError(error)) throw error;
                });
                committed = true;
                return "done";
            });
            await bench.exchange.inbox.accept(messageIn(chat, "1"));
            await begun.opened;
            const ended = leaving.end();
            finish.open();
            await ended;
            expect(committed).toBe(true);
        });
    });
}
