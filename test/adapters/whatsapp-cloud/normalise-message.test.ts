import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
    type Normalised,
    normaliseMessage,
} from "../../../adapters/whatsapp-cloud/normalise-message.ts";
import { asObject } from "../../../adapters/whatsapp-cloud/json-object.ts";
import { readWebhook } from "../../../adapters/whatsapp-cloud/webhook-payload.ts";
import { sampleWebhook, sampleWebhooks } from "./sample-webhooks.ts";

const known = { text: "The left lung.", fromAssistant: true };
const context = {
    phoneNumberId: "106540352242922",
    recall: (id: string) => (id.startsWith("wamid.") ? known : undefined),
};
const id = "wamid.HBgMOTY2NTAwMDAwMDAxFQIAEhggQTFCMkMzRDRFNUY2MDcxODI5M0E0QjVDNkQ3RThGOTAA";
const place = {
    id,
    conversation: "whatsapp-cloud:106540352242922:966500000001",
    receivedAtMs: 1_749_416_383_000,
};

function read(name: string): Normalised[] {
    return readWebhook(sampleWebhook(name)).flatMap(({ messages }) =>
        messages.map((message) => normaliseMessage(message, context)),
    );
}

function expectMessage(name: string, content: object): void {
    expect(read(name), name).toEqual([{ kind: "message", message: { ...place, ...content } }]);
}

describe("a message of WhatsApp's Cloud API", () => {
    it("is read: text, in whatever language, and what it replies to", () => {
        expectMessage("text", { text: "هل هذه الصورة طبيعية؟", attachments: [] });
        expectMessage("text-reply", { text: "Why left?", attachments: [], quoted: known });
        expectMessage("text-forwarded", { text: "forwarded", attachments: [] });
    });

    it("is read of patients who hide their phone number", () => {
        expectMessage("text-username", {
            conversation: "whatsapp-cloud:106540352242922:SA.13491208655302741918",
            text: "hello",
            attachments: [],
        });
    });

    it("is read with its picture, sent as a photo or as a file", () => {
        const photo = { kind: "image", id: "1003383421387256", mimeType: "image/jpeg" };
        expectMessage("image", { text: "ما هذا؟", attachments: [photo] });
        expectMessage("image-without-words", { text: "", attachments: [photo] });
        const file = { id: "1376223850470843", mimeType: "application/octet-stream" };
        expectMessage("document-picture", {
            text: "my scan",
            attachments: [{ kind: "image", ...file }],
        });
    });

    it("is read as a command where a button of ours was pressed or a row chosen", () => {
        expectMessage("interactive-button", {
            text: "",
            attachments: [],
            command: { name: "language", argument: "ar" },
            quoted: known,
        });
        expectMessage("interactive-list", {
            text: "",
            attachments: [],
            command: { name: "reset", argument: "" },
            quoted: known,
        });
    });

    it("is read by its words where a button of another program was pressed", () => {
        expectMessage("interactive-foreign", { text: "Change", attachments: [] });
        expectMessage("button", { text: "Unsubscribe", attachments: [], quoted: known });
    });

    it.each([
        ["audio", "1908647269898587", ""],
        ["video", "1201024634872319", "look"],
        ["sticker", "798882015472548", ""],
        ["document-pdf", "1376223850470843", ""],
        ["location", "location", ""],
        ["contacts", "contacts", ""],
        ["order", "order", ""],
        ["interactive-flow", "interactive", ""],
        ["unsupported", "unsupported", ""],
        ["unsupported-unavailable", "unsupported", ""],
        ["unknown-type", "hologram", ""],
    ])("is handed over as something that cannot be opened: %s", (name, fileId, text) => {
        const [normalised] = read(name);
        if (normalised?.kind !== "message") throw new Error("It was ignored.");
        expect(normalised.message.text).toBe(text);
        expect(normalised.message.attachments).toMatchObject([{ kind: "other", id: fileId }]);
    });

    it("takes the place of the one that it corrects", () => {
        expectMessage("edit", {
            id: "wamid.HBgMOTY2NTAwMDAwMDAxFQIAERgSMDEyMzQ1Njc4OTAxMjM0NTY3AA==",
            text: "since two days",
            attachments: [],
            edit: true,
        });
    });

    it.each([
        "reaction",
        "reaction-removed",
        "system",
        "revoke",
        "request-welcome",
        "unsupported-edit",
    ])("is ignored when it says nothing: %s", (name) => {
        expect(read(name)).toEqual([{ kind: "ignored", reason: "no-content" }]);
    });

    it("is ignored in a group", () => {
        expect(read("text-group")).toEqual([{ kind: "ignored", reason: "group" }]);
    });

    it("is none in webhooks about something else", () => {
        for (const name of ["status-sent", "status-failed", "account-error", "echo-of-staff"]) {
            expect(read(name), name).toEqual([]);
        }
        expect(readWebhook({ object: "page", entry: sampleWebhook("text")["entry"] })).toEqual([]);
    });

    it("never breaks, and never names a conversation wrongly, whatever a webhook looks like", () => {
        const names = Object.keys(sampleWebhooks);
        fc.assert(
            fc.property(
                fc.constantFrom(...names),
                fc.nat(60),
                fc.oneof(fc.jsonValue(), fc.constant(undefined), fc.constant("a:b")),
                (name, at, value) => {
                    const broken = asObject(replaceAt(sampleWebhook(name), at, value));
                    for (const { messages } of readWebhook(broken ?? {})) {
                        for (const message of messages) {
                            const normalised = normaliseMessage(message, context);
                            if (normalised.kind === "ignored") continue;
                            expect(normalised.message.conversation).toMatch(
                                /^whatsapp-cloud:\d+:[\w.-]+$/,
                            );
                            expect(JSON.parse(JSON.stringify(normalised.message))).toEqual(
                                normalised.message,
                            );
                            expect(Number.isFinite(normalised.message.receivedAtMs)).toBe(true);
                        }
                    }
                },
            ),
            { numRuns: 2_000 },
        );
    });
});

/** The value with the nth of the values in it replaced. */
function replaceAt(whole: unknown, at: number, value: unknown): unknown {
    let count = -1;
    const walk = (node: unknown): unknown => {
        count += 1;
        if (count === at) return value;
        if (Array.isArray(node)) return node.map(walk);
        if (typeof node !== "object" || node === null) return node;
        return Object.fromEntries(Object.entries(node).map(([name, one]) => [name, walk(one)]));
    };
    return walk(whole);
}
