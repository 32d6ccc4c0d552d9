import { join } from "node:path";
import { z } from "zod";
import type { LogLevel } from "../log.ts";
import { parseDataKey } from "../privacy/data-key.ts";
import type { Fault, Place } from "./faults.ts";
import { readEnvironmentFile } from "./environment-file.ts";
import { findSecrets, telegramTokenPattern, whatsappTokenPattern } from "./secrets.ts";
import { unknownVariables, type UnknownVariable } from "./unknown-variables.ts";

const logLevels = ["silent", "error", "warn", "info", "debug"] as const satisfies LogLevel[];

const token =
    "a bot token: digits, a colon and 35 letters, digits or signs, as @BotFather in Telegram gave it";
const apiRoot = "the address of a Bot API server, like http://localhost:8081";
const graphRoot =
    "the address of Meta's Graph API with its version, like https://graph.facebook.com/v24.0";
const accessToken =
    "an access token of Meta: a long word of letters, digits and signs that begins with EAA";
const appSecret = "an app secret of Meta: 32 digits and letters from a to f";
const staffSecret = "16 to 200 letters, digits and the signs . _ ~ + / = -";
const verifyToken = "8 to 200 letters, digits and the signs . _ ~ -";
const modelKey = "the key of a model server: 1 to 500 letters, digits and signs without spaces";
const pagePassword = "a password of 12 to 200 characters on one line";
const redisUrl =
    "the address of a Redis server, like redis://localhost:6379, rediss://… with encryption, redis-sentinel://HOST:26379,HOST:26379/MASTER or redis-cluster://HOST:6379,HOST:6379";
const operationsAddress =
    "a port, or an address with a port, like 9464 or 0.0.0.0:9464 or [::1]:9464";
const keyPrefix = "letters, digits and the signs : _ . - alone, at most 40, for example clinic1";

/** A path is shown in faults, so that it may not be a secret in the wrong place. */
const pathOf = (what: string): z.ZodString =>
    z.string().refine((text) => findSecrets(text).length === 0, `the path of ${what}`);

/** What stands for a variable that is not set. */
const environmentDefaults = {
    TELEGRAM_API_ROOT: "https://api.telegram.org",
    WHATSAPP_GRAPH_ROOT: "https://graph.facebook.com/v24.0",
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
    WHATSAPP_ACCESS_TOKEN: z.string().regex(whatsappTokenPattern, accessToken).optional(),
    WHATSAPP_APP_SECRET: z
        .string()
        .regex(/^[0-9a-f]{32}$/i, appSecret)
        .optional(),
    WHATSAPP_VERIFY_TOKEN: z
        .string()
        .regex(/^[\w.~-]{8,200}$/, verifyToken)
        .optional(),
    WHATSAPP_GRAPH_ROOT: z
        .string()
        .refine(isRootOfPaths, graphRoot)
        .default(environmentDefaults.WHATSAPP_GRAPH_ROOT),
    STAFF_WEBHOOK_SECRET: z
        .string()
        .regex(/^[\w.~+/=-]{16,200}$/, staffSecret)
        .optional(),
    BIMEDIX2_MODEL_API_KEY: z
        .string()
        .regex(/^[!-~]{1,500}$/, modelKey)
        .optional(),
    BIMEDIX2_PAGE_PASSWORD: z
        .string()
        .regex(/^[^\p{Cc}\p{Zl}\p{Zp}]{12,200}$/u, pagePassword)
        .optional(),
    REDIS_URL: z.string().refine(isRedisAddress, redisUrl).optional(),
    REDIS_KEY_PREFIX: z
        .string()
        .regex(/^[\w:.-]{1,40}$/, keyPrefix)
        .default(environmentDefaults.REDIS_KEY_PREFIX),
    BIMEDIX2_CONFIG: pathOf("a file").optional(),
    BIMEDIX2_DATA_FOLDER: pathOf("a folder").default(environmentDefaults.BIMEDIX2_DATA_FOLDER),
    BIMEDIX2_DATA_KEY: z.string().optional(),
    BIMEDIX2_DATA_KEY_FILE: pathOf("a file")
        .refine(
            (text) => typeof parseDataKey(text) === "string",
            "the path of a file; a key itself belongs in BIMEDIX2_DATA_KEY",
        )
        .optional(),
    BIMEDIX2_LOG_LEVEL: z
        .enum(logLevels, `one of ${logLevels.join(", ")}`)
        .default(environmentDefaults.BIMEDIX2_LOG_LEVEL),
    BIMEDIX2_OPERATIONS_ADDRESS: z
        .string()
        .regex(/^(?:[\w.-]{1,253}:|\[[0-9a-f:.]{2,45}\]:)?\d{1,5}$/i, operationsAddress)
        .refine((text) => Number(/\d+$/.exec(text)?.[0]) <= 65_535, operationsAddress)
        .optional(),
    BIMEDIX2_LANG: z.enum(["ar", "en"], "ar or en").optional(),
});

