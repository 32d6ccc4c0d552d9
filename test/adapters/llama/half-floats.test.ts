import { expect, test } from "vitest";
import { fromHalfFloats, toHalfFloats } from "../../../adapters/llama/half-floats.ts";

test("each half comes back from its number, in several pieces as well", async () => {
    const finite = Uint16Array.from({ length: 2 ** 17 + 5 }, (_, index) => index).filter(
        (half) => (half & 0x7c00) !== 0x7c00,
    );
    expect(await toHalfFloats(await fromHalfFloats(finite))).toEqual(finite);
});

test.each([
    ["a number that needs no rounding", 1.5, 0x3e00],
    ["below the middle", 1 + 2 ** -12, 0x3c00],
    ["the middle, to the even one below", 1 + 2 ** -11, 0x3c00],
    ["the middle, to the even one above", 1 + 3 * 2 ** -11, 0x3c02],
    ["up to the next power of two", 2 - 2 ** -12, 0x4000],
    ["the greatest", -65_504, 0xfbff],
    ["up to the greatest", 65_519, 0x7bff],
    ["a subnormal one", 2 ** -24, 0x0001],
    ["half of the smallest, to zero", 2 ** -25, 0x0000],
    ["up to the smallest normal one", 2 ** -14 - 2 ** -26, 0x0400],
    ["minus zero", -0, 0x8000],
])("rounds %s", async (_, value, half) => {
    expect(await toHalfFloats(Float32Array.of(value))).toEqual(Uint16Array.of(half));
});

test.each([65_520, -1e9, Number.POSITIVE_INFINITY, Number.NaN])("%d has no half", async (value) => {
    expect(await toHalfFloats(Float32Array.of(1, value))).toBeUndefined();
});
