import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WhatsAppAPI } from "whatsapp-api-js";
import { isSameSecret, isSignedByMeta } from "../../../adapters/whatsapp-cloud/signature.ts";
import { signWebhook, writeWebhook } from "../../fakes/graph-api-webhooks.ts";
import { sampleWebhook, sampleWebhooks } from "./sample-webhooks.ts";

const appSecret = "0123456789abcdef0123456789abcdef";

/** An independent opinion. */
async function libraryAccepts(
    body: string,
    signature: string,
    secret = appSecret,
): Promise<boolean> {
    const library = new WhatsAppAPI({ token: "EAA", appSecret: secret, v: "v24.0" });
    return await library.verifyRequestSignature(body, signature);
}

describe("the signature of a webhook", () => {
    it("is accepted where an independent library accepts it: all samples, Arabic included", async () => {
        for (const [name, payload] of Object.entries(sampleWebhooks)) {
            const body = writeWebhook(payload);
            expect(body, name).toMatch(/^[\u0000-\u007e]+$/);
            const signature = signWebhook(body, appSecret);
            expect(isSignedByMeta(Buffer.from(body), signature, appSecret), name).toBe(true);
            expect(await libraryAccepts(body, signature), name).toBe(true);
        }
    });

    it("is judged as an independent library judges it, whatever was changed on the way", async () => {
        const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.constant("عندي ألم 🫁"));
        await fc.assert(
            fc.asyncProperty(
                text,
                fc.constantFrom("nothing", "body", "signature", "secret"),
                async (words, changed) => {
                    const original = writeWebhook({ text: { body: words } });
                    const signature = signWebhook(original, appSecret);
                    const body = changed === "body" ? `${original} ` : original;
                    const last = signature.endsWith("0") ? "1" : "0";
                    const stated =
                        changed === "signature" ? signature.slice(0, -1) + last : signature;
                    const secret = changed === "secret" ? `${appSecret}0` : appSecret;
                    const ours = isSignedByMeta(Buffer.from(body), stated, secret);
                    expect(ours).toBe(changed === "nothing");
                    expect(await libraryAccepts(body, stated, secret)).toBe(ours);
                },
            ),
            { numRuns: 200 },
        );
    });

    it("is about the bytes that came: an Arabic body that was written again has another", () => {
        const body = writeWebhook(sampleWebhook("text"));
        const signature = signWebhook(body, appSecret);
        const again = JSON.stringify(JSON.parse(body));
        expect(again).not.toBe(body);
        expect(isSignedByMeta(Buffer.from(again), signature, appSecret)).toBe(false);
    });

    it.each([
        undefined,
        "",
        "sha256=",
        "sha256=00",
        "sha1=0123456789012345678901234567890123456789",
        `sha256=${"g".repeat(64)}`,
        `sha256=${"0".repeat(63)}`,
        `sha256=${"0".repeat(65)}`,
        `sha256=${"0".repeat(64)}`,
    ])("is refused in any other form: %s", (signature) => {
        expect(isSignedByMeta(Buffer.from("{}"), signature, appSecret)).toBe(false);
    });

    it("compares verify tokens of any length", () => {
        expect(isSameSecret("night-clinic", "night-clinic")).toBe(true);
        for (const other of ["", "night-clini", "night-clinic ", "Night-clinic"]) {
            expect(isSameSecret("night-clinic", other)).toBe(false);
        }
    });
});