/** The name of a variable. */
export type VariableName = keyof typeof environmentSchema.shape;

/** All of them. */
export const variableNames = Object.keys(environmentSchema.shape) as readonly VariableName[];

/** Those whose values are never shown. */
export const secretVariables: readonly VariableName[] = [
    "TELEGRAM_BOT_TOKEN",
    "WHATSAPP_ACCESS_TOKEN",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_VERIFY_TOKEN",
    "STAFF_WEBHOOK_SECRET",
    "BIMEDIX2_MODEL_API_KEY",
    "BIMEDIX2_PAGE_PASSWORD",
    "BIMEDIX2_DATA_KEY",
];

/** The variables of the environment and the file .env. */
export interface EnvironmentSettings {
    /** The valid ones and the defaults; empty ones count as not set. */
    readonly variables: z.output<typeof environmentSchema>;
    readonly faults: readonly Fault[];
    /** Names that look as if they were meant for the program; clinic.yaml may refer to them. */
    readonly unknown: readonly UnknownVariable[];
    readonly isFaulty: (name: VariableName) => boolean;
    /** Where a variable is set. */
    readonly placeOf: (name: VariableName) => Place;
    /** Any variable, whatever it is for; `undefined`: it is not set. */
    readonly find: (name: string) => PlacedValue | undefined;
}

/** The value of a variable, and where it stands. */
interface PlacedValue {
    readonly value: string;
    readonly place: Place;
}

/** Reads the variables; the environment goes before the file .env of `folder`. */
export function readEnvironment(
    environment: Readonly<Record<string, string | undefined>>,
    folder: string,
): EnvironmentSettings {
    const names = variableNames;
    const file = readEnvironmentFile(join(folder, ".env"), ".env", names);
    const find = (name: string): PlacedValue | undefined => {
        const own = environment[name]?.trim() ?? "";
        if (own !== "") return { value: own, place: environmentPlace };
        const found = file.variables.get(name);
        const value = found?.value.trim() ?? "";
        return found && value !== "" ? { value, place: found.place } : undefined;
    };
    const set = new Map<string, PlacedValue>();
    for (const name of names) {
        const found = find(name);
        if (found) set.set(name, found);
    }
    const issues = environmentSchema.safeParse(valuesOf(set)).error?.issues ?? [];
    const valueFaults = issues.map(({ path: [name], message }) => ({
        ...(set.get(String(name))?.place ?? environmentPlace),
        message: `${String(name)} must be ${message}.`,
    }));
    const faulty = new Set(issues.map(({ path: [name] }) => String(name)));
    for (const [name, { place }] of file.variables) {
        if (file.faults.some(({ line }) => line === place.line)) faulty.add(name);
    }
    for (const name of faulty) set.delete(name);
    return {
        variables: environmentSchema.parse(valuesOf(set)),
        faults: [...valueFaults, ...file.faults],
        unknown: unknownVariables(environment, file, names),
        isFaulty: (name) => faulty.has(name),
        placeOf: (name) => set.get(name)?.place ?? environmentPlace,
        find,
    };
}

const environmentPlace: Place = { file: "environment" };

function valuesOf(
    set: ReadonlyMap<string, { readonly value: string }>,
): Readonly<Record<string, string>> {
    return Object.fromEntries([...set].map(([name, { value }]) => [name, value]));
}

function isAddress(text: string, ...protocols: readonly string[]): boolean {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname } = new URL(text);
    return protocols.includes(protocol) && hostname !== "";
}

/** What is asked for is written behind it: after a query it would mean nothing. */
function isRootOfPaths(text: string): boolean {
    return isAddress(text, "http:", "https:") && !/[?#@]/.test(text);
}

/** Several hosts are one only for us: the standard knows no list of them. */
function isRedisAddress(text: string): boolean {
    const [, scheme = "", user = "", hosts = "", path = ""] =
        /^(rediss?(?:-sentinel|-cluster)?):\/\/([^/]*@)?([^/@]+)(\/[^/]*)?$/.exec(text) ?? [];
    const list = hosts.split(",");
    if (list.length > 1 && !scheme.includes("-")) return false;
    if (scheme.endsWith("-sentinel") && path.length < 2) return false;
    return list.every((host) => isAddress(`redis://${user}${host}${path}`, "redis:"));
}
