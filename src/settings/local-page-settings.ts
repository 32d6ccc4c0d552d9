/** The local page: its settings in clinic.yaml with its password from the environment. */
import { z } from "zod";
import type { EnvironmentSettings } from "./environment.ts";
import { secretPlace } from "./secret-settings.ts";
import { section, wholeNumber, wordOr, yesOrNo } from "./setting-types.ts";

/** What holds for the local page when clinic.yaml says nothing. */
export const localPageDefaults = { enabled: "auto", host: "127.0.0.1", port: 7420 } as const;

const host =
    "an address of this machine, like 127.0.0.1 (this machine alone) or 0.0.0.0 (all networks), without https:// and without a port";
const publicAddress =
    "the address of your web server without a path, like https://assistant.clinic.example";

/** What clinic.yaml may say of the local page. */
export const localPageSchema = section({
    enabled: wordOr(yesOrNo(), "auto, true or false").default(localPageDefaults.enabled),
    host: z
        .string(host)
        .trim()
        .regex(/^(?:[\w.-]{1,200}|\[?[\da-fA-F:.]{2,45}(?:%\w{1,20})?\]?)$/, host)
        .default(localPageDefaults.host),
    port: wholeNumber(1, 65_535).default(localPageDefaults.port),
    publicAddress: z.string(publicAddress).trim().refine(isOrigin, publicAddress).optional(),
    password: secretPlace("BIMEDIX2_PAGE_PASSWORD"),
}).prefault({});

type LocalPageSettings = z.output<typeof localPageSchema>;

/** The page for the administrator. */
export interface LocalPageConfig {
    /** `auto`: in every process with platforms. */
    readonly enabled: boolean | "auto";
    /** The address at which it listens, without brackets. */
    readonly host: string;
    readonly port: number;
    /** Where a web server passes it on: scheme, host and port, like `https://assistant.example`. */
    readonly publicAddress?: string;
    /** Present wherever others than this machine could reach the page. */
    readonly password?: string;
}

/** Puts the settings of the page together. To be called when there are no faults. */
export function assembleLocalPage(
    { enabled, host: listensAt, port, publicAddress: address }: LocalPageSettings,
    { BIMEDIX2_PAGE_PASSWORD: password }: EnvironmentSettings["variables"],
): LocalPageConfig {
    return {
        enabled,
        host: listensAt.replace(/^\[(.+)\]$/, "$1"),
        port,
        ...(address === undefined ? {} : { publicAddress: new URL(address).origin }),
        ...(password === undefined ? {} : { password }),
    };
}

/** Whether only this machine can reach an address of its own. */
export function isLoopback(address: string): boolean {
    return /^(?:localhost|127(?:\.\d{1,3}){3}|::1|\[::1\])$/i.test(address);
}

function isOrigin(text: string): boolean {
    if (!URL.canParse(text)) return false;
    const { protocol, username, password, pathname, search, hash } = new URL(text);
    return (
        protocol === "https:" && `${username}${password}${search}${hash}` === "" && pathname === "/"
    );
}
