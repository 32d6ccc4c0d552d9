/** What the clinic's people read no more when a case has ended or its conversation is erased. */
import { expect, test } from "vitest";
import { plainText } from "../src/messaging/formatted-text.ts";
import { readMarkdown } from "../src/messaging/read-markdown.ts";
import { summariseCase } from "../src/summarise-case.ts";
import { never, notices } from "./fakes/assembled-parts.ts";
import { patient, StaffBench } from "./fakes/staff-bench.ts";

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
