/** The platforms: their settings in clinic.yaml with their secrets from the environment. */
import { z } from "zod";
import type { EnvironmentSettings } from "./environment.ts";
import { secretPlace } from "./secret-settings.ts";
import { line, oneOf, section, urlPath, wholeNumber, wordOr, yesOrNo } from "./setting-types.ts";

/** What holds for the platforms when clinic.yaml says nothing. */
export const platformDefaults = {
    telegram: { enabled: "auto" },
    whatsappWeb: { enabled: false, groups: "never", catchUpHours: 24 },
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

/** What clinic.yaml may say of the platforms. */
export const platformsSchema = section({
    telegram: section({
        enabled: wordOr(yesOrNo(), enabled).default(platformDefaults.telegram.enabled),
        token: secretPlace("TELEGRAM_BOT_TOKEN"),
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
        accessToken: secretPlace("WHATSAPP_ACCESS_TOKEN"),
        appSecret: secretPlace("WHATSAPP_APP_SECRET"),
        verifyToken: secretPlace("WHATSAPP_VERIFY_TOKEN"),
        host: line(200).default(platformDefaults.whatsappCloud.host),
        port: wholeNumber(1, 65_535).default(platformDefaults.whatsappCloud.port),
        path: urlPath("/webhooks/whatsapp").default(platformDefaults.whatsappCloud.path),
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
    /** There are phone number ids for the Cloud API, but no secret to use them with. */
    readonly cloudLacksSecrets?: true;
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
                      listen: { host: host.replace(/^\[(.+)\]$/, "$1"), port, path },
                  },
              }
            : {}),
        ...(!isCloud && whatsappCloud.enabled === "auto" && phoneNumberIds.length > 0
            ? { cloudLacksSecrets: true }
            : {}),
        terminal,
    };
}
