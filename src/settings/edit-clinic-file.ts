import { isMap, isScalar, parseDocument, stringify, type Document, type Pair } from "yaml";

/** A setting's place in clinic.yaml, and what it is to be. */
export interface SettingChange {
    readonly path: readonly [string, ...string[]];
    readonly value: string | number | boolean | readonly string[];
}

/**
 * The text of a clinic.yaml with some settings changed. Everything else stays as it is, comments and
 * the order of lines included; a setting that is not there yet is put at the beginning of its section.
 *
 * @param text A file without faults of syntax.
 */
export function editClinicFile(text: string, changes: readonly SettingChange[]): string {
    return changes.reduce(changeSetting, text);
}

function changeSetting(text: string, { path, value }: SettingChange): string {
    const document = parseDocument(text, { keepSourceTokens: true });
    const written = writtenValue(value);
    const pair = pairAt(document, path);
    if (pair) return writeValue(text, pair, written);
    for (let depth = path.length - 1; depth > 0; depth -= 1) {
        const section = pairAt(document, path.slice(0, depth));
        if (!section) continue;
        const indent = indentWithin(text, section);
        return insertBeneath(text, section, nested(path.slice(depth), written, indent));
    }
    const before = text === "" || text.endsWith("\n") ? text : `${text}\n`;
    return `${before}${nested(path, written, "")}\n`;
}

function writtenValue(value: SettingChange["value"]): string {
    const style = {
        lineWidth: 0,
        collectionStyle: "flow",
        flowCollectionPadding: false,
        defaultStringType: typeof value === "object" ? "QUOTE_DOUBLE" : "PLAIN",
    } as const;
    return stringify(value, style).trim();
}

/** A setting with its name; `undefined`: the file does not have it. */
export function pairAt(document: Document, path: readonly string[]): Pair | undefined {
    let node: unknown = document.contents;
    let found: Pair | undefined;
    for (const name of path) {
        if (!isMap(node)) return undefined;
        found = node.items.find(({ key }) => isScalar(key) && key.value === name);
        if (!found) return undefined;
        node = found.value;
    }
    return found;
}

/** In place of a value that is there; behind the colon of one that is empty. */
function writeValue(text: string, { key, value }: Pair, written: string): string {
    const range = isScalar(value) && value.source !== "" ? value.range : undefined;
    if (range) return text.slice(0, range[0]) + written + text.slice(range[1]);
    const colon = text.indexOf(":", endOf(key));
    return `${text.slice(0, colon + 1)} ${written}${text.slice(colon + 1)}`;
}

function insertBeneath(text: string, { key }: Pair, lines: string): string {
    const end = text.indexOf("\n", endOf(key));
    return end === -1 ? `${text}\n${lines}\n` : `${text.slice(0, end)}\n${lines}${text.slice(end)}`;
}

/** As far as the section's first setting stands in, else two spaces further than its name. */
function indentWithin(text: string, { key, value }: Pair): string {
    const first = isMap(value) ? value.items[0]?.key : undefined;
    const start = isScalar(first) ? first.range?.[0] : undefined;
    if (start !== undefined) return indentAt(text, start);
    return `${indentAt(text, isScalar(key) ? (key.range?.[0] ?? 0) : 0)}  `;
}

function indentAt(text: string, offset: number): string {
    return text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
}

function nested(path: readonly string[], written: string, indent: string): string {
    return path
        .map((name, depth) => `${indent}${"  ".repeat(depth)}${name}:`)
        .join("\n")
        .concat(` ${written}`);
}

function endOf(key: unknown): number {
    return isScalar(key) ? (key.range?.[1] ?? 0) : 0;
}
