/** The clinic's people: their settings in clinic.yaml with their secret from the environment. */
import { z } from "zod";
import type { WorkingHours } from "../handoff/working-hours.ts";
import type { EnvironmentSettings } from "./environment.ts";
import { timeZone, week } from "./hours-settings.ts";
import { secretPlace } from "./secret-settings.ts";
import {
    decimalNumber,
    line,
    oneOf,
    section,
    urlPath,
    wholeNumber,
    yesOrNo,
} from "./setting-types.ts";

/** What holds for the clinic's people when clinic.yaml says nothing. */
export const staffDefaults = {
    listen: { host: "127.0.0.1", path: "/staff" },
    language: "en",
    onUrgent: "offer",
    showText: true,
    silentHours: 12,
    hours: {},
} as const;

const group = 'the number of a group in quotes, like "-1001234567890" (docs/staff.md)';
const webhook =
    "an address that begins with https://, like https://clinic.example/assistant (http:// only on this machine)";
/** What clinic.yaml may say of the clinic's people. */
export const staffSchema = section({
    telegramGroup: z
        .string(group)
        .regex(/^-\d{1,19}$/, group)
        .optional(),
    webhook: z.string(webhook).refine(isSafeAddress, webhook).optional(),
    webhookSecret: secretPlace("STAFF_WEBHOOK_SECRET"),
    listen: section({
        host: line(200).default(staffDefaults.listen.host),
        port: wholeNumber(1, 65_535).optional(),
        path: urlPath("/staff").default(staffDefaults.listen.path),
    }).prefault({}),
    language: oneOf("en", "ar").default(staffDefaults.language),
    onUrgent: oneOf("offer", "pass", "nothing").default(staffDefaults.onUrgent),
    showText: yesOrNo().default(staffDefaults.showText),
    silentHours: decimalNumber(0.1, 720).default(staffDefaults.silentHours),
    hours: section({ timeZone: timeZone(), ...week }).prefault({}),
}).prefault({});

type StaffFileSettings = z.output<typeof staffSchema>;

/** The clinic's people; present when there is a way to reach them. */
export interface StaffConfig {
    /** A group on Telegram. */
    readonly telegramGroup?: number;
    /** A system of the clinic's own. */
    readonly webhook?: {
        readonly url: string;
        /** Signs what is sent, and what comes. */
        readonly secret: string;
        /** Where its answers come in; absent: nowhere. */
        readonly listen?: { readonly host: string; readonly port: number; readonly path: string };
    };
    readonly language: "en" | "ar";
    readonly onUrgent: "offer" | "pass" | "nothing";
    readonly showText: boolean;
    readonly silentMs: number;
    /** Absent: they are always there. */
    readonly hours?: WorkingHours;
}

/** Puts the settings of the clinic's people together. To be called when there are no faults. */
export function assembleStaff(
    settings: StaffFileSettings,
    variables: EnvironmentSettings["variables"],
    hours: WorkingHours | undefined,
): StaffConfig | undefined {
    const { telegramGroup, webhook: url, listen, language, onUrgent, showText } = settings;
    const secret = variables.STAFF_WEBHOOK_SECRET;
    if (telegramGroup === undefined && url === undefined) return undefined;
    const { host, port, path } = listen;
    return {
        ...(telegramGroup === undefined ? {} : { telegramGroup: Number(telegramGroup) }),
        ...(url === undefined || secret === undefined
            ? {}
            : {
                  webhook: {
                      url,
                      secret,
                      ...(port === undefined
                          ? {}
                          : { listen: { host: host.replace(/^\[(.+)\]$/, "$1"), port, path } }),
                  },
              }),
        language,
        onUrgent,
        showText,
        silentMs: settings.silentHours * 60 * 60 * 1000,
        ...(hours === undefined ? {} : { hours }),
    };
}

/** What patients write must not pass through a network in the clear. */
function isSafeAddress(text: string): boolean {
    if (!URL.canParse(text)) return false;
    const { protocol, hostname, username, password } = new URL(text);
    if (username !== "" || password !== "") return false;
    const isHere = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
    return protocol === "https:" || (protocol === "http:" && isHere);
}
