import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { detectLanguage } from "../../src/language/detect-language.ts";
import type { Language } from "../../src/message.ts";

interface Line {
    readonly text: string;
    readonly expected: string;
    readonly kind: string;
    readonly prior?: Language | null;
}

function read(name: string): Line[] {
    return readFileSync(`test/fixtures/language/${name}.jsonl`, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Line);
}

/** The language asked for, else the one that the line is written in. */
function answer({ text, prior }: Line): string {
    const { switchTo, reading } = detectLanguage(text, {
        ...(prior ? { previous: prior } : {}),
        fallback: "en",
    });
    return switchTo === undefined || switchTo === "automatic" ? reading.language : switchTo;
}

function share(lines: readonly Line[]): number {
    return lines.filter((line) => answer(line) === line.expected).length / lines.length;
}

/** What must be reached on lines that nobody has worked with, by kind; the others: 0.9. */
const leastShares: Readonly<Record<string, number>> = {
    en: 0.98,
    "short-en": 0.95,
    "short-ar": 0.95,
    "ar-msa": 0.98,
    "ar-egy": 0.98,
    "ar-lev": 0.98,
    "ar-glf": 0.98,
    "ar-iq": 0.98,
    "ar-mag": 0.98,
    "ar-sd/ye": 0.98,
    arabizi: 0.92,
    "short-arabizi": 0.92,
    "mixed-ar-en": 0.98,
    fa: 0.99,
    ur: 0.99,
    switch: 0.95,
};

const unseen = read("unseen");

test.each([...new Set(unseen.map(({ kind }) => kind))])("unseen lines of the kind: %s", (kind) => {
    const lines = unseen.filter((line) => line.kind === kind);
    // Never the lines themselves: whoever reads them cannot use them any more.
    expect(share(lines)).toBeGreaterThanOrEqual(leastShares[kind] ?? 0.9);
});

test.each(["unseen", "development"])("all %s lines", (name) => {
    expect(share(read(name))).toBeGreaterThanOrEqual(0.98);
});
