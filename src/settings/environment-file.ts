import { parseEnv } from "node:util";
import type { Fault, Place } from "./faults.ts";
import { isShowable, telegramTokenPattern } from "./secrets.ts";
import { readTextFile } from "./text-file.ts";

/** A file like .env. */
export interface EnvironmentFile {
    readonly variables: ReadonlyMap<string, { readonly value: string; readonly place: Place }>;
    readonly faults: readonly Fault[];
}

/** Reads a file like .env, which may be missing; `label` names it in faults. */
export function readEnvironmentFile(
    path: string,
    label: string,
    known: readonly string[],
): EnvironmentFile {
    const file = readTextFile(path, [`${label}.txt`]);
    if (!("text" in file)) {
        const faults = "problem" in file ? [{ file: label, message: file.problem }] : [];
        return { variables: new Map(), faults };
    }
    const { places, faults, accepted } = scanLines(file.text, label, known);
    const values = parseEnv(accepted);
    return {
        variables: new Map(
            [...places].map(([name, place]) => [name, { value: values[name] ?? "", place }]),
        ),
        faults,
    };
}

/**
 * Finds where the variables stand and which lines are none. Node's parser is silent about those
 * and takes the following line for a part of them, so they are blank in `accepted`.
 */
function scanLines(
    text: string,
    file: string,
    known: readonly string[],
): {
    readonly places: ReadonlyMap<string, Place>;
    readonly faults: readonly Fault[];
    readonly accepted: string;
} {
    const places = new Map<string, Place & { readonly line: number }>();
    const faults: Fault[] = [];
    const accepted: string[] = [];
    let open: { readonly quote: string; readonly line: number } | undefined;
    for (const [index, content] of text.split("\n").entries()) {
        const place = { file, line: index + 1 };
        if (open) {
            if (content.includes(open.quote)) open = undefined;
            accepted.push(content);
            continue;
        }
        const [, name, value = ""] =
            /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*)$/.exec(content) ?? [];
        accepted.push(name === undefined ? "" : content);
        if (name === undefined) {
            const isRemark = /^\s*(?:#|$)/.test(content);
            if (!isRemark) faults.push({ ...place, message: malformedLine(content, known) });
            continue;
        }
        const before = places.get(name);
        if (before) {
            const subject = isShowable(name) ? name : "This variable";
            const message = `${subject} is already set in line ${before.line}. Keep one of the two.`;
            faults.push({ ...place, message });
        }
        places.set(name, place);
        const quote = /^["'`]/.exec(value)?.[0];
        if (quote !== undefined && !value.slice(1).includes(quote)) {
            open = { quote, line: place.line };
        }
    }
    if (open) {
        const message = "The quote that opens here is never closed.";
        faults.push({ file, line: open.line, message });
        // The parser would take the rest of the file into the value.
        accepted.fill("", open.line - 1);
    }
    return { places, faults, accepted: accepted.join("\n") };
}

/** What to write instead of a line that sets nothing. */
function malformedLine(line: string, known: readonly string[]): string {
    const name = /^\s*([A-Z\d_]+)\s*[: ]/.exec(line)?.[1];
    if (name !== undefined && known.includes(name)) {
        return `An equals sign must follow the name. Write ${name}=… in place of this line.`;
    }
    return telegramTokenPattern.test(line.trim())
        ? "A token stands here alone. Write TELEGRAM_BOT_TOKEN= before it, on the same line."
        : "This line sets nothing. Write NAME=value, or put # before it if it is a remark.";
}
