import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { never, type PlatformBench, type PlatformRun } from "./platform-bench.ts";

/** What every platform promises about `startReply`. */
export function describeReplying(current: () => PlatformBench): void {
    describe("replying", () => {
        it("shows formatting, and no marks", async () => {
            const bench = current();
            const [message, ...more] = await bench.finish(1, {
                text: "# Findings\n\n- the **left** lung\n- 3 < 5 & <b>\n\n```\nx = 1\n```",
                language: "en",
            });
            expect(more).toEqual([]);
            expect(message?.text).toMatch(/left lung/);
            expect(message?.text).toMatch(/3 < 5 & <b>/);
            expect(message?.text).not.toMatch(/\*\*|```|^#/);
            expect(message?.bold).toContain("left");
        });

        it("sends a long Arabic answer in parts that end with sentences and run from the right", async () => {
            const bench = current();
            const sentence = "MRI هو فحص بالرنين المغناطيسي، ولا يستخدم **الأشعة** السينية؟ ";
            const text = Array.from({ length: 12 }, () => sentence.repeat(12).trim()).join("\n\n");
            const messages = await bench.finish(1, { text, language: "ar" });
            expect(messages.length).toBe(Math.ceil(text.length / bench.world.maxMessageUnits));
            expect(bare(messages.map((message) => message.text).join(""))).toBe(bare(text));
            for (const message of messages) {
                expect(message.text.length).toBeLessThanOrEqual(bench.world.maxMessageUnits);
                expect(message.text.trimEnd()).toMatch(/؟$/);
                expect(message.bold).toContain("الأشعة");
                for (const line of message.text.split("\n")) {
                    const first = /[\p{L}\u200F]/u.exec(line)?.[0] ?? "\u200F";
                    expect(first).toMatch(/[\u200F\p{Script=Arabic}]/u);
                }
            }
        });

        it("replaces the growing answer by the complete one", async () => {
            const bench = current();
            const to = await bench.openChat(1);
            const writer = bench.world.platform.startReply(to);
            const text = "The picture shows the **left** lung. It looks normal.";
            for (let end = 5; end < text.length; end += 5) {
                writer.show(text.slice(0, end));
                await sleep(3);
            }
            await writer.finish({ text, language: "en" }, never);
            writer.show("too late");
            await sleep(50);
            expect(bench.world.seen(1).map((message) => message.text)).toEqual([
                "The picture shows the left lung. It looks normal.",
            ]);
        });

        it("shows typing until the answer is out", async () => {
            const bench = current();
            const to = await bench.openChat(1);
            const writer = bench.world.platform.startReply(to);
            await bench.world.until(() => bench.world.typings(1) >= 2);
            await writer.finish({ text: "Yes.", language: "en" }, never);
            await expectNoTyping(bench);
        });

        it("leaves nothing of an answer that is abandoned", async () => {
            const bench = current();
            const to = await bench.openChat(1);
            const writer = bench.world.platform.startReply(to);
            writer.show("I think that");
            await bench.world.until(() => bench.world.typings(1) >= 2);
            await writer.abandon();
            await expectNoTyping(bench);
            expect(bench.world.seen(1)).toEqual([]);
        });

        it("can be abandoned again, and after it could not be delivered", async () => {
            const bench = current();
            const to = await bench.openChat(1);
            const twice = bench.world.platform.startReply(to);
            twice.show("I think that");
            await twice.abandon();
            await twice.abandon();
            const failed = bench.world.platform.startReply(to);
            failed.show("I think that");
            bench.world.setOutage(true);
            await expect(
                failed.finish({ text: "Yes.", language: "en" }, never),
            ).rejects.toMatchObject({ code: "platform-unavailable" });
            bench.world.setOutage(false);
            await failed.abandon();
            await failed.abandon();
            await expectNoTyping(bench);
            expect(bench.world.seen(1)).toEqual([]);
        });

        it("says so when the patient cannot be reached", async () => {
            const bench = current();
            const to = await bench.openChat(1);
            bench.world.block(1);
            const writer = bench.world.platform.startReply(to);
            writer.show("I think");
            await expect(
                writer.finish({ text: "Yes.", language: "en" }, never),
            ).rejects.toMatchObject({ code: "patient-unreachable", retryable: false });
        });

        it("delivers once when sending works again", async () => {
            const bench = current();
            const to = await bench.openChat(1);
            const writer = bench.world.platform.startReply(to);
            const reply = { text: "word ".repeat(2_000), language: "en" } as const;
            bench.world.setOutage(true);
            await expect(writer.finish(reply, never)).rejects.toMatchObject({
                code: "platform-unavailable",
                retryable: true,
            });
            bench.world.setOutage(false);
            await writer.finish(reply, never);
            const shown = bench.world.seen(1).map((message) => message.text.trim());
            expect(shown.join(" ").split(/\s+/)).toHaveLength(2_000);
        });

        it("stops delivering when it is told to, and leaves no half", async () => {
            const bench = current();
            const to = await bench.openChat(1);
            bench.world.setOutage(true);
            const stopping = new AbortController();
            const writer = bench.world.platform.startReply(to);
            const finished = writer.finish({ text: "Yes.", language: "en" }, stopping.signal);
            stopping.abort();
            await expect(finished).rejects.toMatchObject({ code: "aborted" });
            bench.world.setOutage(false);
            expect(bench.world.seen(1)).toEqual([]);
        });

        it("offers choices, where the platform can", async () => {
            const bench = current();
            if (bench.world.press === undefined) return;
            await bench.finish(1, {
                text: "Which language?",
                language: "en",
                choices: [
                    { label: "العربية", command: { name: "language", argument: "ar" } },
                    { label: "English", command: { name: "language", argument: "en" } },
                ],
            });
            const run = bench.runs[0] as PlatformRun;
            expect(bench.world.seen(1)[0]?.buttons).toEqual(["العربية", "English"]);
            bench.world.press(1, "العربية");
            await bench.world.until(() => run.received.length === 2);
            expect(run.received[1]?.command).toEqual({ name: "language", argument: "ar" });
            expect(run.received[1]?.conversation).toBe(run.received[0]?.conversation);
            expect(run.received[1]?.id).not.toBe(run.received[0]?.id);
        });
    });
}

async function expectNoTyping({ world }: PlatformBench): Promise<void> {
    // A request that was cancelled on its way may still arrive.
    const typings = (): number => world.typings(1);
    const isQuiet = async (): Promise<boolean> => {
        const before = typings();
        await sleep(100);
        return typings() === before;
    };
    await expect.poll(isQuiet).toBe(true);
}

/** The words, without what platforms may change. */
function bare(text: string): string {
    return text.replaceAll(/[\s*\u200E\u200F]/g, "");
}
