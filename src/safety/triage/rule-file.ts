import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from "yaml";

/** One fault of the rules: where it is and what to write instead. */
export interface RuleFault {
    readonly file: string;
    readonly line: number;
    readonly message: string;
}

/** A value of a rule file that knows where it stands. */
export interface RuleNode {
    readonly file: string;
    readonly line: number;
    /** A text, a number, a truth value; nothing for sections and lists. */
    readonly value: string | number | boolean | undefined;
    /** The parts of a section, in order; empty for anything else. */
    readonly entries: readonly (readonly [string, RuleNode])[];
    /** The items of a list; nothing for anything else. */
    readonly items: readonly RuleNode[] | undefined;
}

/** Reads a YAML text. Faults are added to the list; then the file counts as empty. */
export function readRuleFile(file: string, text: string, faults: RuleFault[]): RuleNode {
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
                'This line cannot be understood. Write it as "name: value", indented with spaces like its neighbours, each name once.',
        });
    }
    const convert = (node: unknown, parent: number): RuleNode => {
        const line = isNode(node) && node.range ? lineAt(node.range[0]) : parent;
        const empty = { file, line, value: undefined, entries: [], items: undefined };
        if (isMap(node)) {
            const entries = node.items.map(({ key, value }): [string, RuleNode] => {
                const keyLine = isNode(key) && key.range ? lineAt(key.range[0]) : line;
                const name = isScalar(key) ? String(key.value) : "";
                // A section is best found by its name: its value begins with the first entry within.
                const inner = convert(value, keyLine);
                return [name, isScalar(value) ? inner : { ...inner, line: keyLine }];
            });
            return { ...empty, entries };
        }
        if (isSeq(node)) return { ...empty, items: node.items.map((item) => convert(item, line)) };
        if (isAlias(node)) {
            const message = "A value cannot begin with * or &. Put it in double quotes.";
            faults.push({ file, line, message });
        }
        const value: unknown = isScalar(node) ? node.value : undefined;
        const isPlain =
            typeof value === "string" || typeof value === "number" || typeof value === "boolean";
        return { ...empty, value: isPlain ? value : undefined };
    };
    return convert(document.errors.length > 0 ? undefined : document.contents, 1);
}
