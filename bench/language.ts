import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { eld } from "eld/extrasmall";
import { franc } from "franc";
import { detectLanguage } from "../src/language/detect-language.ts";
import { packageRoot } from "../src/package-root.ts";
import { percentile } from "./percentile.ts";

interface Line {
    readonly text: string;
    readonly expected: string;
    readonly kind: string;
    readonly prior?: "ar" | "en" | null;
}

/** What a detector makes of a line: `ar`, `en`, `other` or `keep`. */
type Detector = (line: Line) => string;

const rounds = 3;
const warmUpRounds = 2;

/** The whole decision: a request for another language counts as that language. */
const ours: Detector = ({ text, prior }) => {
    const { switchTo, reading } = detectLanguage(text, {
        ...(prior ? { previous: prior } : {}),
        fallback: "en",
    });
    return switchTo === undefined || switchTo === "automatic" ? reading.language : switchTo;
};

/** franc takes every dialect for a language of its own; all of them count as Arabic. */
const arabicCodes = /^(?:arb|ar[qsyz]|a[pj]c|ac[mqw]|aeb|ajp|apd|ary|arz|auz|ayl|ayn)$/;
const plainFranc: Detector = ({ text }) => {
    const code = franc(text);
    if (code === "und") return "keep";
    if (code === "eng") return "en";
    return arabicCodes.test(code) ? "ar" : "other";
};

const plainEld: Detector = ({ text }) => {
    const { language } = eld.detect(text);
    if (language === "") return "keep";
    return language === "ar" || language === "en" ? language : "other";
};

const scriptOnly: Detector = ({ text }) => {
    const arabic = text.match(/(?=\p{L})\p{Script=Arabic}/gu)?.length ?? 0;
    const latin = text.match(/(?=\p{L})\p{Script=Latin}/gu)?.length ?? 0;
    const letters = text.match(/\p{L}/gu)?.length ?? 0;
    if (letters === 0) return "keep";
    if (letters > 2 * (arabic + latin)) return "other";
    return arabic >= latin ? "ar" : "en";
};

const detectors = { ours, franc: plainFranc, eld: plainEld, script: scriptOnly };

async function readLines(path: string): Promise<Line[]> {
    const text = await readFile(path, "utf8");
    return text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Line);
}

function accuracy(lines: readonly Line[], detect: Detector): number {
    const right = lines.filter((line) => detect(line) === line.expected).length;
    return Number(((100 * right) / lines.length).toFixed(1));
}

/** Microseconds for each line. */
function timeUs(lines: readonly Line[], detect: Detector): number[] {
    const times: number[] = [];
    for (let round = 0; round < warmUpRounds + rounds; round++) {
        for (const line of lines) {
            const start = performance.now();
            detect(line);
            if (round >= warmUpRounds) times.push((performance.now() - start) * 1_000);
        }
    }
    return times;
}

function mean(values: readonly number[]): number {
    return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Milliseconds for a megabyte of what is meant to be slow. */
function hostileMs(): Readonly<Record<string, number>> {
    const texts = {
        latin: "a".repeat(1_000_000),
        arabic: "ا".repeat(1_000_000),
        marks: "a\u0301\u202E".repeat(300_000),
        digits: "3a".repeat(500_000),
        request: "in english ".repeat(90_000),
        ligature: "\uFDFA".repeat(1_000_000),
    };
    return Object.fromEntries(
        Object.entries(texts).map(([name, text]) => {
            const start = performance.now();
            detectLanguage(text, { fallback: "en" });
            return [name, Number((performance.now() - start).toFixed(1))];
        }),
    );
}

function table(lines: readonly Line[]): void {
    const kinds = [...new Set(lines.map(({ kind }) => kind))].sort();
    const row = (name: string, of: readonly Line[]): string =>
        [
            name.padEnd(24),
            String(of.length).padStart(5),
            ...Object.values(detectors).map((detect) =>
                accuracy(of, detect).toFixed(1).padStart(7),
            ),
        ].join(" ");
    console.log(
        `${"kind".padEnd(24)} lines ${Object.keys(detectors)
            .map((name) => name.padStart(7))
            .join(" ")}`,
    );
    for (const kind of kinds)
        console.log(
            row(
                kind,
                lines.filter((line) => line.kind === kind),
            ),
        );
    console.log(row("all", lines));
}

/**
 * The language decision beside plain franc, eld and the script alone, for each kind of sentence.
 * Prints a table and one JSON line for each set; `ratio` is how much sooner we are than franc.
 * `BIMEDIX2_LANGUAGE_LINES` names another file of JSON lines.
 */
export async function run(): Promise<void> {
    const folder = join(packageRoot(), "test/fixtures/language");
    const named = process.env["BIMEDIX2_LANGUAGE_LINES"];
    const files = named
        ? [named]
        : ["development", "unseen", "unseen-switch"].map((name) => join(folder, `${name}.jsonl`));
    for (const file of files) {
        const lines = await readLines(file);
        table(lines);
        const times = Object.fromEntries(
            Object.entries(detectors).map(([name, detect]) => [name, timeUs(lines, detect)]),
        );
        console.log(
            JSON.stringify({
                benchmark: "language",
                lines: lines.length,
                accuracy: Object.fromEntries(
                    Object.entries(detectors).map(([name, detect]) => [
                        name,
                        accuracy(lines, detect),
                    ]),
                ),
                meanUs: Object.fromEntries(
                    Object.entries(times).map(([name, of]) => [name, Math.round(mean(of))]),
                ),
                p99Us: Math.round(percentile(times["ours"] ?? [], 0.99)),
                targetUs: 100,
                ratio: Number((mean(times["franc"] ?? []) / mean(times["ours"] ?? [])).toFixed(2)),
                hostileMegabyteMs: hostileMs(),
            }),
        );
    }
}
