import * as fc from "fast-check";
import { expect, it } from "vitest";
import {
    decodeImage,
    decodeMessage,
    decodeTurn,
    encodeImage,
    encodeMessage,
    encodeTurn,
} from "../../../adapters/redis/codec.ts";
import {
    exampleImage,
    exampleTurn,
    freshConversation,
} from "../../contracts/conversation-store.ts";
import { messagesOf } from "./mailbox-cases.ts";

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
            const decoded = await decodeImage(await encodeImage({ id: "a", side, rgb }), {
                id: "a",
                side,
            });
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
    const bytes = await encodeImage({ id: "a", side, rgb });
    expect(bytes.length).toBeLessThan(rgb.length / 4);
});

it("takes damage and newer versions for nothing, never for another value", async () => {
    const image = exampleImage(4);
    const { id, side } = image;
    const good = await encodeImage(image);
    await fc.assert(
        fc.asyncProperty(
            fc.nat(good.length - 1),
            fc.integer({ min: 1, max: 255 }),
            async (at, flip) => {
                const damaged = Buffer.from(good);
                damaged[at] = (damaged[at] ?? 0) ^ flip;
                const decoded = await decodeImage(damaged, { id, side });
                expect(decoded === undefined || Buffer.compare(decoded.rgb, image.rgb) === 0).toBe(
                    true,
                );
            },
        ),
    );
    expect(await decodeImage(good.subarray(0, -1), { id, side })).toBeUndefined();
    expect(await decodeImage(Buffer.alloc(0), { id, side })).toBeUndefined();
    expect(await decodeImage(good, { id, side: side + 1 })).toBeUndefined();

    const turn = encodeTurn(exampleTurn(1));
    expect(decodeTurn(turn)).toEqual(exampleTurn(1));
    expect(decodeTurn(turn.subarray(0, -1))).toBeUndefined();
    expect(decodeTurn(Buffer.concat([Buffer.from("2"), turn.subarray(1)]))).toBeUndefined();
    expect(decodeTurn(Buffer.from('1{"role":"nurse"}'))).toBeUndefined();
    const message = encodeMessage(messagesOf(freshConversation())("1"));
    expect(decodeMessage(Buffer.concat([Buffer.from("9"), message]))).toBeUndefined();
});
