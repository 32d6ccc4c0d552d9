import {
    type Document,
    type ErrorCode,
    isAlias,
    isMap,
    isScalar,
    isSeq,
    LineCounter,
    type Node,
    parseDocument,
} from "yaml";
import type { Fault, Place } from "./faults.ts";
import { findSecrets } from "./secrets.ts";

/** A path of keys to a setting. */
export type SettingPath = readonly PropertyKey[];

/** A YAML file as plain values that still know where they stand. */
export interface YamlFile {
    /** Plain objects, arrays and scalars; a setting without a value is left out. */
    readonly value: unknown;
    readonly faults: readonly Fault[];
    /** Whether the values can be trusted: false when the file could not be understood. */
    readonly understood: boolean;
    /** Where a setting's value stands, or the nearest section around it. */
    readonly valuePlace: (path: SettingPath) => Place;
    /** Where a setting's name stands. */
    readonly keyPlace: (path: SettingPath) => Place;
    /** A scalar exactly as it is written. */
    readonly source: (path: SettingPath) => string | undefined;
}

/** What is wrong, by the parser's codes. Its own messages could quote the file. */
const syntaxMessages: Readonly<Partial<Record<ErrorCode, string>>> = {
    TAB_AS_INDENT: "Tabs cannot indent a line; use two spaces for each level.",
    DUPLICATE_KEY: "This setting is written twice in its section; keep one of them.",
    BAD_INDENT:
        "The indentation does not fit the lines above; begin settings of one section in the same column, and close every bracket.",
    MISSING_CHAR: "A closing quote, bracket or colon is missing.",
    BLOCK_AS_IMPLICIT_KEY:
        'There are two settings on one line, or a value contains ": "; write one setting a line and put such a value in double quotes.',
    MULTILINE_IMPLICIT_KEY:
        'This line is no setting; write it as "name: value", with a space after the colon.',
    BAD_SCALAR_START: "A value cannot begin with this character; put the value in double quotes.",
    BAD_DQ_ESCAPE:
        "A backslash has a special meaning in double quotes; use single quotes or write it twice.",
    MULTIPLE_DOCS: 'A line "---" begins a second document; keep one document only.',
    BAD_ALIAS: "Names with & and * are not used here; write the value itself.",
    TAG_RESOLVE_FAILED:
        "A value cannot begin with an exclamation mark; put the value in double quotes.",
};

/** Reads a YAML text; `file` names it in faults. Never throws. */
export function readYaml(text: string, file: string): YamlFile {
    const lines = new LineCounter();
    const place = (offset: number): Place => {
        const { line, col } = lines.linePos(offset);
        return { file, line: Math.max(1, line), column: Math.max(1, col) };
    };
    try {
        const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
        const syntax = syntaxFaults(document, place);
        const converted = convert(document.contents, place);
        const secrets = secretFaults(text, place);
        const secretLines = new Set(secrets.map(({ line }) => line));
        return {
            value: converted.value ?? {},
            faults: [
                ...secrets,
                ...[...syntax, ...converted.faults].filter(({ line }) => !secretLines.has(line)),
            ],
            understood: document.errors.every(({ code }) => code === "DUPLICATE_KEY"),
            valuePlace: (path) => place(valueOffset(document, path)),
            keyPlace: (path) => place(keyOffset(document, path)),
            source: (path) => {
                const node: unknown = document.getIn(path, true);
                return isScalar(node) ? node.source : undefined;
            },
        };
    } catch {
        // The parser recurses: only a file of thousands of brackets gets here.
        const fault = { file, message: "The file is nested too deeply to be understood." };
        return {
            value: {},
            faults: [fault],
            understood: false,
            valuePlace: () => ({ file }),
            keyPlace: () => ({ file }),
            source: () => undefined,
        };
    }
}

function syntaxFaults(document: Document, place: (offset: number) => Place): Fault[] {
    const faults = [...document.errors, ...document.warnings].map(({ code, pos }) => ({
        ...place(pos[0]),
        message:
            syntaxMessages[code] ??
            'This line cannot be understood; write it as "name: value", indented like its neighbours.',
    }));
    // One slip makes the parser stumble several times on the same line.
    return faults.filter(
        ({ line }, index) => faults.findIndex((other) => other.line === line) === index,
    );
}

function secretFaults(text: string, place: (offset: number) => Place): Fault[] {
    return findSecrets(text).map(({ offset, variable }) => ({
        ...place(offset),
        message: `This looks like a secret, and this file is no place for it: move it to the file .env as ${variable}=… and delete it here.`,
    }));
}

/** Our own walk over the nodes, because the parser's may throw and follows aliases. */
function convert(
    root: unknown,
    place: (offset: number) => Place,
): { readonly value: unknown; readonly faults: readonly Fault[] } {
    const faults: Fault[] = [];
    const refuse = (node: unknown, message: string): void => {
        faults.push({ ...place((node as Node | null)?.range?.[0] ?? 0), message });
    };
    const walk = (node: unknown): unknown => {
        if (isAlias(node)) {
            refuse(node, "Names with & and * are not used here; write the value itself.");
        } else if (isMap(node)) {
            const entries = node.items.flatMap(({ key, value }): [string, unknown][] => {
                const plain = isScalar(key) && key.value !== null;
                if (!plain) refuse(key ?? node, "A name is missing before the colon.");
                const converted = walk(value);
                return plain && converted != null ? [[String(key.value), converted]] : [];
            });
            return Object.fromEntries(entries);
        } else if (isSeq(node)) {
            return node.items.map(walk);
        } else if (isScalar(node)) {
            return node.value;
        }
        return undefined;
    };
    return { value: walk(root), faults };
}

function valueOffset(document: Document, path: SettingPath): number {
    for (let length = path.length; length > 0; length -= 1) {
        const found = path.slice(0, length);
        const node: unknown = document.getIn(found, true);
        if (node === undefined) continue;
        // A section is best found by its name: its value begins with the first setting within.
        const offset = isScalar(node) && length === path.length ? node.range?.[0] : undefined;
        return offset ?? keyOffset(document, found);
    }
    return 0;
}

function keyOffset(document: Document, path: SettingPath): number {
    const section: unknown =
        path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    const pair = isMap(section)
        ? section.items.findLast(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
        : undefined;
    return (pair?.key as Node | undefined)?.range?.[0] ?? valueOffset(document, path.slice(0, -1));
}
