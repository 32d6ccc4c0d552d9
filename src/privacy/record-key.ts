import {
    createHash,
    createPrivateKey,
    createPublicKey,
    generateKeyPairSync,
    type KeyObject,
} from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../errors.ts";
import { createPrivateFile, isCode } from "./private-file.ts";

/**
 * The private key (Ed25519) that signs the records of a data folder: `keys/record.key`, and beside
 * it `keys/record.pub`, by which others can check them. Both are made where they are missing.
 *
 * @throws `config-invalid` when it cannot be made, read or understood.
 */
export async function openRecordKey(dataFolder: string): Promise<KeyObject> {
    const path = join(dataFolder, "keys", "record.key");
    const { privateKey } = generateKeyPairSync("ed25519");
    await createPrivateFile(path, String(privateKey.export({ type: "pkcs8", format: "pem" })));
    const key = await readKey(path, createPrivateKey);
    if (key === undefined) throw unreadable(path);
    const shown = createPublicKey(key).export({ type: "spki", format: "pem" });
    await createPrivateFile(publicPath(dataFolder), String(shown));
    return key;
}

/** The key by which records are checked; `undefined` before the first record. */
export async function readRecordKey(dataFolder: string): Promise<KeyObject | undefined> {
    return await readKey(publicPath(dataFolder), createPublicKey);
}

/** Names a public key: the first 16 hexadecimal digits of the SHA-256 of its DER form. */
export function fingerprintOf(key: KeyObject): string {
    const bytes = key.export({ type: "spki", format: "der" });
    return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

function publicPath(dataFolder: string): string {
    return join(dataFolder, "keys", "record.pub");
}

async function readKey(
    path: string,
    read: (text: string) => KeyObject,
): Promise<KeyObject | undefined> {
    let text: string;
    try {
        text = await readFile(path, "utf8");
    } catch (error) {
        if (isCode(error, "ENOENT")) return undefined;
        throw unreadable(path, error);
    }
    try {
        return read(text);
    } catch (error) {
        throw unreadable(path, error);
    }
}

function unreadable(path: string, cause?: unknown): AppError {
    return new AppError("config-invalid", `The key ${path} cannot be read.`, {
        remedy: "Put back a copy of it. If it is lost, move records.jsonl and both files record.* away, and keep them: new records begin a new chain.",
        cause,
    });
}
