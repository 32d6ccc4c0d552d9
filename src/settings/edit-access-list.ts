import { isScalar, isSeq, parseDocument, type Scalar, stringify, type YAMLSeq } from "yaml";
import { editClinicFile, pairAt, type SettingChange } from "./edit-clinic-file.ts";

/** What is to become of a list. */
export interface ListChange {
    /** Put behind the entries that are there. */
    readonly add: readonly string[];
    /** Which entries are taken away. */
    readonly removes: (entry: string) => boolean;
}

/** What is to become of one of the lists in `access`. */
export interface AccessListChange extends ListChange {
    readonly list: "allow" | "block";
}

/** The text of a clinic.yaml with one of the access lists changed, as {@link editList} does it. */
export function editAccessList(text: string, { list, ...change }: AccessListChange): string {
    return editList(text, ["access", list], change);
}

/**
 * The text of a clinic.yaml with a list changed. Everything else stays as it is, comments included;
 * what stands behind an entry on its line goes with it.
 *
 * @param text A file without faults of syntax, with line feeds alone.
 */
export function editList(text: string, path: Path, { add, removes }: ListChange): string {
    let edited = text;
    for (;;) {
        const seq = listAt(edited, path);
        const index = seq?.items.findIndex((item) => isScalar(item) && removes(String(item.value)));
        if (!seq || index === undefined || index === -1) break;
        edited = withoutItem(edited, seq, index, path);
    }
    if (add.length === 0) return edited;
    const seq = listAt(edited, path);
    const last = seq?.items.at(-1);
    if (!seq?.range || (last !== undefined && !isScalar(last))) {
        return editClinicFile(edited, [{ path, value: add }]);
    }
    if (seq.flow === true) return withFlowItems(edited, seq, last, add);
    return last ? withBlockItems(edited, last, add) : edited;
}

type Path = SettingChange["path"];

function listAt(text: string, path: Path): YAMLSeq | undefined {
    const value = pairAt(parseDocument(text, { keepSourceTokens: true }), path)?.value;
    return isSeq(value) ? value : undefined;
}

function withoutItem(text: string, seq: YAMLSeq, index: number, path: Path): string {
    const [start, end] = rangeOf(seq.items[index]);
    if (seq.flow !== true) {
        const lineStart = text.lastIndexOf("\n", start) + 1;
        const lineEnd = text.indexOf("\n", end);
        const rest = text.slice(0, lineStart) + (lineEnd === -1 ? "" : text.slice(lineEnd + 1));
        // A list without entries would be no list any more.
        return seq.items.length > 1 ? rest : editClinicFile(rest, [{ path, value: [] }]);
    }
    const next = seq.items[index + 1];
    const before = seq.items[index - 1];
    if (next !== undefined) return text.slice(0, start) + text.slice(rangeOf(next)[0]);
    return text.slice(0, before === undefined ? start : rangeOf(before)[1]) + text.slice(end);
}

function withFlowItems(
    text: string,
    seq: YAMLSeq,
    last: Scalar | undefined,
    add: readonly string[],
): string {
    const place = last === undefined ? rangeOf(seq)[0] + 1 : rangeOf(last)[1];
    const separator = last === undefined ? "" : ", ";
    return `${text.slice(0, place)}${separator}${add.map(quoted).join(", ")}${text.slice(place)}`;
}

/** Lines behind the last one, as far in as that. */
function withBlockItems(text: string, last: Scalar, add: readonly string[]): string {
    const [start, end] = rangeOf(last);
    const lineStart = text.lastIndexOf("\n", start) + 1;
    const dash = text.slice(lineStart, text.indexOf("-", lineStart) + 1);
    const found = text.indexOf("\n", end);
    const lineEnd = found === -1 ? text.length : found;
    const lines = add.map((entry) => `\n${dash} ${quoted(entry)}`).join("");
    return `${text.slice(0, lineEnd)}${lines}${text.slice(lineEnd)}`;
}

function rangeOf(node: unknown): readonly [start: number, end: number] {
    const range = isScalar(node) || isSeq(node) ? node.range : undefined;
    return range ? [range[0], range[1]] : [0, 0];
}

function quoted(entry: string): string {
    return stringify(entry, { lineWidth: 0, defaultStringType: "QUOTE_DOUBLE" }).trim();
}
