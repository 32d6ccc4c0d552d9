/** The platforms: their settings in clinic.yaml with their secrets from the environment. */
import { z } from "zod";
import type { EnvironmentSettings } from "./environment.ts";
import type { Fault } from "./faults.ts";
import type { ClinicFile } from "./read-clinic-file.ts";
import { line, oneOf, section, wholeNumber, wordOr, yesOrNo } from "./setting-types.ts";

/** What holds for the platforms when clinic.yaml says nothing. */
export const platformDefaults = {
    telegram: { enabled: "auto" },
    whatsappWeb: { enabled: false, groups: "mentions", catchUpHours: 24 },
    whatsappCloud: {
        enabled: "auto",
        phoneNumberIds: [] as string[],
        host: "127.0.0.1",
        port: 8085,
        path: "/webhooks/whatsapp",
    },
    terminal: { enabled: "auto" },
} as const;

const enabled = "auto, true or false";
const phoneNumber =
    "a phone number with its country code, in digits alone, like 966501234567 (no +, no 00)";
const phoneNumberId =
    "a phone number id: the long number that Meta shows beside the phone number, in digits alone";
const webVersion = "a version of WhatsApp Web like 2.3000.1023456789";
const urlPath =
    "a path like /webhooks/whatsapp: a slash, then letters, digits and the signs / - _ .";

/** What clinic.yaml may say of the platforms. */
export const platformsSchema = section({
    telegram: section({
        enabled: wordOr(yesOrNo(), enabled).default(platformDefaults.telegram.enabled),
    }).prefault({}),
    whatsappWeb: section({
        enabled: yesOrNo().default(platformDefaults.whatsappWeb.enabled),
        phoneNumber: z
            .string(phoneNumber)
            .regex(/^[1-9]\d{6,14}$/, phoneNumber)
            .optional(),
        groups: oneOf("mentions", "never").default(platformDefaults.whatsappWeb.groups),
        catchUpHours: wholeNumber(0, 168).default(platformDefaults.whatsappWeb.catchUpHours),
        browser: line(1000).optional(),
        version: z
            .string(webVersion)
            .regex(/^[\w.-]{1,60}$/, webVersion)
            .optional(),
    }).prefault({}),
    whatsappCloud: section({
        enabled: wordOr(yesOrNo(), enabled).default(platformDefaults.whatsappCloud.enabled),
        phoneNumberIds: z
            .array(
                z.string(phoneNumberId).regex(/^\d{5,25}$/, phoneNumberId),
                'a list in brackets, like ["106540352242922"]',
            )
            .default(platformDefaults.whatsappCloud.phoneNumberIds),
        host: line(200).default(platformDefaults.whatsappCloud.host),
        port: wholeNumber(1, 65_535).default(platformDefaults.whatsappCloud.port),
        path: z
            .string(urlPath)
            .regex(/^\/[\w./-]{0,200}$/, urlPath)
            .default(platformDefaults.whatsappCloud.path),
    }).prefault({}),
    terminal: section({
        enabled: wordOr(yesOrNo(), enabled).default(platformDefaults.terminal.enabled),
    }).prefault({}),
}).prefault({});

type PlatformSettings = z.output<typeof platformsSchema>;

/** The platforms that are switched on. */
export interface PlatformsConfig {
    /** Absent when Telegram is switched off or there is no token. */
    readonly telegram?: { readonly token: string; readonly apiRoot: string };
    /** Absent when it is switched off. */
    readonly whatsappWeb?: {
        /** Linked with a code for this number instead of a QR code. */
        readonly phoneNumber?: string;
        readonly groups: "mentions" | "never";
        /** Older messages that came while the program did not run are not answered. */
        readonly catchUpMs: number;
        /** The Chromium or Chrome; absent: found by itself. */
        readonly browser?: string;
        /** The version of WhatsApp Web to stay on. */
        readonly version?: string;
    };
    /** Absent when it is switched off or not set up. */
    readonly whatsappCloud?: {
        readonly accessToken: string;
        readonly appSecret: string;
        readonly verifyToken: string;
        readonly graphRoot: string;
        readonly phoneNumberIds: readonly string[];
        readonly listen: { readonly host: string; readonly port: number; readonly path: string };
    };
    /** `auto`: when the program runs in a terminal. */
    readonly terminal: { readonly enabled: boolean | "auto" };
}

