import { isScalar, LineCounter, parseDocument } from "yaml";

/** One fault of the rules: where it is and what to write instead. */
export interface RuleFault {
    readonly file: string;
    readonly line: number;
    readonly message: string;
}

/** A section of a rule file: values that know where they stand. */
export interface RuleNode {
    readonly file: string;
    readonly line: number;
    readonly value: unknown;
}

/** A file of rules as plain values. */
export interface RuleFile {
    readonly root: RuleNode;
    /** The parts of a section, in order; nothing for anything else. */
    readonly entries: (node: RuleNode) => readonly (readonly [string, RuleNode])[];
    /** The items of a list; nothing for anything else. */
    readonly items: (node: RuleNode) => readonly RuleNode[];
}

/** Reads a YAML text. Faults are added to the list; then the file counts as empty. */
export function readRuleFile(file: string, text: string, faults: RuleFault[]): RuleFile {
    const lines = new LineCounter();
    const document = parseDocument(text, {
        lineCounter: lines,
        prettyErrors: false,
        schema: "core",
    });
    const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
    for (const { pos } of document.errors) {
        faults.push({
            file,
            line: lineAt(pos[0]),
            message:
                'This line cannot be understood. Write it as "name: value", indented with spaces like its neighbours.',
        });
    }
    const value: unknown = document.errors.length > 0 ? {} : document.toJS({ maxAliasCount: 0 });
    const paths = new WeakMap<RuleNode, readonly (string | number)[]>();
    const nodeAt = (
        path: readonly (string | number)[],
        found: unknown,
        parent: number,
    ): RuleNode => {
        const node: RuleNode = { file, line: lineOf(path) ?? parent, value: found };
        paths.set(node, path);
        return node;
    };
    const lineOf = (path: readonly (string | number)[]): number | undefined => {
        const found: unknown = document.getIn(path, true);
        const range =
            isScalar(found) || (typeof found === "object" && found !== null && "range" in found)
                ? (found.range as readonly number[] | null | undefined)
                : undefined;
        return range?.[0] === undefined ? undefined : lineAt(range[0]);
    };
    return {
        root: nodeAt([], value ?? {}, 1),
        entries: (node) =>
            isSection(node.value)
                ? Object.entries(node.value).map(([key, inner]) => [
                      key,
                      nodeAt([...(paths.get(node) ?? []), key], inner, node.line),
                  ])
                : [],
        items: (node) =>
            Array.isArray(node.value)
                ? node.value.map((inner: unknown, index) =>
                      nodeAt([...(paths.get(node) ?? []), index], inner, node.line),
                  )
                : [],
    };
}

/** Whether a value is a section of names. */
export function isSection(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
