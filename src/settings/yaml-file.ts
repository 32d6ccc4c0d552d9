import {
    type Document,
    type ErrorCode,
    isAlias,
    isMap,
    isNode,
    isScalar,
    isSeq,
    LineCounter,
    parseDocument,
    visit,
    type YAMLError,
} from "yaml";
import type { Fault, Place } from "./faults.ts";
import { findSecrets } from "./secrets.ts";

/** A path of keys to a setting. */
export type SettingPath = readonly PropertyKey[];

/** A YAML file as plain values that still know where they stand. */
export interface YamlFile {
    /** Plain objects, arrays and scalars; a setting without a value is `undefined`. */
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
    TAB_AS_INDENT: "Tabs cannot indent a line. Use two spaces for each level.",
    DUPLICATE_KEY: "This setting is written twice in its section. Keep one of them.",
    BAD_INDENT:
        "The indentation does not fit the lines above. Begin all settings of one section in the same column.",
    MISSING_CHAR: "A bracket or a colon is missing here.",
    BLOCK_AS_IMPLICIT_KEY:
        'There are two settings on this line, or a value contains ": ". Write one setting a line and put such a value in double quotes.',
    MULTILINE_IMPLICIT_KEY:
        'This line is not a setting. Write it as "name: value", with a space after the colon.',
    BAD_SCALAR_START: "A value cannot begin with this character. Put the value in double quotes.",
    BAD_DQ_ESCAPE:
        "A backslash has a special meaning in double quotes. Use single quotes or write it twice.",
    MULTIPLE_DOCS: 'A line "---" begins a second document. Keep one document only.',
    TAG_RESOLVE_FAILED:
        "A value cannot begin with an exclamation mark. Put the value in double quotes.",
    RESOURCE_EXHAUSTION: "The sections are nested too deeply to be understood.",
};
const otherSyntaxMessage =
    'This line cannot be understood. Write it as "name: value", indented like its neighbours.';
const bareReferenceMessage =
    "A reference like ${NAME} must stand in double quotes here, because it is within brackets.";
const aliasMessage = "A value cannot begin with & or *. Put the value in double quotes.";

/** Reads a YAML text; `file` names it in faults. Never throws. */
export function readYaml(text: string, file: string): YamlFile {
    const lines = new LineCounter();
    const place = (offset: number): Place => {
        const { line, col } = lines.linePos(offset);
        return { file, line: Math.max(1, line), column: Math.max(1, col) };
    };
    // The core schema holds whatever version of YAML the file claims to be.
    const document = parseDocument(text, {
        lineCounter: lines,
        prettyErrors: false,
        schema: "core",
    });
    const converted = convert(document.contents, place);
    const secrets = secretFaults(text, place);
    const secretLines = new Set(secrets.map(({ line }) => line));
    const understood = document.errors.every(({ code }) => code === "DUPLICATE_KEY");
    const others = [
        ...syntaxFaults(document, text, place),
        ...(understood ? converted.faults : []),
    ];
    return {
        value: converted.value ?? {},
        faults: [...secrets, ...others.filter(({ line }) => !secretLines.has(line))],
        understood,
        valuePlace: (path) => place(valueOffset(document, path)),
        keyPlace: (path) => place(keyOffset(document, path)),
        source: (path) => {
            const node: unknown = document.getIn(path, true);
            return isScalar(node) ? node.source : undefined;
        },
    };
}

function syntaxFaults(document: Document, text: string, place: (offset: number) => Place): Fault[] {
    const lineOf = ({ pos }: YAMLError): number | undefined => place(pos[0]).line;
    return (
        [...document.errors, ...document.warnings]
            // One slip makes the parser stumble several times on the same line.
            .filter(
                (error, index, all) =>
                    all.findIndex((other) => lineOf(other) === lineOf(error)) === index,
            )
            .map((error) => {
                const { offset, message } = syntaxFault(error, document, text);
                return { ...place(offset), message };
            })
    );
}

/** The parser says where it stumbled; the slip itself may stand elsewhere. */
function syntaxFault(
    { code, pos: [offset], message }: YAMLError,
    document: Document,
    text: string,
): { readonly offset: number; readonly message: string } {
    const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
    if (/[{[,][^"']*\$$/.test(text.slice(lineStart, offset)) && text[offset] === "{") {
        return { offset: offset - 1, message: bareReferenceMessage };
    }
    const restOfLine = /^.*/.exec(text.slice(offset))?.[0] ?? "";
    if (code === "BLOCK_AS_IMPLICIT_KEY" && !restOfLine.includes(":")) {
        const below = /\n[ \t]*(?=[^\s#])/.exec(text.slice(offset));
        return {
            offset: below ? offset + below.index + below[0].length : offset,
            message:
                "This line is indented deeper than the setting above it. Begin all settings of one section in the same column.",
        };
    }
    if (code === "BAD_INDENT" && message.startsWith("Flow")) {
        return { offset, message: "A closing bracket } or ] is missing before this line." };
    }
    const quoteOffset = code === "MISSING_CHAR" ? quoteBefore(document, offset) : undefined;
    if (quoteOffset !== undefined) {
        return { offset: quoteOffset, message: "The quote that opens here is never closed." };
    }
    return { offset, message: syntaxMessages[code] ?? otherSyntaxMessage };
}

/** Where the quote opened that is still open at `offset`. */
function quoteBefore(document: Document, offset: number): number | undefined {
    let opened: number | undefined;
    visit(document, {
        Scalar: (_, { type, range }) => {
            const isQuoted = type === "QUOTE_DOUBLE" || type === "QUOTE_SINGLE";
            if (isQuoted && range && range[0] < offset && offset <= range[1]) opened = range[0];
        },
    });
    return opened;
}

function secretFaults(text: string, place: (offset: number) => Place): Fault[] {
    return findSecrets(text).map(({ offset, variable }) => ({
        ...place(offset),
        message: `This looks like a secret, and this file is no place for it: move it to the file .env as ${variable}=… and delete it here.`,
    }));
}

/** Our own walk over the nodes: the parser's follows aliases and can throw. */
function convert(
    root: unknown,
    place: (offset: number) => Place,
): { readonly value: unknown; readonly faults: readonly Fault[] } {
    const faults: Fault[] = [];
    const refuse = (node: unknown, message: string): void => {
        faults.push({ ...place((isNode(node) ? node.range?.[0] : undefined) ?? 0), message });
    };
    const walk = (node: unknown): unknown => {
        if (isAlias(node) || (isNode(node) && "anchor" in node && node.anchor !== undefined)) {
            refuse(node, aliasMessage);
        }
        if (isMap(node)) {
            const entries = node.items.flatMap(({ key, value }): [string, unknown][] => {
                const hasName = isScalar(key) && key.value !== null;
                if (!hasName) refuse(key ?? node, "A name is missing before the colon.");
                const converted = walk(value);
                return hasName ? [[String(key.value), converted ?? undefined]] : [];
            });
            return Object.fromEntries(entries);
        }
        if (isSeq(node)) return node.items.map(walk);
        return isScalar(node) ? node.value : undefined;
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
    const key = isMap(section)
        ? section.items.findLast(
              (pair) => isScalar(pair.key) && String(pair.key.value) === path.at(-1),
          )?.key
        : undefined;
    return (isNode(key) ? key.range?.[0] : undefined) ?? valueOffset(document, path.slice(0, -1));
}
