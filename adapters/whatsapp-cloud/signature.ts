import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/**
 * Whether a webhook comes from Meta: `X-Hub-Signature-256` is the HMAC of the body with the app
 * secret (Meta, "Webhooks: validating payloads"). The body as it came, byte by byte: Meta escapes
 * what is not ASCII, so that Arabic that was read and written again would have another signature.
 */
export function isSignedByMeta(
    body: Uint8Array,
    signature: string | undefined,
    appSecret: string,
): boolean {
    const [, stated] = /^sha256=([0-9a-f]{64})$/i.exec(signature ?? "") ?? [];
    if (stated === undefined) return false;
    const right = createHmac("sha256", appSecret).update(body).digest();
    return timingSafeEqual(right, Buffer.from(stated, "hex"));
}

/** Compares secrets in a time that does not tell where they differ, nor how long they are. */
export function isSameSecret(one: string, other: string): boolean {
    const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
    return timingSafeEqual(digest(one), digest(other));
}
