import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../src/package-root.ts";
import { createTriage } from "../src/safety/triage/create-triage.ts";
import { loadTriageRules } from "../src/safety/triage/load-triage-rules.ts";
import type { TriageRules } from "../src/safety/triage/triage-rules.ts";
import { percentile } from "./percentile.ts";

const rounds = 5;
const targetP99Us = 1_000;
/** What counts as a typical message, in characters. */
const typicalLength = 500;

async function readMessages(root: string): Promise<string[]> {
    const files = ["english", "arabic"].map((language) =>
        readFile(join(root, `test/fixtures/triage/${language}-cases.jsonl`), "utf8"),
    );
    return (await Promise.all(files))
        .flatMap((text) => text.trim().split("\n"))
        .map((line) => (JSON.parse(line) as { readonly text: string }).text)
        .filter((text) => text.length <= typicalLength);
}

/** The same words looked for one by one, as a list of keywords without any context would. */
function createKeywordSearch({ classes }: TriageRules): (text: string) => number {
    const phrases = [
        ...new Set(
            classes.flatMap(({ entries }) =>
                entries.map(({ words }) => words.join(" ").toLowerCase()),
            ),
        ),
    ];
    return (text) => {
        const lower = text.toLowerCase();
        return phrases.filter((phrase) => lower.includes(phrase)).length;
    };
}

/** Microseconds for each message; the first round only warms up. */
function timeUs(messages: readonly string[], work: (text: string) => unknown): number[] {
    const times: number[] = [];
    for (let round = 0; round <= rounds; round++) {
        for (const message of messages) {
            const start = performance.now();
            work(message);
            if (round > 0) times.push((performance.now() - start) * 1_000);
        }
    }
    return times;
}

/**
 * The red-flag screen on messages of at most 500 characters, against a search for its words
 * without any context, and on a hostile megabyte. Prints one JSON line; `ratio` is how many times
 * faster the screen is at the median.
 */
export async function run(): Promise<void> {
    const root = packageRoot();
    const startMs = performance.now();
    const rules = await loadTriageRules(join(root, "rules/triage"));
    const triage = createTriage(rules);
    const prepareMs = performance.now() - startMs;
    const messages = await readMessages(root);
    const ours = timeUs(messages, (text) => triage(text));
    const keywords = timeUs(messages, createKeywordSearch(rules));
    const hostileStart = performance.now();
    triage("chest pain ".repeat(100_000));
    const hostileMs = performance.now() - hostileStart;
    console.log(
        JSON.stringify({
            benchmark: "triage",
            messages: messages.length,
            rules: rules.rules.length,
            prepareMs: Math.round(prepareMs),
            p50Us: Math.round(percentile(ours, 0.5)),
            p99Us: Math.round(percentile(ours, 0.99)),
            targetP99Us,
            keywordsP50Us: Math.round(percentile(keywords, 0.5)),
            ratio: Number((percentile(keywords, 0.5) / percentile(ours, 0.5)).toFixed(2)),
            hostileMegabyteMs: Math.round(hostileMs),
        }),
    );
}
