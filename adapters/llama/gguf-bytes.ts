import type { FileHandle } from "node:fs/promises";

const usualPieceBytes = 2 * 2 ** 20;
// Ten times the longest header that there is: what claims to go on longer is damaged
const longestHeader = 256 * 2 ** 20;
const u64Bytes = 8;

/**
 * The bytes of a GGUF file's header in their order, little endian, read from the file in pieces. All
 * methods throw where the bytes that they are asked for lie behind the file's end.
 */
export class GgufBytes {
    readonly #file: FileHandle;
    readonly #end: number;
    #piece: Buffer;
    /** Where the piece lies in the file. */
    #start = 0;
    /** How much of the piece is in use. */
    #length = 0;
    /** The next byte of the piece; behind it, where bytes have been skipped that no piece holds. */
    #next = 0;

    constructor(file: FileHandle, fileBytes: number, pieceBytes = usualPieceBytes) {
        this.#file = file;
        this.#end = Math.min(fileBytes, longestHeader);
        this.#piece = Buffer.allocUnsafe(Math.min(this.#end, pieceBytes));
    }

    /** Where the next byte lies in the file. */
    get position(): number {
        return this.#start + this.#next;
    }

    /** @throws when fewer bytes are left. */
    expect(bytes: number): void {
        if (bytes > this.#end - this.position) throw new Error("The header ends too early.");
    }

    /** Goes on behind the next `bytes` without reading them. */
    skip(bytes: number): void {
        this.expect(bytes);
        this.#next += bytes;
    }

    /** Goes on behind the next `count` strings. */
    async skipStrings(count: number): Promise<void> {
        this.expect(count * u64Bytes);
        for (let left = count; left > 0; left--) {
            // Hundreds of thousands of them: none waits for a promise that lies in the piece
            if (this.#length - this.#next < u64Bytes) await this.#hold(u64Bytes);
            this.skip(this.#takeU64());
        }
    }

    /** A string; `undefined`: it has more than `mostBytes`, and was skipped. */
    async string(mostBytes: number): Promise<string | undefined> {
        const length = await this.u64();
        if (length > mostBytes) {
            this.skip(length);
            return undefined;
        }
        return this.take(length, (piece, at) => piece.toString("utf8", at, at + length));
    }

    u32(): Promise<number> {
        return this.take(4, (piece, at) => piece.readUInt32LE(at));
    }

    /** A whole number of 64 bits; rounded where a JavaScript number cannot hold it. */
    async u64(): Promise<number> {
        if (this.#length - this.#next < u64Bytes) await this.#hold(u64Bytes);
        return this.#takeU64();
    }

    /** The next `bytes` as `read` understands them. */
    async take<Value>(bytes: number, read: (piece: Buffer, at: number) => Value): Promise<Value> {
        if (this.#length - this.#next < bytes) await this.#hold(bytes);
        const at = this.#next;
        this.#next += bytes;
        return read(this.#piece, at);
    }

    #takeU64(): number {
        const at = this.#next;
        this.#next += u64Bytes;
        return this.#piece.readUInt32LE(at + 4) * 2 ** 32 + this.#piece.readUInt32LE(at);
    }

    /** Reads the piece that begins with the next byte and holds `bytes` at least. */
    async #hold(bytes: number): Promise<void> {
        this.expect(bytes);
        this.#start = this.position;
        this.#next = 0;
        this.#length = 0;
        if (this.#piece.length < bytes) this.#piece = Buffer.allocUnsafe(bytes);
        const wanted = Math.min(this.#piece.length, this.#end - this.#start);
        while (this.#length < wanted) {
            const { bytesRead } = await this.#file.read(
                this.#piece,
                this.#length,
                wanted - this.#length,
                this.#start + this.#length,
            );
            if (bytesRead === 0) throw new Error("The file became shorter while it was read.");
            this.#length += bytesRead;
        }
    }
}
