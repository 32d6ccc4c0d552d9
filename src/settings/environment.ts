import { join } from "node:path";
import { parseEnv } from "node:util";
import { z } from "zod";
import type { LogLevel } from "../log.ts";
import { type Fault, nearest, type Place } from "./faults.ts";
import { isShowable, telegramTokenPattern } from "./secrets.ts";
import { readTextFile } from "./text-file.ts";

const logLevels = ["silent", "error", "warn", "info", "debug"] as const satisfies LogLevel[];

const token =
    "a bot token like 123456789:AAExample-35-letters-digits-and-signs; copy it again from @BotFather in Telegram";
const apiRoot = "the address of a Bot API server, like http://localhost:8081";
const redisUrl = "the address of a Redis server, like redis://localhost:6379 or rediss://…";
const keyPrefix = "at most 40 letters, digits or the signs : - _ . like clinic1:";

/** What stands for a variable that is not set. */
export const environmentDefaults = {
    TELEGRAM_API_ROOT: "https://api.telegram.org",
    REDIS_KEY_PREFIX: "bimedix2:",
    BIMEDIX2_DATA_FOLDER: "data",
    BIMEDIX2_LOG_LEVEL: "info",
} as const;

/** Every variable that the product reads, and what it accepts. The error texts never quote. */
export const environmentSchema = z.object({
    TELEGRAM_BOT_TOKEN: z.string().regex(telegramTokenPattern, token).optional(),
    TELEGRAM_API_ROOT: z
        .string()
        .refine((text) => isAddress(text, "http:", "https:"), apiRoot)
        .default(environmentDefaults.TELEGRAM_API_ROOT),
    REDIS_URL: z
        .string()
        .refine((text) => isAddress(text, "redis:", "rediss:"), redisUrl)
        .optional(),
    REDIS_KEY_PREFIX: z
        .string()
        .regex(/^[\w:.-]{1,40}$/, keyPrefix)
        .default(environmentDefaults.REDIS_KEY_PREFIX),
    BIMEDIX2_CONFIG: z.string().optional(),
    BIMEDIX2_DATA_FOLDER: z.string().default(environmentDefaults.BIMEDIX2_DATA_FOLDER),
    BIMEDIX2_LOG_LEVEL: z
        .enum(logLevels, `one of ${logLevels.join(", ")}`)
        .default(environmentDefaults.BIMEDIX2_LOG_LEVEL),
});

type VariableName = keyof typeof environmentSchema.shape;

/** The variables of the environment and the file .env. */
export interface EnvironmentSettings {
    /** The valid ones and the defaults; empty ones count as not set. */
    readonly variables: z.output<typeof environmentSchema>;
    readonly faults: readonly Fault[];
    readonly isFaulty: (name: VariableName) => boolean;
}

/** Reads the variables; the environment goes before the file .env of `folder`. */
export function readEnvironment(
    environment: Readonly<Record<string, string | undefined>>,
    folder: string,
): EnvironmentSettings {
    const file = readEnvironmentFile(join(folder, ".env"));
    const names = Object.keys(environmentSchema.shape) as VariableName[];
    const set = names.flatMap((name) => {
        const fromEnvironment = environment[name]?.trim();
        const value = fromEnvironment || file.variables[name]?.trim();
        const place: Place = fromEnvironment
            ? environmentPlace
            : (file.places.get(name) ?? envFile);
        return value ? [{ name, value, place }] : [];
    });
    const result = environmentSchema.safeParse(
        Object.fromEntries(set.map(({ name, value }) => [name, value])),
    );
    const issues = result.error?.issues ?? [];
    const faulty = new Set(issues.map(({ path }) => path[0]));
    const valid = set.filter(({ name }) => !faulty.has(name));
    const valueFaults = issues.map(({ path, message }): Fault => ({
        ...(set.find(({ name }) => name === path[0])?.place ?? envFile),
        message: `${String(path[0])} must be ${message}.`,
    }));
    return {
        variables: environmentSchema.parse(
            Object.fromEntries(valid.map(({ name, value }) => [name, value])),
        ),
        faults: [
            ...unknownVariables(environment, names),
            ...file.faults,
            ...unknownFileVariables(file, names),
            ...valueFaults,
        ],
        isFaulty: (name) => faulty.has(name),
    };
}

