import { randomBytes } from "node:crypto";

/** A key for what is stored of patients: 32 random bytes. */
export type DataKey = Uint8Array;

/** Where the keys for what is stored of patients are. */
export type DataKeyPlace =
    /** In the variable BIMEDIX2_DATA_KEY; in base64, the one that encrypts first. */
    | { readonly from: "environment"; readonly keys: readonly string[] }
    /** In the file that BIMEDIX2_DATA_KEY_FILE names. */
    | { readonly from: "file"; readonly path: string }
    /** In a file that the program makes for itself. */
    | { readonly from: "data-folder"; readonly path: string };

/** How a key is written, as a noun phrase. */
const dataKeyForm =
    "32 random bytes in base64 (44 characters) or hexadecimal (64), as openssl rand -base64 32 makes them";

/** Something wrong with a key, or with a line of a file of keys. Never quotes it. */
export interface DataKeyProblem {
    /** From 1. */
    readonly line: number;
    /** What is wrong and what to write instead, as a sentence. */
    readonly message: string;
}

/** Random bytes have more different ones, by far; what somebody typed has fewer. */
const leastDifferentBytes = 12;

/** A new key. */
export function createDataKey(): DataKey {
    return randomBytes(32);
}

/** A key as it is written in a file or a variable: base64. */
export function formatDataKey(key: DataKey): string {
    return Buffer.from(key).toString("base64");
}

/** The key that is written there; a sentence about what is wrong where there is none. */
export function parseDataKey(text: string): DataKey | string {
    const hexadecimal = /^[0-9a-f]{64}$/i.test(text);
    if (!hexadecimal && !/^[\w+/-]{43}=?$/.test(text)) return `A key must be ${dataKeyForm}.`;
    const key = Buffer.from(text, hexadecimal ? "hex" : "base64");
    if (new Set(key).size >= leastDifferentBytes) return key;
    return "This key repeats itself, so it can be guessed. Make one with openssl rand -base64 32.";
}

/** The keys of a text with one a line, the current one first; `#` begins a remark. */
export function parseKeyLines(text: string): {
    readonly keys: readonly DataKey[];
    readonly problems: readonly DataKeyProblem[];
} {
    const keys: DataKey[] = [];
    const problems: DataKeyProblem[] = [];
    for (const [index, content] of text.split("\n").entries()) {
        const word = content.replace(/#.*$/, "").trim();
        if (word === "") continue;
        const key = parseDataKey(word);
        if (typeof key === "string") problems.push({ line: index + 1, message: key });
        else keys.push(key);
    }
    if (keys.length === 0 && problems.length === 0) {
        problems.push({ line: 1, message: `There is no key here. Write ${dataKeyForm}.` });
    }
    return { keys, problems };
}
