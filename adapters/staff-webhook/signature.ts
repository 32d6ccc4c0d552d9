import { createHmac, timingSafeEqual } from "node:crypto";

/** The header that carries a signature, in either direction. */
export const signatureHeader = "x-bimedix2-signature";

/** The signature of a body: `sha256=` and its HMAC-SHA256 (RFC 2104) in hexadecimal. */
export function sign(body: string | Uint8Array, secret: string): string {
    return `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
}

/** Whether a body was signed with the secret. Takes the same time wherever it differs. */
export function isSigned(body: Uint8Array, signature: string, secret: string): boolean {
    const right = Buffer.from(sign(body, secret));
    const stated = Buffer.from(signature.toLowerCase());
    return stated.length === right.length && timingSafeEqual(stated, right);
}
