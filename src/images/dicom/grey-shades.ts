import { setImmediate } from "node:timers/promises";
import { type Attributes, decimalIn, shortIn, textIn } from "./read-data-set.ts";
import type { SampleLayout } from "./read-layout.ts";

/** The part of the measured values that is shown from black to white. */
interface Window {
    readonly center: number;
    readonly width: number;
    readonly shape: "LINEAR" | "LINEAR_EXACT" | "SIGMOID";
}

/** What a grey file says about its values. */
export interface GreyScale {
    readonly inverted: boolean;
    readonly slope: number;
    readonly intercept: number;
    /** The sample, as it lies in the file, that stands for "nothing was measured here". */
    readonly padding: number | undefined;
    readonly window: Window | undefined;
}

/** What is left out at each end where the file states no window. */
const outliers = 0.005;

/** A few milliseconds of counting. */
const samplesBetweenPauses = 1 << 20;

/** Reads what a file says about its grey values. */
export function readGreyScale(attributes: Attributes, { photometric }: SampleLayout): GreyScale {
    const slope = decimalIn(attributes, "rescaleSlope") ?? 1;
    return {
        inverted: photometric === "MONOCHROME1",
        slope: slope === 0 ? 1 : slope,
        intercept: decimalIn(attributes, "rescaleIntercept") ?? 0,
        padding: shortIn(attributes, "pixelPaddingValue"),
        window: readWindow(attributes),
    };
}

function readWindow(attributes: Attributes): Window | undefined {
    const center = decimalIn(attributes, "windowCenter");
    const width = decimalIn(attributes, "windowWidth");
    // The window then counts in what that table yields, which is not read.
    if (attributes.has("modalityLutSequence")) return undefined;
    if (center === undefined || width === undefined) return undefined;
    const shape = textIn(attributes, "voiLutFunction");
    if (shape === "SIGMOID" || shape === "LINEAR_EXACT") {
        return width > 0 ? { center, width, shape } : undefined;
    }
    return width >= 1 ? { center, width, shape: "LINEAR" } : undefined;
}

/** How much of the way from black to white a measured value lies (DICOM PS3.3, C.11.2.1). */
function inWindow(value: number, { center, width, shape }: Window): number {
    if (shape === "SIGMOID") return 1 / (1 + Math.exp((-4 * (value - center)) / width));
    if (shape === "LINEAR_EXACT") return (value - center) / width + 0.5;
    if (width === 1) return value <= center - 0.5 ? 0 : 1;
    return (value - (center - 0.5)) / (width - 1) + 0.5;
}

/**
 * The shade of grey of each sample as it lies in memory (256 or 65,536 of them): through the file's
 * own window; without one, 8 bits as they are, more with the darkest and the brightest half percent
 * cut off. The same where a window would leave the whole picture one shade.
 *
 * @param samples of one frame, little endian
 */
export async function shadesOf(
    samples: Uint8Array,
    layout: SampleLayout,
    scale: GreyScale,
): Promise<Uint8Array> {
    const { bitsStored, highBit, signed, bytesPerSample } = layout;
    const steps = 2 ** bitsStored;
    const shift = highBit + 1 - bitsStored;
    // Counted from the least value on, so that signed ones are in order too.
    const stepOf = (sample: number): number =>
        ((sample >> shift) + (signed ? steps / 2 : 0)) % steps;
    const valueOf = (step: number): number =>
        (step - (signed ? steps / 2 : 0)) * scale.slope + scale.intercept;

    const counts = new Uint32Array(steps);
    for (const [sample, count] of (await countSamples(samples, bytesPerSample)).entries()) {
        counts[stepOf(sample)] = (counts[stepOf(sample)] ?? 0) + count;
    }
    if (scale.padding !== undefined) counts[stepOf(scale.padding)] = 0;

    const shown = shownPart(counts, layout, scale, valueOf);
    const shades = new Uint8ClampedArray(256 ** bytesPerSample);
    for (let sample = 0; sample < shades.length; sample++) {
        const share = shown(valueOf(stepOf(sample)));
        shades[sample] = (scale.inverted ? 1 - share : share) * 255;
    }
    return new Uint8Array(shades.buffer);
}

/** Turns a measured value into its share of the way from black to white, not yet cut off. */
function shownPart(
    counts: Uint32Array,
    { bitsStored, signed }: SampleLayout,
    { window, slope, intercept }: GreyScale,
    valueOf: (step: number) => number,
): (value: number) => number {
    const darkest = stepAfter(counts, 0);
    const brightest = stepAfter(counts, 1);
    if (window !== undefined) {
        const shade = (step: number): number =>
            Math.round(Math.min(Math.max(inWindow(valueOf(step), window), 0), 1) * 255);
        if (shade(darkest) !== shade(brightest)) return (value) => inWindow(value, window);
    } else if (bitsStored <= 8 && !signed && slope === 1 && intercept === 0) {
        return (value) => value / (2 ** bitsStored - 1);
    }
    let from = stepAfter(counts, outliers);
    let to = stepAfter(counts, 1 - outliers);
    if (from === to) [from, to] = [darkest, brightest];
    const black = Math.min(valueOf(from), valueOf(to));
    const range = Math.abs(valueOf(to) - valueOf(from));
    return (value) => (range === 0 ? 0 : (value - black) / range);
}

/** The first step at which more than `share` of all samples are reached; the last one for 1. */
function stepAfter(counts: Uint32Array, share: number): number {
    const wanted = share * counts.reduce((sum, count) => sum + count, 0);
    let seen = 0;
    let last = 0;
    for (const [step, count] of counts.entries()) {
        if (count === 0) continue;
        seen += count;
        last = step;
        if (seen > wanted) break;
    }
    return last;
}

async function countSamples(samples: Uint8Array, bytesPerSample: 1 | 2): Promise<Uint32Array> {
    const counts = new Uint32Array(256 ** bytesPerSample);
    for (let at = 0; at < samples.length;) {
        const end = Math.min(samples.length, at + samplesBetweenPauses);
        for (; at < end; at += bytesPerSample) {
            const low = samples[at] ?? 0;
            const sample = bytesPerSample === 1 ? low : low | ((samples[at + 1] ?? 0) << 8);
            counts[sample] = (counts[sample] ?? 0) + 1;
        }
        await setImmediate();
    }
    return counts;
}
