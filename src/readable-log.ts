import type { Writable } from "node:stream";
import { pino } from "pino";
import type { Logger, LogLevel } from "./log.ts";

/** Where and how people read the log. */
export interface ReadableLogOptions {
    readonly output: Pick<Writable, "write">;
    readonly colours: boolean;
}

const levels: Readonly<Record<string, readonly [name: string, colour: string]>> = {
    debug: ["debug", "\u001B[2m"],
    info: ["info ", "\u001B[36m"],
    warn: ["warn ", "\u001B[33m"],
    error: ["ERROR", "\u001B[31m"],
};
const reset = "\u001B[0m";

/** A logger for people at a terminal: the same entries, one line each, and beneath it what to do. */
export function createReadableLogger(level: LogLevel, options: ReadableLogOptions): Logger {
    const timestamp = (): string => `,"time":${String(Date.now())}`;
    const formatters = { level: (label: string) => ({ level: label }) };
    const stream = {
        write: (line: string) => {
            options.output.write(writeEntry(JSON.parse(line) as Entry, options.colours));
        },
    };
    return pino({ level, base: null, timestamp, formatters }, stream);
}

interface Entry extends Readonly<Record<string, unknown>> {
    readonly level: string;
    readonly time: number;
    readonly msg?: string;
    readonly message?: unknown;
    readonly remedy?: unknown;
}

function writeEntry(
    { level, time, msg, message, remedy, ...fields }: Entry,
    colours: boolean,
): string {
    const [name, colour] = levels[level] ?? [level, ""];
    const shown = colours ? `${colour}${name}${reset}` : name;
    const said = [msg, message].filter((text) => typeof text === "string").join(": ");
    const others = Object.entries(fields).map(([key, value]) => `${key}=${asText(value)}`);
    const lines = [
        [localTime(time), shown, said, ...others].filter((part) => part !== "").join("  "),
        ...(typeof remedy === "string" ? [`          What to do: ${remedy}`] : []),
    ];
    return lines.map((line) => `${line}\n`).join("");
}

function asText(value: unknown): string {
    return typeof value === "string" && /^[\w.:/@-]+$/.test(value) ? value : JSON.stringify(value);
}

function localTime(ms: number): string {
    const time = new Date(ms);
    return [time.getHours(), time.getMinutes(), time.getSeconds()]
        .map((part) => String(part).padStart(2, "0"))
        .join(":");
}
