import sharp from "sharp";
import type { ConversationKey, ImageReference, ModelImage } from "../message.ts";
import type { PatientRecord } from "../privacy-ports.ts";

/** What an export needs besides the record. */
export interface ExportParts {
    /** `undefined` for a picture that has been forgotten meanwhile. */
    readonly readImage: (
        key: ConversationKey,
        image: ImageReference,
    ) => Promise<ModelImage | undefined>;
    /** Keeps a picture in a file and gives what stands for it; absent: it stands within, in base64. */
    readonly keepPicture?: (id: string, png: Buffer) => Promise<KeptPicture>;
    /** Milliseconds since 1970. */
    readonly nowMs: number;
}

/** A picture that lies beside the export. */
export interface KeptPicture {
    readonly file: string;
    /** SHA-256 of the file, in hexadecimal. */
    readonly sha256: string;
}

/**
 * Everything that is kept of a patient as one JSON text that people and programs can read. Pictures
 * are PNG files, as the model saw them. Times are ISO 8601 in UTC.
 */
export async function renderExport(record: PatientRecord, parts: ExportParts): Promise<string> {
    const { conversation, turns, waiting, undelivered } = record;
    const pictures = new Map<string, string | KeptPicture>();
    const shown = [...turns, ...waiting].flatMap(({ images }) => images);
    for (const image of shown) {
        if (pictures.has(image.id)) continue;
        const pixels = await parts.readImage(conversation, image);
        if (pixels === undefined) continue;
        const png = await encodePng(pixels);
        pictures.set(
            image.id,
            (await parts.keepPicture?.(image.id, png)) ?? png.toString("base64"),
        );
    }
    const { consent, handoff, chosenLanguage, unreadable } = record;
    const value = {
        format: "bimedix2-export",
        version: 1,
        exportedAt: time(parts.nowMs),
        id: record.id,
        platform: conversation.slice(0, conversation.indexOf(":")),
        conversation,
        ...(chosenLanguage === undefined ? {} : { chosenLanguage }),
        ...(consent === undefined
            ? {}
            : { consent: { at: time(consent.atMs), wording: consent.wording } }),
        ...(handoff === undefined
            ? {}
            : { handoff: { since: time(handoff.sinceMs), code: handoff.code } }),
        turns: turns.map(({ atMs, images, ...turn }) => ({
            at: time(atMs),
            ...turn,
            images: images.map(({ id }) => id),
        })),
        waiting: waiting.map(({ message, acceptedAtMs, images }) => ({
            acceptedAt: time(acceptedAtMs),
            ...message,
            images: images.map(({ id }) => id),
        })),
        undelivered: undelivered.map(({ reply, committedAtMs, setAside }) => ({
            writtenAt: time(committedAtMs),
            ...reply,
            setAside,
        })),
        pictures: Object.fromEntries(pictures),
        unreadable,
    };
    return `${JSON.stringify(value, undefined, 2)}\n`;
}

async function encodePng({ rgb, side }: ModelImage): Promise<Buffer> {
    const raw = { width: side, height: side, channels: 3 } as const;
    return await sharp(rgb, { raw }).png().toBuffer();
}

function time(ms: number): string {
    return new Date(ms).toISOString();
}
