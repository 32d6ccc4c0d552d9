import { createHash } from "node:crypto";
import { createCipher } from "../../src/privacy/cipher.ts";
import type { DataKey } from "../../src/privacy/data-key.ts";
import type { Cipher } from "../../src/privacy-ports.ts";

/** A key that is the same in each process of the tests. */
export function testKey(name: string): DataKey {
    return createHash("sha256").update(name).digest();
}

/** A cipher with the keys of these names. */
export function cipherWith(...names: readonly string[]): Cipher {
    const keys = names.map(testKey);
    return createCipher(() => keys);
}

/** The cipher of tests for which it matters only that there is one. */
export const testCipher: Cipher = cipherWith("tests");