/** Puts the platforms together. To be called when there are no faults. */
export function assemblePlatforms(
    settings: PlatformSettings,
    variables: EnvironmentSettings["variables"],
): PlatformsConfig {
    const { telegram, whatsappWeb, whatsappCloud, terminal } = settings;
    const token = telegram.enabled === false ? undefined : variables.TELEGRAM_BOT_TOKEN;
    const accessToken = variables.WHATSAPP_ACCESS_TOKEN;
    const appSecret = variables.WHATSAPP_APP_SECRET;
    const verifyToken = variables.WHATSAPP_VERIFY_TOKEN;
    const isCloud = whatsappCloud.enabled !== false && accessToken && appSecret && verifyToken;
    const {
        enabled: isWeb,
        catchUpHours,
        phoneNumber: linked,
        browser,
        version,
        groups,
    } = whatsappWeb;
    const { host, port, path, phoneNumberIds } = whatsappCloud;
    return {
        ...(token === undefined
            ? {}
            : { telegram: { token, apiRoot: variables.TELEGRAM_API_ROOT.replace(/\/+$/, "") } }),
        ...(isWeb
            ? {
                  whatsappWeb: {
                      groups,
                      catchUpMs: catchUpHours * 60 * 60 * 1000,
                      ...(linked === undefined ? {} : { phoneNumber: linked }),
                      ...(browser === undefined ? {} : { browser }),
                      ...(version === undefined ? {} : { version }),
                  },
              }
            : {}),
        ...(isCloud
            ? {
                  whatsappCloud: {
                      accessToken,
                      appSecret,
                      verifyToken,
                      graphRoot: variables.WHATSAPP_GRAPH_ROOT.replace(/\/+$/, ""),
                      phoneNumberIds: [...new Set(phoneNumberIds)],
                      listen: { host, port, path },
                  },
              }
            : {}),
        terminal,
    };
}

/** What is missing of platforms that are switched on. */
export function platformFaults(
    file: ClinicFile,
    environment: EnvironmentSettings,
    others: readonly Fault[],
): Fault[] {
    return [
        ...telegramFaults(file, environment, others),
        ...cloudFaults(file, environment, others),
    ];
}

/** Whether a fault tells already where the variable's value went. */
function isTold(others: readonly Fault[], variable: string): boolean {
    const told = new RegExp(`(as|mean|Write|put) ${variable}`);
    return others.some(({ message }) => told.test(message));
}

function telegramFaults(
    { settings, isFaulty, valuePlace }: ClinicFile,
    environment: EnvironmentSettings,
    others: readonly Fault[],
): Fault[] {
    const path = ["platforms", "telegram", "enabled"];
    const isSound = !isFaulty(path) && !environment.isFaulty("TELEGRAM_BOT_TOKEN");
    const isDemanded = isSound && settings.platforms.telegram.enabled === true;
    const isMissing = environment.variables.TELEGRAM_BOT_TOKEN === undefined;
    if (!isDemanded || !isMissing || isTold(others, "TELEGRAM_BOT_TOKEN")) return [];
    const message =
        "platforms.telegram.enabled is true, but there is no bot token. Open Telegram, write /newbot to @BotFather, and put the token it gives you into the file .env as TELEGRAM_BOT_TOKEN=…";
    return [{ ...valuePlace(path), message }];
}

/** Where Meta shows what the Cloud API needs. */
const cloudSecrets = {
    WHATSAPP_ACCESS_TOKEN: "the token of a system user (Meta Business settings, System users)",
    WHATSAPP_APP_SECRET: "the app secret (Meta for Developers, your app, App settings, Basic)",
    WHATSAPP_VERIFY_TOKEN:
        "a word of your own choice, which you also give to Meta as verify token,",
} as const;
const cloudVariables = Object.keys(cloudSecrets) as (keyof typeof cloudSecrets)[];

function cloudFaults(
    { settings, isFaulty, valuePlace }: ClinicFile,
    environment: EnvironmentSettings,
    others: readonly Fault[],
): Fault[] {
    const path = ["platforms", "whatsappCloud", "enabled"];
    const { enabled: wanted, phoneNumberIds } = settings.platforms.whatsappCloud;
    const set = cloudVariables.filter((name) => environment.variables[name] !== undefined);
    const isOn = wanted === true || (wanted === "auto" && set.length > 0);
    if (isFaulty(path) || !isOn) return [];
    const because =
        wanted === true ? "platforms.whatsappCloud.enabled is true" : `${set[0]} is set`;
    const missing = cloudVariables.filter(
        (name) => !set.includes(name) && !environment.isFaulty(name) && !isTold(others, name),
    );
    const faults = missing.map((name) => ({
        ...valuePlace(path),
        message: `${because}, but ${name} is missing. Put ${cloudSecrets[name]} into the file .env as ${name}=… (docs/whatsapp-cloud.md).`,
    }));
    const idPath = ["platforms", "whatsappCloud", "phoneNumberIds"];
    if (phoneNumberIds.length > 0 || isFaulty(idPath)) return faults;
    const message = `${because}, but platforms.whatsappCloud.phoneNumberIds is empty. Write the id that Meta shows beside your phone number (WhatsApp, API Setup) into it, like phoneNumberIds: ["106540352242922"].`;
    return [...faults, { ...valuePlace(idPath), message }];
}