const environmentPlace: Place = { file: "environment" };
const envFile: Place = { file: ".env" };

interface EnvironmentFile {
    readonly variables: Readonly<Record<string, string | undefined>>;
    readonly places: ReadonlyMap<string, Place>;
    readonly faults: readonly Fault[];
}

function readEnvironmentFile(path: string): EnvironmentFile {
    const file = readTextFile(path);
    if ("text" in file) {
        const { places, faults, accepted } = scanLines(file.text);
        return { variables: parseEnv(accepted), places, faults };
    }
    return {
        variables: {},
        places: new Map(),
        faults: "problem" in file ? [{ ...envFile, message: file.problem }] : [],
    };
}

/**
 * Finds where the variables stand and which lines are none. Node's parser is silent about those
 * and takes the following line for a part of them, so they are blanked in `accepted`.
 */
function scanLines(text: string): {
    readonly places: ReadonlyMap<string, Place>;
    readonly faults: readonly Fault[];
    readonly accepted: string;
} {
    const places = new Map<string, Place>();
    const faults: Fault[] = [];
    const accepted: string[] = [];
    let open: { readonly quote: string; readonly place: Place } | undefined;
    for (const [index, line] of text.split("\n").entries()) {
        const place = { ...envFile, line: index + 1 };
        if (open) {
            if (line.includes(open.quote)) open = undefined;
            accepted.push(line);
            continue;
        }
        const [, name, value] = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(line) ?? [];
        if (name === undefined) {
            const isNothing = /^\s*(?:#|$)/.test(line);
            if (!isNothing) faults.push({ ...place, message: malformedLine });
            accepted.push("");
            continue;
        }
        const before = places.get(name);
        if (before) {
            const subject = isShowable(name) ? name : "This variable";
            const message = `${subject} is already set in line ${before.line}; keep one of the two.`;
            faults.push({ ...place, message });
        }
        places.set(name, place);
        accepted.push(line);
        const quote = /^["'`]/.exec(value ?? "")?.[0];
        if (quote !== undefined && !value?.slice(1).includes(quote)) open = { quote, place };
    }
    if (open) {
        faults.push({ ...open.place, message: "The closing quote of this value is missing." });
    }
    return { places, faults, accepted: accepted.join("\n") };
}

const malformedLine =
    "This line sets nothing; write NAME=value, or put # before it if it is a remark.";

/** In the environment only our own prefix is ours to judge. */
function unknownVariables(
    environment: Readonly<Record<string, string | undefined>>,
    known: readonly string[],
): Fault[] {
    return Object.keys(environment)
        .filter((name) => name.startsWith("BIMEDIX2_") && !known.includes(name))
        .sort()
        .map((name) => ({ ...environmentPlace, message: unknownVariable(name, known) }));
}

/** The file .env is ours: a name that resembles one of ours is a slip. */
function unknownFileVariables({ places }: EnvironmentFile, known: readonly string[]): Fault[] {
    return [...places]
        .filter(([name]) => !known.includes(name))
        .filter(
            ([name]) =>
                /^(BIMEDIX2|TELEGRAM|REDIS)_/i.test(name) || nearest(name, known) !== undefined,
        )
        .map(([name, place]) => ({ ...place, message: unknownVariable(name, known) }));
}

function unknownVariable(name: string, known: readonly string[]): string {
    const meant = nearest(name, known);
    const subject = isShowable(name) ? name : "This";
    const advice =
        meant === undefined ? `Possible: ${known.join(", ")}.` : `Did you mean ${meant}?`;
    return `${subject} is no variable of this program. ${advice}`;
}

function isAddress(text: string, ...protocols: readonly string[]): boolean {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname } = new URL(text);
    return protocols.includes(protocol) && hostname !== "";
}
