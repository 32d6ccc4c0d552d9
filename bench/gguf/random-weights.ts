import { type Cipher, createCipheriv, createHash } from "node:crypto";
import { GgmlType } from "node-llama-cpp";
import type { TensorPlan } from "./gguf-file.ts";

/** Random bytes, the same for the same seed. */
export class RandomBytes {
    readonly #cipher: Cipher;

    constructor(seed: string) {
        const key = createHash("sha256").update(seed).digest();
        this.#cipher = createCipheriv("aes-256-ctr", key, Buffer.alloc(16));
    }

    of(length: number): Buffer {
        return this.#cipher.update(Buffer.alloc(length));
    }
}

/**
 * How random bytes become blocks of valid weights around zero, of about 0.02 times 2 ** `shift`: so
 * the activations stay finite.
 */
const correctBlocks: Partial<Record<GgmlType, (blocks: Buffer, shift: number) => void>> = {
    // Sign and mantissa stay; the exponent becomes -7 or -6.
    [GgmlType.F32]: (blocks, shift) => replaceEvery(blocks, 4, 3, 0x80, 0x3c + (shift >> 1)),
    // The exponent becomes -7.
    [GgmlType.F16]: (blocks, shift) => replaceEvery(blocks, 2, 1, 0x83, 0x20 + 4 * shift),
    // -7 or -6; the lowest bit of the exponent is in the other byte.
    [GgmlType.BF16]: (blocks, shift) => replaceEvery(blocks, 2, 1, 0x80, 0x3c + (shift >> 1)),
    [GgmlType.Q4_0]: (blocks, shift) => {
        const scale = half(0.0043 * 2 ** shift);
        // Quants are -8 to 7: with either sign, the weights of a row lie around zero all the same.
        for (let at = 0; at < blocks.length; at += 18) {
            blocks.writeUInt16LE((blocks.readUInt16LE(at) & 0x8000) | scale, at);
        }
    },
    [GgmlType.Q4_K]: (blocks, shift) => {
        setEvery(blocks, 144, 0, half(0.0001 * 2 ** shift));
        // 7.5 is the middle of the quants.
        setEvery(blocks, 144, 2, half(0.00075 * 2 ** shift));
    },
    [GgmlType.Q6_K]: (blocks, shift) => setEvery(blocks, 210, 208, half(0.000015 * 2 ** shift)),
};

interface RandomTensorOptions {
    readonly shift?: number;
    readonly isZero?: (row: number) => boolean;
}

/**
 * A matrix of random weights.
 *
 * @param options.shift The weights are about 0.02 times 2 to the power of this; even.
 * @param options.isZero Rows that stay zero.
 */
export function randomTensor(
    random: RandomBytes,
    name: string,
    type: GgmlType,
    dimensions: readonly number[],
    { shift = 0, isZero = () => false }: RandomTensorOptions = {},
): TensorPlan {
    const correct = correctBlocks[type];
    if (correct === undefined) throw new Error(`No random weights of type ${GgmlType[type]}.`);
    return {
        name,
        type,
        dimensions,
        fill: (rows, firstRow, rowBytes) => {
            random.of(rows.length).copy(rows);
            correct(rows, shift);
            for (let at = 0; at < rows.length; at += rowBytes) {
                if (isZero(firstRow + at / rowBytes)) rows.fill(0, at, at + rowBytes);
            }
        },
    };
}

/** A tensor of 32-bit numbers that are all the same. */
export function constantTensor(
    name: string,
    dimensions: readonly number[],
    value: number,
): TensorPlan {
    const fill = (rows: Buffer): void => {
        for (let at = 0; at < rows.length; at += 4) rows.writeFloatLE(value, at);
    };
    return { name, type: GgmlType.F32, dimensions, fill };
}

function replaceEvery(
    blocks: Buffer,
    blockBytes: number,
    offset: number,
    kept: number,
    set: number,
): void {
    for (let at = offset; at < blocks.length; at += blockBytes) {
        blocks[at] = ((blocks[at] ?? 0) & kept) | set;
    }
}

function setEvery(blocks: Buffer, blockBytes: number, offset: number, value: number): void {
    for (let at = offset; at < blocks.length; at += blockBytes) blocks.writeUInt16LE(value, at);
}

/** A small positive number in half precision; below 2 ** -14 the steps are 2 ** -24. */
function half(value: number): number {
    if (value < 2 ** -14) return Math.round(value * 2 ** 24);
    const exponent = Math.floor(Math.log2(value));
    return ((exponent + 15) << 10) | Math.round((value / 2 ** exponent - 1) * 1024);
}
