import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { InboundMessage } from "../../src/message.ts";
import type { Inbox } from "../../src/ports.ts";

/** A message that no other test uses. */
export function exampleMessage(parts: Partial<InboundMessage> = {}): InboundMessage {
    return {
        id: randomUUID(),
        conversation: `telegram:clinic:${randomUUID()}`,
        receivedAtMs: 1_700_000_000_000,
        text: "عندي ألم في الصدر",
        attachments: [],
        ...parts,
    };
}

/** What every inbox promises. `createInbox` returns an empty one each time. */
export function describeInbox(name: string, createInbox: () => Promise<Inbox> | Inbox): void {
    describe(`${name} as an inbox`, () => {
        it("keeps an accepted message, whole, until it is settled", async () => {
            const inbox = await createInbox();
            const message = exampleMessage({
                text: 'two\nlines "quoted" \u0000 \u{1F642}',
                attachments: [
                    { kind: "image", id: "file 1", mimeType: "image/png", byteSize: 12 },
                    { kind: "other", id: "file:2" },
                ],
                quoted: { text: "before", fromAssistant: true },
                command: { name: "language", argument: "ar" },
                appLanguage: "ar-EG",
            });
            expect(await inbox.unsettled()).toEqual([]);
            expect(await inbox.accept(message)).toBe("accepted");
            expect(await inbox.unsettled()).toEqual([message]);
            await inbox.settle(message);
            expect(await inbox.unsettled()).toEqual([]);
        });

        it("recognises a duplicate, settled or not", async () => {
            const inbox = await createInbox();
            const message = exampleMessage();
            await inbox.accept(message);
            expect(await inbox.accept({ ...message, text: "again" })).toBe("duplicate");
            expect(await inbox.unsettled()).toEqual([message]);
            await inbox.settle(message);
            expect(await inbox.accept(message)).toBe("duplicate");
            expect(await inbox.unsettled()).toEqual([]);
        });

        it("tells apart equal ids in different conversations", async () => {
            const inbox = await createInbox();
            const first = exampleMessage({ id: "7", conversation: "telegram:clinic:1" });
            const second = exampleMessage({ id: "7", conversation: "web:clinic:1" });
            expect(await inbox.accept(first)).toBe("accepted");
            expect(await inbox.accept(second)).toBe("accepted");
            await inbox.settle(first);
            expect(await inbox.unsettled()).toEqual([second]);
        });

        it("returns what is unsettled in the order of acceptance", async () => {
            const inbox = await createInbox();
            const messages = Array.from({ length: 150 }, (_, index) =>
                exampleMessage({ receivedAtMs: 2_000 - index }),
            );
            for (const message of messages) await inbox.accept(message);
            for (const message of messages.filter((_, index) => index % 3 === 0)) {
                await inbox.settle(message);
            }
            expect(await inbox.unsettled()).toEqual(messages.filter((_, index) => index % 3 !== 0));
        });

        it("accepts a message once when it arrives many times at once", async () => {
            const inbox = await createInbox();
            const message = exampleMessage();
            const outcomes = await Promise.all(
                Array.from({ length: 20 }, () => inbox.accept(message)),
            );
            expect(outcomes.filter((outcome) => outcome === "accepted")).toHaveLength(1);
            expect(await inbox.unsettled()).toEqual([message]);
        });

        it("settles what is not there without complaint", async () => {
            const inbox = await createInbox();
            await inbox.settle(exampleMessage());
            expect(await inbox.unsettled()).toEqual([]);
        });
    });
}
