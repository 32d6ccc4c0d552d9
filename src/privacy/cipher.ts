import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import type { Cipher } from "../privacy-ports.ts";
import type { DataKey } from "./data-key.ts";

/**
 * The format of what is sealed: version, 4 bytes that name the key, 12 random bytes (the nonce),
 * ciphertext, 16 bytes (the tag). No value that was stored before there was encryption begins with
 * this version.
 */
const sealedVersion = 2;
const headBytes = 5;
const nonceBytes = 12;
const tagBytes = 16;

/** Gives the keys, the one that seals first. `look`: whether they have changed this moment. */
export type KeySource = (look: boolean) => readonly DataKey[];

/** What is made of one key, so that no key serves two ends. */
interface DerivedKey {
    readonly head: Buffer;
    readonly sealing: Buffer;
    readonly naming: Buffer;
}

/**
 * AES-256-GCM (NIST SP 800-38D) under keys that are derived from the clinic's (HKDF, RFC 5869).
 * Nonces are random, so that one key should seal no more than 2³² values; rotating it begins anew.
 *
 * @param source is asked at every call, so that keys can change while the program runs.
 */
export function createCipher(source: KeySource): Cipher {
    let known: { readonly keys: readonly DataKey[]; readonly derived: readonly DerivedKey[] } = {
        keys: [],
        derived: [],
    };
    const current = (look: boolean): readonly DerivedKey[] => {
        const keys = source(look);
        if (keys !== known.keys) known = { keys, derived: keys.map(derive) };
        return known.derived;
    };
    return {
        seal(plain, place) {
            const [first] = current(false);
            if (first === undefined) throw new RangeError("There is no key to seal with.");
            const nonce = randomBytes(nonceBytes);
            const cipher = createCipheriv("aes-256-gcm", first.sealing, nonce);
            cipher.setAAD(bind(place));
            const body = cipher.update(plain);
            return Buffer.concat([first.head, nonce, body, cipher.final(), cipher.getAuthTag()]);
        },

        open(sealed, place) {
            if (sealed.length < headBytes + nonceBytes + tagBytes) return undefined;
            if (sealed[0] !== sealedVersion) return undefined;
            const named = (keys: readonly DerivedKey[]): readonly DerivedKey[] =>
                keys.filter(({ head }) => head.equals(sealed.subarray(0, headBytes)));
            let keys = named(current(false));
            // Another process may have begun to seal with a new key just now.
            if (keys.length === 0) keys = named(current(true));
            for (const key of keys) {
                const plain = openWith(key, sealed, place);
                if (plain !== undefined) return plain;
            }
            return undefined;
        },

        fingerprints: (value, place) =>
            current(false).map(({ naming }) =>
                createHmac("sha256", naming)
                    .update(bind(place))
                    .update("\n")
                    .update(value)
                    .digest("hex")
                    .slice(0, 32),
            ),

        heads: () => current(true).map(({ head }) => head),
    };
}

function derive(key: DataKey): DerivedKey {
    const part = (use: string, bytes: number): Buffer =>
        Buffer.from(hkdfSync("sha256", key, "", `bimedix2 ${use}`, bytes));
    return {
        head: Buffer.concat([Buffer.of(sealedVersion), part("name", headBytes - 1)]),
        sealing: part("seal", 32),
        naming: part("fingerprint", 32),
    };
}

/** JSON keeps apart what mere concatenation would confuse. */
function bind(place: readonly string[]): Buffer {
    return Buffer.from(JSON.stringify(place));
}

function openWith(
    key: DerivedKey,
    sealed: Uint8Array,
    place: readonly string[],
): Buffer | undefined {
    const bodyAt = headBytes + nonceBytes;
    const tagAt = sealed.length - tagBytes;
    const nonce = sealed.subarray(headBytes, bodyAt);
    const decipher = createDecipheriv("aes-256-gcm", key.sealing, nonce, {
        authTagLength: tagBytes,
    });
    decipher.setAAD(bind(place));
    decipher.setAuthTag(sealed.subarray(tagAt));
    try {
        const body = decipher.update(sealed.subarray(bodyAt, tagAt));
        return Buffer.concat([body, decipher.final()]);
    } catch {
        return undefined;
    }
}
