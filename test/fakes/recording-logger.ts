import type { Logger } from "../../src/log.ts";

/** One entry of a log. */
export interface LogEntry {
    readonly level: "debug" | "info" | "warn" | "error";
    readonly fields: Readonly<Record<string, unknown>>;
    readonly sentence: string;
}

/** A logger that remembers what was logged, as an administrator would read it. */
export function createRecordingLogger(): Logger & { readonly entries: readonly LogEntry[] } {
    const entries: LogEntry[] = [];
    const record =
        (level: LogEntry["level"]) =>
        (fields: unknown, sentence = ""): void => {
            const plain = JSON.parse(JSON.stringify(fields)) as LogEntry["fields"];
            entries.push({ level, fields: plain, sentence });
        };
    return {
        entries,
        debug: record("debug"),
        info: record("info"),
        warn: record("warn"),
        error: record("error"),
    };
}
