import { randomBytes } from "node:crypto";
import { AppError } from "../../src/errors.ts";
import type { Attachment } from "../../src/message.ts";
import { looksLikePicture } from "../../src/messaging/looks-like-picture.ts";

/** A file that somebody has sent to the page. */
export interface KeptFile {
    readonly chat: string;
    readonly name: string;
    readonly mimeType: string;
    readonly bytes: Uint8Array;
}

/** What all files together may take; the oldest go first. */
const mostBytes = 128 * 1024 * 1024;

/** The files of the page's chats, in memory until their chat is over. */
export class ChatFiles {
    readonly #files = new Map<string, KeptFile>();
    #bytes = 0;

    /** Keeps a file; gives its id. */
    add(file: KeptFile): string {
        const id = randomBytes(12).toString("base64url");
        this.#files.set(id, file);
        this.#bytes += file.bytes.length;
        for (const oldest of this.#files.keys()) {
            if (this.#bytes <= mostBytes || oldest === id) break;
            this.#remove(oldest);
        }
        return id;
    }

    /** A file of this chat. */
    find(chat: string, id: string): KeptFile | undefined {
        const file = this.#files.get(id);
        return file?.chat === chat ? file : undefined;
    }

    /** Forgets the files of a chat. */
    close(chat: string): void {
        for (const [id, file] of this.#files) if (file.chat === chat) this.#remove(id);
    }

    /**
     * The bytes of an attachment.
     *
     * @throws As `Platform.download`.
     */
    download(id: string, maxBytes: number): Uint8Array {
        const file = this.#files.get(id);
        if (!file) {
            throw new AppError(
                "attachment-unavailable",
                "A file that was sent to the local page is not kept any more.",
            );
        }
        if (file.bytes.length <= maxBytes) return file.bytes;
        throw new AppError(
            "attachment-too-large",
            "A file that was sent to the local page is too large.",
        );
    }

    #remove(id: string): void {
        this.#bytes -= this.#files.get(id)?.bytes.length ?? 0;
        this.#files.delete(id);
    }
}

/** A file as a message names it. */
export function asAttachment(id: string, { bytes, mimeType, name }: KeptFile): Attachment {
    const kind = looksLikePicture({ mimeType, name }) ? "image" : "other";
    return { kind, id, mimeType, byteSize: bytes.length };
}
