import { describe, expect, it } from "vitest";
import { AppError } from "../../src/errors.ts";
import type { InboundMessage } from "../../src/message.ts";
import { latch, never, type PlatformBench, type PlatformRun } from "./platform-bench.ts";

const picture = Uint8Array.from({ length: 3_000 }, (_, index) => index % 251);

/** What every platform promises about `run` and `download`. */
export function describeReceiving(current: () => PlatformBench): void {
    describe("receiving", () => {
        it("hands over a text, whole, with its time and conversation", async () => {
            const bench = current();
            const run = bench.start();
            const before = Date.now();
            bench.world.sendText(1, "عندي ألم\nin my chest 🫁");
            bench.world.sendText(2, "hello");
            await bench.world.until(() => run.received.length === 2);
            const [first, second] = run.received.sort((a, b) =>
                a.conversation.localeCompare(b.conversation),
            );
            expect(first?.text).toBe("عندي ألم\nin my chest 🫁");
            expect(first?.attachments).toEqual([]);
            expect(Math.abs((first?.receivedAtMs ?? 0) - before)).toBeLessThan(60_000);
            expect(first?.conversation).toMatch(
                new RegExp(`^${bench.world.platform.name}:[^:]+:[^:]+$`),
            );
            expect(second?.conversation).not.toBe(first?.conversation);
            expect(JSON.parse(JSON.stringify(first))).toEqual(first);
        });

        it("hands over a picture with its words, and downloads it", async () => {
            const bench = current();
            const run = bench.start();
            bench.world.sendImage(1, picture, "ما هذا؟");
            await bench.world.until(() => run.received.length === 1);
            const [message] = run.received;
            expect(message?.text).toBe("ما هذا؟");
            expect(message?.attachments).toHaveLength(1);
            const [attachment] = message?.attachments ?? [];
            if (!attachment) throw new Error("There is no attachment.");
            expect(attachment.kind).toBe("image");
            const bytes = await bench.world.platform.download(attachment, 3_000, never);
            expect(Buffer.from(bytes).equals(picture)).toBe(true);
            await expect(
                bench.world.platform.download(attachment, 2_999, never),
            ).rejects.toMatchObject({ code: "attachment-too-large" });
            // Nobody needs to state a size correctly: what counts is what comes.
            const { byteSize: _stated, ...unstated } = attachment;
            await expect(
                bench.world.platform.download(unstated, 2_999, never),
            ).rejects.toMatchObject({ code: "attachment-too-large" });
            await expect(
                bench.world.platform.download({ kind: "image", id: "gone" }, 3_000, never),
            ).rejects.toMatchObject({ code: "attachment-unavailable" });
            await expect(
                bench.world.platform.download(attachment, 3_000, AbortSignal.abort()),
            ).rejects.toMatchObject({ code: "aborted" });
        });

        it("hands over what cannot be read, so that the patient gets an answer", async () => {
            const bench = current();
            const run = bench.start();
            bench.world.sendVoice(1);
            await bench.world.until(() => run.received.length === 1);
            expect(run.received[0]?.text).toBe("");
            expect(run.received[0]?.attachments.map(({ kind }) => kind)).toEqual(["other"]);
        });

        it("hands over the assistant's message that is replied to", async () => {
            const bench = current();
            await bench.finish(1, { text: "The **left** lung.", language: "en" });
            const run = bench.runs[0] as PlatformRun;
            bench.world.replyToLatest(1, "Why left?");
            await bench.world.until(() => run.received.length === 2);
            expect(run.received[1]?.text).toBe("Why left?");
            expect(run.received[1]?.quoted).toEqual({
                text: "The left lung.",
                fromAssistant: true,
            });
        });

        it("reads commands", async () => {
            const bench = current();
            const run = bench.start();
            for (const text of ["/start", "/help", "/reset", "/language العربية", "/etc/hosts"]) {
                bench.world.sendText(1, text);
            }
            await bench.world.until(() => run.received.length === 5);
            expect(run.received.map(({ command }) => command)).toEqual([
                { name: "start", argument: "" },
                { name: "help", argument: "" },
                { name: "reset", argument: "" },
                { name: "language", argument: "العربية" },
                undefined,
            ]);
            expect(run.received[4]?.text).toBe("/etc/hosts");
        });

        it("keeps the order within a conversation, and lets none wait for another", async () => {
            const bench = current();
            const hold = latch();
            const order: string[] = [];
            const run = bench.start(async ({ text }) => {
                order.push(`${text} begins`);
                if (text === "slow") await hold.opened;
                order.push(`${text} ends`);
            });
            bench.world.sendText(1, "slow");
            bench.world.sendText(1, "after");
            bench.world.sendText(2, "other");
            await bench.world.until(() => run.texts().includes("other"));
            expect(order).not.toContain("after begins");
            hold.open();
            await bench.world.until(() => run.received.length === 3);
            expect(order.filter((step) => !step.startsWith("other"))).toEqual([
                "slow begins",
                "slow ends",
                "after begins",
                "after ends",
            ]);
        });

        it("shows each message at once, also while earlier ones of its conversation wait", async () => {
            const bench = current();
            const hold = latch();
            const seen: InboundMessage[] = [];
            const run = bench.start(
                () => hold.opened,
                (message) => void seen.push(message),
            );
            for (const text of ["slow", "after"]) bench.world.sendText(1, text);
            await bench.world.until(() => seen.length === 2);
            expect(run.received).toEqual([]);
            hold.open();
            await bench.world.until(() => run.received.length === 2);
            expect(seen).toEqual(run.received);
        });

        it("hands over again, in order, what could not be taken", async () => {
            const bench = current();
            let failures = 3;
            const run = bench.start(() => {
                failures -= 1;
                if (failures < 0) return Promise.resolve();
                return Promise.reject(
                    new AppError("store-unavailable", "Redis is away.", { retryable: true }),
                );
            });
            const texts = ["one", "two", "three"];
            for (const text of texts) bench.world.sendText(1, text);
            await bench.world.until(() => run.received.length === 3);
            expect(run.texts()).toEqual(texts);
        });

        it("hands over once what arrives twice", async () => {
            const bench = current();
            const run = bench.start();
            bench.world.sendText(1, "once");
            await bench.world.until(() => run.received.length === 1);
            bench.world.repeatLatest();
            bench.world.sendText(1, "later");
            await bench.world.until(() => run.texts().includes("later"));
            expect(run.texts()).toEqual(["once", "later"]);
        });

        it("loses nothing at a stop: what was not taken comes at the next start", async () => {
            const bench = current();
            const stopping = latch();
            const first = bench.start(async ({ text }) => {
                if (text === "taken") return;
                await stopping.opened;
                throw new AppError("aborted", "The machine is stopped.");
            });
            bench.world.sendText(1, "taken");
            await bench.world.until(() => first.received.length === 1);
            bench.world.sendText(1, "open");
            const stopped = first.stop();
            stopping.open();
            await stopped;
            bench.world.sendText(1, "sent meanwhile");
            const second = bench.start();
            await bench.world.until(() => second.received.length === 2);
            expect(second.texts()).toEqual(["open", "sent meanwhile"]);
        });
    });
}
