import { GgmlType } from "node-llama-cpp";
import type { GgufTensor } from "./gguf-header.ts";

/** Elements and bytes of one block of each tensor type; source: `type_traits` of ggml.c. */
export const tensorBlocks: Partial<Record<number, readonly [elements: number, bytes: number]>> = {
    [GgmlType.F32]: [1, 4],
    [GgmlType.F16]: [1, 2],
    [GgmlType.Q4_0]: [32, 18],
    [GgmlType.Q4_1]: [32, 20],
    [GgmlType.Q5_0]: [32, 22],
    [GgmlType.Q5_1]: [32, 24],
    [GgmlType.Q8_0]: [32, 34],
    [GgmlType.Q8_1]: [32, 36],
    [GgmlType.Q2_K]: [256, 84],
    [GgmlType.Q3_K]: [256, 110],
    [GgmlType.Q4_K]: [256, 144],
    [GgmlType.Q5_K]: [256, 176],
    [GgmlType.Q6_K]: [256, 210],
    [GgmlType.Q8_K]: [256, 292],
    [GgmlType.IQ2_XXS]: [256, 66],
    [GgmlType.IQ2_XS]: [256, 74],
    [GgmlType.IQ3_XXS]: [256, 98],
    [GgmlType.IQ1_S]: [256, 50],
    [GgmlType.IQ4_NL]: [32, 18],
    [GgmlType.IQ3_S]: [256, 110],
    [GgmlType.IQ2_S]: [256, 82],
    [GgmlType.IQ4_XS]: [256, 136],
    [GgmlType.I8]: [1, 1],
    [GgmlType.I16]: [1, 2],
    [GgmlType.I32]: [1, 4],
    [GgmlType.I64]: [1, 8],
    [GgmlType.F64]: [1, 8],
    [GgmlType.IQ1_M]: [256, 56],
    [GgmlType.BF16]: [1, 2],
    [GgmlType.TQ1_0]: [256, 54],
    [GgmlType.TQ2_0]: [256, 66],
    [GgmlType.MXFP4]: [32, 17],
    [GgmlType.NVFP4]: [64, 36],
    [GgmlType.Q1_0]: [128, 18],
    [GgmlType.Q2_0]: [64, 18],
};

/** Elements of a tensor. */
export function tensorElements({ dimensions }: Pick<GgufTensor, "dimensions">): number {
    return dimensions.reduce((product, size) => product * size, 1);
}

/** How long a tensor is; 0 if its type is unknown. */
export function tensorBytes(tensor: Pick<GgufTensor, "dimensions" | "ggmlType">): number {
    const [elements, bytes] = tensorBlocks[tensor.ggmlType] ?? [1, 0];
    return (tensorElements(tensor) / elements) * bytes;
}

/** Where a tensor ends in its file, in bytes; where it begins if its type is unknown. */
export function tensorEnd(tensor: GgufTensor): number {
    return tensor.fileOffset + tensorBytes(tensor);
}
