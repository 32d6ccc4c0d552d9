import { AppError } from "../../errors.ts";

/** An entry of the access lists, understood. */
export interface AccessEntry {
    /** Where it holds, one of those that {@link scopesOf} gives. */
    readonly scope: string;
    /** Who it is, as {@link identitiesOf} writes it. */
    readonly identity: string;
}

/** Platforms that an entry can name; `whatsapp` is both ways to WhatsApp. */
const platforms = ["telegram", "whatsapp", "whatsapp-web", "whatsapp-cloud", "web"] as const;

type EntryPlatform = (typeof platforms)[number];
/** Bare ids hold on Telegram and WhatsApp, where ids are numbers. */
const anywhere = "*";

const examples = {
    telegram: "telegram:123456789",
    whatsapp: "whatsapp:+966 50 123 4567",
} as const;

/** What an entry must be, as the noun phrases of the configuration's faults. */
const expected = {
    anything: `the id of a chat, as in ${examples.telegram}, or a phone number with its country code, as in ${examples.whatsapp}`,
    platform: `an id behind one of ${platforms.map((name) => `${name}:`).join(" ")}, as in ${examples.telegram}`,
    telegram: `the number of a Telegram chat, as in ${examples.telegram}: neither user names nor phone numbers identify a patient there`,
    phone: `a phone number with its country code, as in ${examples.whatsapp}`,
    web: "an id of letters, digits, dots and hyphens, as in web:front-desk",
} as const;

type Read<Value> = { readonly value: Value } | { readonly fault: string };

/**
 * What is wrong with an entry, as the noun phrase behind "must be"; `undefined`: nothing. Quotes
 * nothing of the entry, which may be a patient's number.
 */
export function accessEntryFault(entry: string): string | undefined {
    const read = readEntry(entry);
    return "fault" in read ? read.fault : undefined;
}

/** @throws `config-invalid` where {@link accessEntryFault} finds a fault. */
export function parseAccessEntry(entry: string): AccessEntry {
    const read = readEntry(entry);
    if ("value" in read) return read.value;
    throw new AppError("config-invalid", "An entry of the access lists cannot be understood.", {
        remedy: `Each must be ${read.fault}.`,
    });
}

/** An entry in the one way in which the program itself writes it. */
export function formatAccessEntry({ scope, identity }: AccessEntry): string {
    if (scope === anywhere) return identity;
    const isPhoneNumber = scope.startsWith("whatsapp") && /^\d+$/.test(identity);
    return `${scope}:${isPhoneNumber ? "+" : ""}${identity}`;
}

/** Where an entry may hold to concern a conversation, from everywhere to one account. */
export function scopesOf(platform: string, account: string): readonly string[] {
    const family = /^whatsapp-(?:web|cloud)$/.test(platform) ? "whatsapp" : platform;
    const names = [...new Set([family, platform])];
    const qualified = names.flatMap((name) => [name, `${name}:${account.toLowerCase()}`]);
    return platform === "telegram" || family === "whatsapp" ? [anywhere, ...qualified] : qualified;
}

/**
 * Who is behind a chat: one id, or a group and the person in it. Phone numbers are bare digits,
 * whichever of WhatsApp's forms they come in.
 */
export function identitiesOf(chat: string): readonly string[] {
    return chat
        .toLowerCase()
        .split("~")
        .map((address) => address.replace(/@(?:c\.us|s\.whatsapp\.net)$/, ""));
}

function readEntry(entry: string): Read<AccessEntry> {
    const parts = plain(entry).split(":");
    const id = parts.pop() ?? "";
    const [platform, account, ...more] = parts;
    if (platform === undefined) return readBare(id);
    const isKnown = (platforms as readonly string[]).includes(platform);
    if (!isKnown || more.length > 0 || account === "") return { fault: expected.platform };
    const scope = account === undefined ? platform : `${platform}:${account}`;
    return scoped(scope, readId(platform as EntryPlatform, id));
}

/**
 * As it is meant: in small letters, with European digits, without the invisible marks and odd
 * spaces that come along when a number is copied from an address book.
 */
function plain(entry: string): string {
    return entry
        .normalize("NFKC")
        .replaceAll(/\p{Cf}|\s/gu, "")
        .replaceAll(/[٠-٩۰-۹]/g, europeanDigit)
        .toLowerCase();
}

function europeanDigit(digit: string): string {
    const code = digit.charCodeAt(0);
    return String(code - (code < 0x6f0 ? 0x660 : 0x6f0));
}

function readBare(id: string): Read<AccessEntry> {
    if (/^[1-9]\d{0,15}$/.test(id)) return { value: { scope: anywhere, identity: id } };
    if (/^-\d+$/.test(id)) return scoped("telegram", readId("telegram", id));
    if (id.startsWith("@")) return { fault: expected.telegram };
    const read = scoped("whatsapp", readId("whatsapp", id));
    const isNumber = /^[+(]*\d/.test(id);
    return "value" in read || isNumber ? read : { fault: expected.anything };
}

function scoped(scope: string, read: Read<string>): Read<AccessEntry> {
    return "value" in read ? { value: { scope, identity: read.value } } : read;
}

function readId(platform: EntryPlatform, id: string): Read<string> {
    if (platform === "telegram") {
        return /^-?[1-9]\d{0,15}$/.test(id) ? { value: id } : { fault: expected.telegram };
    }
    if (platform === "web") {
        return /^[\w.-]{1,200}$/.test(id) ? { value: id } : { fault: expected.web };
    }
    // A person's conversation in a group is that person's.
    const [address = ""] = identitiesOf(id).slice(-1);
    const isWhatsAppId =
        /^\d+@lid$/.test(address) ||
        /^\d+(?:-\d+)?@g\.us$/.test(address) ||
        // Meta's id of a patient who hides the number (Cloud API, "business-scoped user ID").
        /^[a-z]{2}\.[\w.-]+$/.test(address);
    if (isWhatsAppId) return { value: address };
    return readPhoneNumber(address);
}

/** ITU-T E.164: a country code, which never begins with 0, and at most 15 digits in all. */
function readPhoneNumber(text: string): Read<string> {
    const digits = text
        // The 0 that is dialled within the country alone: +966 (0)50 …
        .replace(/^([+(]*\d{1,5}\)?)\(0\)/, "$1")
        .replaceAll(/[().\-/\u2010-\u2015\u2212]/g, "")
        .replace(/^(?:\+|00)/, "");
    return /^[1-9]\d{6,14}$/.test(digits) ? { value: digits } : { fault: expected.phone };
}
