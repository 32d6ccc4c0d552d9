import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";

/**
 * The format of a sealed file: 8 bytes that name the format and its version, 32 random bytes (the
 * salt), then the content in pieces of 1 MiB, the last one shorter or as long, each with its tag of
 * 16 bytes behind it. AES-256-GCM (NIST SP 800-38D) under a key of this file alone (HKDF, RFC 5869),
 * so that a piece's number may be its nonce; the nonce of the last piece says that it is the last.
 */
const format = Buffer.from("bmx2sf\0\x01", "latin1");
const saltBytes = 32;
const headerBytes = format.length + saltBytes;
const pieceBytes = 2 ** 20;
/** What is encrypted in one call: of this length, memory that was freed is at hand again. */
const sliceBytes = 2 ** 16;
const tagBytes = 16;
const algorithm = "aes-256-gcm";

/** What a file is called, and the key that it is sealed under: it opens with no other pair. */
export interface SealedName {
    readonly name: string;
    readonly key: Uint8Array;
}

/** The file's name in its folder; who does not have the key learns nothing from it. */
export function digestOf({ name, key }: SealedName): string {
    const naming = Buffer.from(hkdfSync("sha256", key, "", "bimedix2 file name", 32));
    return createHmac("sha256", naming).update(name).digest("hex").slice(0, 32);
}

/** Whether a file begins as a sealed one of this version; what is behind is not looked at. */
export async function hasFormat(path: string): Promise<boolean> {
    const file = await open(path, "r").catch(() => undefined);
    if (file === undefined) return false;
    try {
        return (await readWhole(file, Buffer.alloc(format.length))).equals(format);
    } catch {
        return false;
    } finally {
        await file.close();
    }
}

/** How long the sealed file of so many bytes is. */
export function sealedBytes(plainBytes: number): number {
    return headerBytes + plainBytes + countPieces(plainBytes) * tagBytes;
}

/**
 * Makes a sealed file that only its owner can read. It is not synced: what a power cut damages does
 * not open.
 *
 * @throws What the disk fails with; what is written until then stays.
 */
export async function writeSealed(
    path: string,
    sealedName: SealedName,
    parts: readonly Uint8Array[],
    signal: AbortSignal,
): Promise<void> {
    const file = await open(path, "wx", 0o600);
    try {
        for (const piece of seal(sealedName, parts)) {
            signal.throwIfAborted();
            await file.writeFile(piece);
        }
    } finally {
        await file.close();
    }
    signal.throwIfAborted();
}

/** The content of a sealed file, piece by piece; each lasts until the next is asked for. */
function* seal(sealedName: SealedName, parts: readonly Uint8Array[]): Generator<Uint8Array, void> {
    const salt = randomBytes(saltBytes);
    const key = fileKey(sealedName, salt);
    const last = countPieces(totalBytes(parts)) - 1;
    yield Buffer.concat([format, salt]);
    const sealed = Buffer.allocUnsafe(pieceBytes + tagBytes);
    let index = 0;
    for (const slices of cutEvenly(parts)) {
        const nonce = nonceOf(index, index === last);
        const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
        let length = 0;
        for (const slice of slices) length += cipher.update(slice).copy(sealed, length);
        cipher.final();
        length += cipher.getAuthTag().copy(sealed, length);
        yield sealed.subarray(0, length);
        index++;
    }
}

/** The content of an open sealed file; `undefined` for anything but what was sealed under this name. */
export async function unseal(
    sealedName: SealedName,
    file: FileHandle,
    mostBytes: number,
): Promise<Buffer | undefined> {
    const { size } = await file.stat();
    const bodyBytes = size - headerBytes;
    const pieces = Math.ceil(bodyBytes / (pieceBytes + tagBytes));
    const plainBytes = bodyBytes - pieces * tagBytes;
    if (size > mostBytes || pieces < 1 || plainBytes < 0) return undefined;
    const header = await readWhole(file, Buffer.alloc(headerBytes));
    if (!header.subarray(0, format.length).equals(format)) return undefined;
    const key = fileKey(sealedName, header.subarray(format.length));

    const plain = Buffer.allocUnsafe(plainBytes);
    const scratch = Buffer.allocUnsafe(Math.min(pieceBytes + tagBytes, bodyBytes));
    for (let index = 0; index < pieces; index++) {
        const start = index * pieceBytes;
        const length = Math.min(pieceBytes, plainBytes - start);
        const sealed = await readWhole(file, scratch.subarray(0, length + tagBytes));
        const nonce = nonceOf(index, index === pieces - 1);
        const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
        decipher.setAuthTag(sealed.subarray(length));
        for (let at = 0; at < length; at += sliceBytes) {
            const slice = sealed.subarray(at, Math.min(at + sliceBytes, length));
            decipher.update(slice).copy(plain, start + at);
        }
        if (!isGenuine(decipher)) return undefined;
    }
    return plain;
}

/** How many bytes these are together. */
export function totalBytes(parts: readonly Uint8Array[]): number {
    return parts.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

function isGenuine(decipher: { final(): Buffer }): boolean {
    try {
        decipher.final();
        return true;
    } catch {
        return false;
    }
}

/** Nothing is one empty piece. */
function countPieces(plainBytes: number): number {
    return Math.max(1, Math.ceil(plainBytes / pieceBytes));
}

function fileKey({ name, key }: SealedName, salt: Uint8Array): Buffer {
    return Buffer.from(hkdfSync("sha256", key, salt, fileInfo(name), 32));
}

/** HKDF takes no more than 1,024 bytes to bind a key to its use. */
function fileInfo(name: string): Buffer {
    const digest = createHmac("sha256", "bimedix2 sealed file").update(name).digest();
    return Buffer.concat([Buffer.from("bimedix2 sealed file "), digest]);
}

function nonceOf(index: number, isLast: boolean): Buffer {
    const nonce = Buffer.alloc(12);
    nonce.writeUInt32BE(index, 8);
    nonce.writeUInt8(Number(isLast), 0);
    return nonce;
}

/** The slices of each piece; nothing is copied. */
function* cutEvenly(parts: readonly Uint8Array[]): Generator<Uint8Array[], void> {
    let slices: Uint8Array[] = [];
    let room = pieceBytes;
    for (const part of parts) {
        for (let start = 0; start < part.byteLength;) {
            // A piece is passed on when more follows, so that the last is never an empty one
            if (room === 0) {
                yield slices;
                [slices, room] = [[], pieceBytes];
            }
            const slice = part.subarray(start, start + Math.min(room, sliceBytes));
            slices.push(slice);
            start += slice.byteLength;
            room -= slice.byteLength;
        }
    }
    yield slices;
}

/** @throws RangeError when the file ends before. */
async function readWhole(file: FileHandle, target: Buffer): Promise<Buffer> {
    for (let done = 0; done < target.length;) {
        const { bytesRead } = await file.read(target, done, target.length - done);
        if (bytesRead === 0) throw new RangeError("A sealed file has become shorter.");
        done += bytesRead;
    }
    return target;
}
