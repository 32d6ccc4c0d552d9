/** The settings of clinic.yaml that name a secret, and the variables that hold it without them. */
import { z } from "zod";
import type { VariableName } from "./environment.ts";

/** A setting that says where a secret is. */
export interface SecretSetting {
    readonly path: readonly [string, ...string[]];
    /** Holds the secret where the setting is empty; what it accepts, the setting's secret must be. */
    readonly variable: VariableName;
}

/** All of them. */
export const secretSettings: readonly SecretSetting[] = [
    { path: ["model", "apiKey"], variable: "BIMEDIX2_MODEL_API_KEY" },
    { path: ["staff", "webhookSecret"], variable: "STAFF_WEBHOOK_SECRET" },
    { path: ["platforms", "telegram", "token"], variable: "TELEGRAM_BOT_TOKEN" },
    { path: ["platforms", "whatsappCloud", "accessToken"], variable: "WHATSAPP_ACCESS_TOKEN" },
    { path: ["platforms", "whatsappCloud", "appSecret"], variable: "WHATSAPP_APP_SECRET" },
    { path: ["platforms", "whatsappCloud", "verifyToken"], variable: "WHATSAPP_VERIFY_TOKEN" },
    { path: ["localPage", "password"], variable: "BIMEDIX2_PAGE_PASSWORD" },
];

/** Where a secret is: a variable of the environment or .env, or a file. */
export type SecretReference = { readonly variable: string } | { readonly file: string };

const reference =
    /^(?:\$\{[A-Za-z_]\w{0,99}\}|file:[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]{1,1000})$/u;

/** A setting that names a secret and never holds it. */
export function secretPlace(variable: VariableName) {
    const expected = `the place of the secret and not the secret itself: put that into the file .env as ${variable}=…, and write \${${variable}} here (or file: with the path of a file that holds it)`;
    return z.string(expected).trim().regex(reference, expected).optional();
}

/** Reads a value that {@link secretPlace} accepts. */
export function readReference(text: string): SecretReference {
    return text.startsWith("file:")
        ? { file: text.slice("file:".length).trim() }
        : { variable: text.slice(2, -1) };
}
