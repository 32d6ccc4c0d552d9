import { corruptPicture } from "../picture-errors.ts";

/** Whether elements say of which kind their value is (DICOM PS3.5, 7.1.2 and 7.1.3). */
export type Encoding = "explicit" | "implicit";

/** Where the value of one element lies; the value itself is not touched. */
export interface Element {
    /** Group and element number, as in 0x00280010. */
    readonly tag: number;
    readonly valueAt: number;
    /** In bytes, within the file; `undefined`: until a delimiter. */
    readonly length: number | undefined;
    /** How elements nested in it are written. */
    readonly nested: Encoding;
}

/** The element that begins one item of a sequence, or one fragment of encapsulated pixels. */
export const itemTag = 0xfffee000;
/** Ends a sequence, or encapsulated pixels. */
export const sequenceEndTag = 0xfffee0dd;
const itemEndTag = 0xfffee00d;
const delimitingGroup = 0xfffe;

const undefinedLength = 0xffffffff;

/** Real files nest a handful of sequences; each level costs memory. */
const mostLevels = 64;

/** Kinds of value whose length takes four bytes, after two that are reserved (PS3.5, 7.1.2). */
const longKinds: ReadonlySet<string> = new Set("OB OD OF OL OV OW SQ SV UC UN UR UT UV".split(" "));

/** Hundreds of times what scanners write; reading these takes less than a tenth of a second. */
const mostElements = 200_000;

/** Reads the header of the element at `at`. */
export type ReadElement = (at: number, encoding: Encoding) => Element;

/**
 * Reads the headers of a file's elements. The outcome throws `image-corrupt` when an element or its
 * value reaches beyond the end of the file, or when there is no end of elements.
 */
export function elementReader(file: Buffer): ReadElement {
    let read = 0;
    return (at, encoding) => {
        if (++read > mostElements) throw corruptPicture("dicom");
        return readElement(file, at, encoding);
    };
}

function readElement(file: Buffer, at: number, encoding: Encoding): Element {
    if (at + 8 > file.length) throw corruptPicture("dicom");
    const group = file.readUInt16LE(at);
    const tag = group * 0x10000 + file.readUInt16LE(at + 2);
    if (encoding === "implicit" || group === delimitingGroup) {
        return element(file, tag, at + 8, file.readUInt32LE(at + 4), encoding);
    }
    const kind = file.toString("latin1", at + 4, at + 6);
    if (!/^[A-Z]{2}$/.test(kind)) throw corruptPicture("dicom");
    if (!longKinds.has(kind)) {
        return element(file, tag, at + 8, file.readUInt16LE(at + 6), encoding);
    }
    if (at + 12 > file.length) throw corruptPicture("dicom");
    // What a program of unknown kind of value copied, it copied as it was: implicit (PS3.5, 6.2.2).
    const nested = kind === "UN" ? "implicit" : encoding;
    return element(file, tag, at + 12, file.readUInt32LE(at + 8), nested);
}

function element(
    file: Buffer,
    tag: number,
    valueAt: number,
    length: number,
    nested: Encoding,
): Element {
    if (length === undefinedLength) return { tag, valueAt, length: undefined, nested };
    if (valueAt + length > file.length) throw corruptPicture("dicom");
    return { tag, valueAt, length, nested };
}

/**
 * Where the element after this one begins. Sequences of stated length are leapt over; others are
 * followed to their end, however deep they are nested, without looking at their values.
 *
 * @throws `image-corrupt`.
 */
export function endOfElement({ valueAt, length, nested }: Element, read: ReadElement): number {
    if (length !== undefined) return valueAt + length;
    const levels: { readonly inItem: boolean; readonly encoding: Encoding }[] = [];
    let level = { inItem: false, encoding: nested };
    for (let at = valueAt; ;) {
        const inner = read(at, level.encoding);
        at = inner.valueAt + (inner.length ?? 0);
        if (inner.tag === (level.inItem ? itemEndTag : sequenceEndTag)) {
            const outer = levels.pop();
            if (outer === undefined) return at;
            level = outer;
            continue;
        }
        if (level.inItem === (inner.tag === itemTag)) throw corruptPicture("dicom");
        if (inner.length !== undefined) continue;
        if (levels.length >= mostLevels) throw corruptPicture("dicom");
        levels.push(level);
        level = { inItem: !level.inItem, encoding: inner.nested };
    }
}
