import { corruptPicture } from "../picture-errors.ts";
import { type Element, elementReader, itemTag, sequenceEndTag } from "./read-element.ts";
import type { FrameChoice } from "./read-layout.ts";

/**
 * The bytes of one frame of encapsulated pixels (DICOM PS3.5, A.4). A frame may be cut into several
 * fragments; where each begins is told by `beginsFrame`, since the table of offsets is optional.
 *
 * @throws `image-corrupt` when the file holds fewer frames than it says.
 */
export function encapsulatedFrame(
    content: Buffer,
    pixelData: Element,
    { frames, index }: FrameChoice,
    beginsFrame: (fragment: Buffer) => boolean,
): Buffer {
    const fragments = readFragments(content, pixelData.valueAt);
    if (frames === 1) return Buffer.concat(fragments);
    const begins = fragments.flatMap((fragment, at) => (beginsFrame(fragment) ? [at] : []));
    if (begins.length < frames) throw corruptPicture("dicom");
    return Buffer.concat(fragments.slice(begins[index], begins[index + 1]));
}

/** All fragments but the first, which is the table of offsets. */
function readFragments(content: Buffer, from: number): Buffer[] {
    const fragments: Buffer[] = [];
    const read = elementReader(content);
    // Some writers forget the delimiter at the end.
    for (let at = from; at < content.length;) {
        const { tag, valueAt, length } = read(at, "explicit");
        if (tag === sequenceEndTag) break;
        if (tag !== itemTag || length === undefined) throw corruptPicture("dicom");
        at = valueAt + length;
        fragments.push(content.subarray(valueAt, at));
    }
    return fragments.slice(1);
}
