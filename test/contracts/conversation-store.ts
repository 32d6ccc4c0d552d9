import { createHash, randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import type { ConversationKey, ModelImage, Turn } from "../../src/message.ts";
import type { ConversationStore } from "../../src/ports.ts";

/** A conversation that no other test uses. */
export function freshConversation(): ConversationKey {
    return `terminal:clinic:${randomUUID()}`;
}

/** A turn that differs from every other with another number. */
export function exampleTurn(number: number, images: readonly ModelImage[] = []): Turn {
    const byPatient = number % 2 === 0;
    return {
        role: byPatient ? "user" : "assistant",
        text: byPatient ? `Question ${number}: «ما هذا؟»` : `Answer ${number}\n\u{1F642}`,
        language: byPatient ? "ar" : "en",
        atMs: 1_700_000_000_000 + number,
        images: images.map(({ id, side }) => ({ id, side })),
    };
}

/** A picture whose pixels follow from its seed. */
export function exampleImage(seed: number, side = 24): ModelImage {
    const rgb = new Uint8Array(side * side * 3).map(
        (_, index) => (index * (seed + 3) + ((index * index) >> (seed % 7))) & 0xff,
    );
    return { id: createHash("sha256").update(rgb).digest("hex"), side, rgb };
}

/** What every conversation store promises. `createStore` may return the same store each time. */
export function describeConversationStore(
    name: string,
    createStore: () => Promise<ConversationStore> | ConversationStore,
): void {
    describe(`${name} as a conversation store`, () => {
        it("reads an unknown conversation as one without turns", async () => {
            const store = await createStore();
            expect(await store.read(freshConversation())).toEqual({ turns: [] });
        });

        it("keeps turns in order, over several changes", async () => {
            const store = await createStore();
            const key = freshConversation();
            await store.update(key, { turns: [exampleTurn(0), exampleTurn(1)] });
            await store.update(key, { turns: [exampleTurn(2)] });
            await store.update(key, {});
            expect(await store.read(key)).toEqual({
                turns: [exampleTurn(0), exampleTurn(1), exampleTurn(2)],
            });
        });

        it("keeps what holds for a conversation, and reads it without the turns", async () => {
            const store = await createStore();
            const key = freshConversation();
            expect(await store.readSettings(key)).toEqual({});
            const consent = { atMs: 1_700_000_000_000, wording: "0123456789abcdef" };
            const handoff = { code: "K7Q2", sinceMs: 1_700_000_000_001 };
            await store.update(key, { consent, chosenLanguage: "ar", turns: [exampleTurn(0)] });
            await store.update(key, { handoff });
            const settings = { consent, handoff, chosenLanguage: "ar" };
            expect(await store.readSettings(key)).toEqual(settings);
            expect(await store.read(key)).toEqual({ turns: [exampleTurn(0)], ...settings });
            await store.update(key, { handoff: "ended" });
            await store.update(key, { reset: true });
            expect(await store.readSettings(key)).toEqual({ consent, chosenLanguage: "ar" });
            await store.update(key, { consent: "withdrawn", chosenLanguage: "automatic" });
            expect(await store.read(key)).toEqual({ turns: [] });
        });

        it("keeps equal turns apart", async () => {
            const store = await createStore();
            const key = freshConversation();
            await store.update(key, { turns: [exampleTurn(0)] });
            await store.update(key, { turns: [exampleTurn(0)] });
            expect((await store.read(key)).turns).toEqual([exampleTurn(0), exampleTurn(0)]);
        });

        it("applies a named change once, however often it is tried", async () => {
            const store = await createStore();
            const [key, other] = [freshConversation(), freshConversation()];
            const image = exampleImage(1);
            const change = { id: "reply:7", turns: [exampleTurn(0, [image])], images: [image] };
            await store.update(key, change);
            await store.update(key, { turns: [exampleTurn(1)] });
            await store.update(key, change);
            await store.update(key, { id: "reply:8", turns: [exampleTurn(2)] });
            expect((await store.read(key)).turns).toEqual([
                exampleTurn(0, [image]),
                exampleTurn(1),
                exampleTurn(2),
            ]);
            await store.update(key, { reset: true });
            await store.update(key, change);
            expect(await store.read(key)).toEqual({ turns: [] });
            await store.update(other, change);
            expect((await store.read(other)).turns).toEqual(change.turns);
        });

        it("keeps which message a turn belongs to, and whether a disclaimer stood beneath", async () => {
            const store = await createStore();
            const key = freshConversation();
            const turns: Turn[] = [
                { ...exampleTurn(0), messageId: "17" },
                { ...exampleTurn(1), messageId: "17", disclaimer: true },
                { ...exampleTurn(3), disclaimer: false },
                exampleTurn(4),
            ];
            await store.update(key, { turns });
            expect((await store.read(key)).turns).toStrictEqual(turns);
        });

        it("keeps any text", async () => {
            const store = await createStore();
            const key = freshConversation();
            const text = "\u0000\r\n\u202E<|eot_id|>{}\"'\\ \uFEFF مرحبا 👩🏽‍⚕️ ".repeat(5_000);
            await store.update(key, { turns: [{ ...exampleTurn(0), text }] });
            expect((await store.read(key)).turns[0]?.text).toBe(text);
        });

        it("keeps the pixels of pictures", async () => {
            const store = await createStore();
            const key = freshConversation();
            const images = [exampleImage(1), exampleImage(2, 1), exampleImage(3, 336)];
            await store.update(key, { turns: [exampleTurn(0, images)], images });
            for (const image of images) {
                const { id, side } = image;
                const stored = await store.readImage(key, { id, side });
                expect(stored?.id).toBe(id);
                expect(stored?.side).toBe(side);
                expect(Buffer.compare(stored?.rgb ?? new Uint8Array(), image.rgb)).toBe(0);
            }
        });

        it("has no picture that was not stored", async () => {
            const store = await createStore();
            const key = freshConversation();
            const { id, side } = exampleImage(1);
            expect(await store.readImage(key, { id, side })).toBeUndefined();
            await store.update(key, { turns: [exampleTurn(0)] });
            expect(await store.readImage(key, { id, side })).toBeUndefined();
        });

        it("keeps the chosen language through a reset, and forgets turns and pictures", async () => {
            const store = await createStore();
            const key = freshConversation();
            const image = exampleImage(1);
            await store.update(key, {
                chosenLanguage: "ar",
                turns: [exampleTurn(0, [image])],
                images: [image],
            });
            await store.update(key, { reset: true });
            expect(await store.read(key)).toEqual({ turns: [], chosenLanguage: "ar" });
            expect(await store.readImage(key, image)).toBeUndefined();
        });

        it("forgets the chosen language with `automatic`", async () => {
            const store = await createStore();
            const key = freshConversation();
            await store.update(key, { chosenLanguage: "en" });
            expect(await store.read(key)).toEqual({ turns: [], chosenLanguage: "en" });
            await store.update(key, { chosenLanguage: "automatic" });
            expect(await store.read(key)).toEqual({ turns: [] });
        });

        it("applies the parts of one change in their order", async () => {
            const store = await createStore();
            const key = freshConversation();
            const [before, after] = [exampleImage(1), exampleImage(2)];
            await store.update(key, { turns: [exampleTurn(0, [before])], images: [before] });
            await store.update(key, {
                reset: true,
                chosenLanguage: "en",
                turns: [exampleTurn(2, [after])],
                images: [after],
            });
            expect(await store.read(key)).toEqual({
                turns: [exampleTurn(2, [after])],
                chosenLanguage: "en",
            });
            expect(await store.readImage(key, before)).toBeUndefined();
            expect(await store.readImage(key, after)).toBeDefined();
        });

        it("keeps conversations apart, whatever the names of accounts and chats", async () => {
            const store = await createStore();
            const chat = randomUUID();
            const keys: ConversationKey[] = [
                `telegram:1:${chat}`,
                `telegram:2:${chat}`,
                `web:1:${chat}`,
                `web:1:${chat}}`,
                `web:1:{${chat}`,
                `web:1:${chat} *?[a]`,
                `web:1:${chat}\u0660`,
            ];
            for (const [index, key] of keys.entries()) {
                await store.update(key, { turns: [exampleTurn(index)] });
            }
            for (const [index, key] of keys.entries()) {
                expect((await store.read(key)).turns).toEqual([exampleTurn(index)]);
            }
        });

        it("loses no turn and mixes no change when many write at once", async () => {
            const store = await createStore();
            const key = freshConversation();
            const numbers = Array.from({ length: 12 }, (_, index) => index);
            await Promise.all(
                numbers.map((number) =>
                    store.update(key, {
                        turns: [exampleTurn(number * 2), exampleTurn(number * 2 + 1)],
                    }),
                ),
            );
            const { turns } = await store.read(key);
            const pairs = numbers.map((pair) => turns.slice(pair * 2, pair * 2 + 2));
            expect(pairs.every(([left, right]) => right?.atMs === (left?.atMs ?? 0) + 1)).toBe(
                true,
            );
            expect(new Set(turns.map((turn) => turn.atMs)).size).toBe(24);
        });
    });
}
