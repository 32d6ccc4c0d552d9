import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createCodec } from "../../../adapters/redis/codec.ts";
import { packPixels } from "../../../adapters/redis/pixels.ts";
import {
    exampleImage,
    exampleTurn,
    freshConversation,
} from "../../contracts/conversation-store.ts";
import { cipherWith, testCipher } from "../../setup/cipher.ts";
import { messagesOf } from "./mailbox-cases.ts";

const key = freshConversation();
const codec = createCodec(testCipher);

it("gives back every picture unchanged", async () => {
    const picture = fc
        .integer({ min: 1, max: 20 })
        .chain((side) =>
            fc.tuple(
                fc.constant(side),
                fc.uint8Array({ minLength: side * side * 3, maxLength: side * side * 3 }),
            ),
        );
    await fc.assert(
        fc.asyncProperty(picture, async ([side, rgb]) => {
            const stored = await codec.encodeImage(key, { id: "a", side, rgb });
            const decoded = await codec.decodeImage(key, { id: "a", side }, stored);
            expect(decoded && Buffer.compare(decoded.rgb, rgb)).toBe(0);
        }),
    );
});

it("stores a smooth grey scan in a fraction of its size", async () => {
    const side = 336;
    const rgb = new Uint8Array(side * side * 3).map((_, index) => {
        const pixel = Math.floor(index / 3);
        return 128 + 100 * Math.sin((pixel % side) / 40) * Math.cos(pixel / side / 55);
    });
    const bytes = await codec.encodeImage(key, { id: "a", side, rgb });
    expect(bytes.length).toBeLessThan(rgb.length / 4);
});

it("takes damage for nothing, never for another value", async () => {
    const image = exampleImage(4);
    const { id, side } = image;
    const good = await codec.encodeImage(key, image);
    await fc.assert(
        fc.asyncProperty(
            fc.nat(good.length - 1),
            fc.integer({ min: 1, max: 255 }),
            async (at, flip) => {
                const damaged = Buffer.from(good);
                damaged[at] = (damaged[at] ?? 0) ^ flip;
                expect(await codec.decodeImage(key, { id, side }, damaged)).toBeUndefined();
            },
        ),
    );
    expect(await codec.decodeImage(key, { id, side }, good.subarray(0, -1))).toBeUndefined();
    expect(await codec.decodeImage(key, { id, side }, Buffer.alloc(0))).toBeUndefined();
    expect(await codec.decodeImage(key, { id, side: side + 1 }, good)).toBeUndefined();

    const turn = codec.encodeTurn(key, exampleTurn(1));
    expect(codec.decodeTurn(key, turn)).toEqual(exampleTurn(1));
    expect(codec.decodeTurn(key, turn.subarray(0, -1))).toBeUndefined();
});

it("understands what was stored before there was encryption, and nothing newer", async () => {
    const turn = exampleTurn(1);
    const plain = (version: string, value: unknown): Buffer =>
        Buffer.from(version + JSON.stringify(value));
    expect(codec.decodeTurn(key, plain("1", turn))).toEqual(turn);
    expect(codec.decodeTurn(key, plain("2", turn))).toBeUndefined();
    expect(codec.decodeTurn(key, plain("1", { role: "nurse" }))).toBeUndefined();
    const message = messagesOf(key)("7");
    expect(codec.decodeMessage(key, "7", plain("1", message))).toEqual(message);
    expect(codec.decodeMessage(key, "7", plain("9", message))).toBeUndefined();

    const { id, side, rgb } = exampleImage(4);
    const pixels = Buffer.concat([Buffer.from([1, 0, side]), await packPixels(rgb, side)]);
    const decoded = await codec.decodeImage(key, { id, side }, pixels);
    expect(decoded && Buffer.compare(decoded.rgb, rgb)).toBe(0);
});

it("understands a value only where it belongs, and with its key", async () => {
    const other = freshConversation();
    const message = codec.encodeMessage(messagesOf(key)("7"));
    expect(codec.decodeMessage(key, "7", message)).toEqual(messagesOf(key)("7"));
    expect(codec.decodeMessage(key, "8", message)).toBeUndefined();
    expect(codec.decodeMessage(other, "7", message)).toBeUndefined();
    const reply = { reply: { text: "Rest.", language: "en" } } as const;
    const sealed = codec.encodeReply(key, "7", reply);
    expect(codec.decodeReply(key, "7", sealed)).toEqual(reply);
    expect(codec.decodeJournal(key, "7", sealed)).toBeUndefined();
    const image = exampleImage(4);
    const stored = await codec.encodeImage(key, image);
    expect(await codec.decodeImage(other, image, stored)).toBeUndefined();
    expect(createCodec(cipherWith("other")).decodeReply(key, "7", sealed)).toBeUndefined();
    expect(createCodec(cipherWith("new", "tests")).decodeReply(key, "7", sealed)).toEqual(reply);
});
