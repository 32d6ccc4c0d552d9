import { readFileSync } from "node:fs";
import type { ReviewSubject } from "../../../src/safety/review/review.ts";

/** The system prompt that ships, filled in. */
const systemPrompt = readFileSync("prompts/system.en.md", "utf8")
    .replace(/^<!--.*-->\n/, "")
    .replace("{clinicName}", "Al Noor Clinic")
    .trim();

/** A finished English answer to a harmless question, changed as a test needs it. */
export function subjectOf(changes: Partial<ReviewSubject>): ReviewSubject {
    return {
        text: "",
        language: "en",
        aboutImage: false,
        disposition: "none",
        instructions: systemPrompt,
        complete: true,
        ...changes,
    };
}
