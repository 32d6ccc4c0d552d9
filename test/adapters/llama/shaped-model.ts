import { writeGguf } from "../../../bench/gguf/gguf-file.ts";
import {
    llamaMetadata,
    type LlamaSizes,
    llamaTensors,
    type Quantization,
} from "../../../bench/gguf/llama-model.ts";

/**
 * Writes a model's file with all its sizes and no numbers: a header, and a hole that takes no place
 * on the disk. It can be measured, not asked.
 */
export async function writeShapedModel(
    path: string,
    sizes: LlamaSizes,
    quantization: Quantization,
): Promise<void> {
    const metadata = {
        ...llamaMetadata(sizes, 131_072),
        "tokenizer.ggml.model": { string: "none" },
    };
    await writeGguf(path, metadata, llamaTensors(sizes, quantization));
}
