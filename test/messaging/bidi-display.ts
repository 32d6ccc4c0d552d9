import bidiFactory from "bidi-js";

// The package is a CommonJS module, whose types speak of an ES module.
const bidi = (bidiFactory as unknown as typeof bidiFactory.default)();

/** A line as a screen shows it, from its left to its right (Unicode Standard Annex 9). */
export function onScreen(line: string): string {
    return bidi
        .getReorderedString(line, bidi.getEmbeddingLevels(line, "auto"))
        .replaceAll(/\p{Cf}/gu, "");
}
