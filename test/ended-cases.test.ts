/** What the clinic's people read no more when a case has ended or its conversation is erased. */
import { describe, expect, test } from "vitest";
import { deliverReply } from "../src/deliver-reply.ts";
import { readCode } from "../src/handoff/case-code.ts";
import { plainText } from "../src/messaging/formatted-text.ts";
import { readMarkdown } from "../src/messaging/read-markdown.ts";
import { summariseCase } from "../src/summarise-case.ts";
import { echo, failing, never, notices } from "./fakes/assembled-parts.ts";
import { createRecordingPlatform } from "./fakes/recording-platform.ts";
import { patient, room, StaffBench } from "./fakes/staff-bench.ts";

const shown = (markdown: string | undefined): string => plainText(readMarkdown(markdown ?? ""));

test.each([
    ["delete", "yes", "erased the conversation"],
    ["reset", "", "started afresh"],
    ["doctor", "back", "gone back to the assistant"],
] as const)(
    "no summary follows when /%s %s comes while the model writes it",
    async (name, argument, said) => {
        const bench: StaffBench = new StaffBench(async ({ messages }) => {
            const isSummary = messages.at(-1)?.text.includes(notices("summary-request", "en"));
            if (!isSummary) return "I see.";
            bench.command(name, argument);
            await bench.answer(patient, bench.desk);
            return "- Headache since Monday";
        });
        await bench.agree();
        bench.write("I have had a headache since Monday.");
        await bench.answer(patient);
        const code = await bench.handOver();
        await summariseCase(code, bench.parts, never);
        expect(bench.model.requests).toHaveLength(2);
        expect((await bench.notes()).map(shown)).toEqual([expect.stringContaining(said) as string]);
    },
);

describe("a note that the room has not got yet", () => {
    /** With a request and a message in the room, both with the patient's words. */
    async function handedOver(): Promise<{ readonly bench: StaffBench; readonly code: string }> {
        const bench = new StaffBench(echo);
        await bench.agree();
        bench.write("I have had a headache since Monday.");
        await bench.answer(patient);
        bench.command("doctor");
        await bench.answer(patient);
        bench.write("Are you there?");
        await bench.answer(patient);
        const { handoff } = await bench.settings();
        return { bench, code: handoff?.code ?? expect.unreachable() };
    }

    async function setAside({ mailboxes }: StaffBench): Promise<void> {
        for (;;) {
            const claimed = mailboxes.claimDelivery(room);
            if (!claimed) return;
            claimed.end("dead");
        }
    }

    function sendAgain({ mailboxes }: StaffBench): void {
        for (const { dead } of mailboxes.dead()) mailboxes.removeDead(dead.id, { resend: true });
    }

    /** What the room reads. */
    async function deliverAll({ mailboxes, parts }: StaffBench): Promise<string[]> {
        const platform = createRecordingPlatform();
        for (;;) {
            const claimed = mailboxes.claimDelivery(room);
            if (!claimed) return platform.texts.map(shown);
            const { delivery } = claimed;
            claimed.end(await deliverReply(delivery, platform, parts, { deliveryGiveUpMs: 0 }));
        }
    }

    const words = [
        expect.stringContaining("headache") as string,
        expect.stringContaining("Are you there?") as string,
    ];

    test("is dropped with what its patient erases, and the erasure is told", async () => {
        const { bench } = await handedOver();
        bench.command("delete", "yes");
        await bench.answer(patient);
        expect(await deliverAll(bench)).toEqual([
            expect.stringContaining("erased the conversation") as string,
        ]);
        expect(await deliverAll(bench)).toEqual([]);
    });

    test("is dropped when it was set aside before the erasure and is sent again", async () => {
        const { bench, code } = await handedOver();
        await setAside(bench);
        await bench.cases.mark(code, "erased");
        sendAgain(bench);
        expect(await deliverAll(bench)).toEqual([]);
    });

    test("reaches it in all other cases, also when the case has ended", async () => {
        const { bench } = await handedOver();
        bench.command("doctor", "back");
        await bench.answer(patient);
        await setAside(bench);
        sendAgain(bench);
        expect(await deliverAll(bench)).toEqual([
            ...words,
            expect.stringContaining("gone back to the assistant") as string,
        ]);
    });

    test("is dropped when its turn had begun before the erasure", async () => {
        const { bench, code } = await handedOver();
        await deliverAll(bench);
        bench.write("One more thing.");
        await bench.cases.mark(code, "erased");
        await bench.answer(patient);
        expect(await deliverAll(bench)).toEqual([]);
    });

    test("has another code when the former one has expired", async () => {
        const bench = new StaffBench(echo);
        await bench.agree();
        const longAgoMs = Date.now() - 31 * 24 * 60 * 60 * 1000;
        const handoff = { code: "AAAAA", sinceMs: longAgoMs, answeredAtMs: longAgoMs };
        await bench.mailboxes.store.update(patient, { handoff });
        bench.command("doctor", "It is back.");
        await bench.answer(patient);
        const notes = await deliverAll(bench);
        expect(notes).toEqual([expect.stringContaining("It is back.") as string]);
        const code = readCode(notes[0] ?? "") ?? "";
        expect(await bench.cases.find(code)).toBe(patient);
        expect((await bench.settings()).handoff?.code).toBe(code);
    });

    test("waits while nobody can say whether its patient's words are erased", async () => {
        const { bench } = await handedOver();
        const cases = failing(bench.cases, "find", 1);
        const parts = { ...bench.parts, staff: { ...bench.parts.staff, cases } };
        const claimed = bench.mailboxes.claimDelivery(room) ?? expect.unreachable();
        const platform = createRecordingPlatform();
        const settings = { deliveryGiveUpMs: 3_600_000 };
        const end = await deliverReply(claimed.delivery, platform, parts, settings);
        expect(end).toMatchObject({ againInMs: expect.any(Number) as number });
        expect(platform.texts).toEqual([]);
        claimed.end({ againInMs: 0 });
        expect(await deliverAll(bench)).toEqual(words);
    });
});
