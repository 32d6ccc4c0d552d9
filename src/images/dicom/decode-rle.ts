import { setImmediate } from "node:timers/promises";
import { corruptPicture } from "../picture-errors.ts";
import { frameBytes, type SampleLayout } from "./read-layout.ts";

/** The number of segments, then where up to 15 of them begin. */
const headerBytes = 64;

/** Two bytes repeat one at most so often. */
const longestRun = 128;

/** A few milliseconds of work. */
const bytesBetweenPauses = 1 << 19;

/**
 * Unpacks a frame of DICOM's run lengths (PS3.5, annex G): a segment for each byte of a pixel, the
 * high byte of a sample first. The outcome is as if it had never been packed: little endian, pixel
 * after pixel. Other work is let in every few milliseconds.
 *
 * @throws `image-corrupt`.
 */
export async function decodeRle(frame: Buffer, layout: SampleLayout): Promise<Uint8Array> {
    const { width, height, bytesPerSample, samplesPerPixel } = layout;
    const pixelBytes = bytesPerSample * samplesPerPixel;
    const size = frameBytes(layout);
    if (size !== width * height * pixelBytes) throw corruptPicture("dicom");
    if (frame.length < headerBytes || frame.readUInt32LE(0) !== pixelBytes) {
        throw corruptPicture("dicom");
    }
    // Before memory is taken for what cannot be there.
    if (size > (frame.length / 2) * longestRun) throw corruptPicture("dicom");
    const samples = new Uint8Array(size);
    for (let segment = 0; segment < pixelBytes; segment++) {
        const from = frame.readUInt32LE(4 + segment * 4);
        const to = segment + 1 < pixelBytes ? frame.readUInt32LE(8 + segment * 4) : frame.length;
        if (from < headerBytes || to < from || to > frame.length) throw corruptPicture("dicom");
        const sample = Math.floor(segment / bytesPerSample);
        const lowByteFirst = bytesPerSample - 1 - (segment % bytesPerSample);
        const firstAt = sample * bytesPerSample + lowByteFirst;
        await unpack(frame.subarray(from, to), samples, firstAt, pixelBytes);
    }
    return samples;
}

/** Writes a segment's bytes to every `step`th place from `at` on, until they are all full. */
async function unpack(
    segment: Buffer,
    samples: Uint8Array,
    firstAt: number,
    step: number,
): Promise<void> {
    let at = firstAt;
    let pauseAt = at + bytesBetweenPauses;
    for (let from = 0; at < samples.length;) {
        const control = segment[from++];
        if (control === undefined) throw corruptPicture("dicom");
        if (control === 128) continue;
        const repeats = control > 128;
        const count = repeats ? 257 - control : control + 1;
        if (from + (repeats ? 1 : count) > segment.length) throw corruptPicture("dicom");
        for (let index = 0; index < count && at < samples.length; index++, at += step) {
            samples[at] = segment[repeats ? from : from + index] ?? 0;
        }
        from += repeats ? 1 : count;
        if (at < pauseAt) continue;
        pauseAt = at + bytesBetweenPauses;
        await setImmediate();
    }
}
