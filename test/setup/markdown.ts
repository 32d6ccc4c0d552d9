/** What a document shows as code: whole blocks, and words within sentences. */

/** One fenced block, without the indentation of the list that it stands in. */
export interface CodeBlock {
    /** What stands behind the opening fence, for example `sh`. */
    readonly language: string;
    readonly lines: readonly string[];
    /** The nearest heading of level 2 above it. */
    readonly section: string;
}

/** The fenced blocks of a document, in order. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
    const blocks: CodeBlock[] = [];
    let section = "";
    let open: { indent: string; language: string; lines: string[] } | undefined;
    for (const line of markdown.split("\n")) {
        const [, indent = "", language = ""] = /^( *)```(\w*)$/.exec(line) ?? [];
        if (open === undefined) {
            if (line.trimStart().startsWith("```")) open = { indent, language, lines: [] };
            else if (line.startsWith("## ")) section = line.slice(3);
        } else if (line === `${open.indent}\`\`\``) {
            blocks.push({ language: open.language, lines: open.lines, section });
            open = undefined;
        } else {
            open.lines.push(line.slice(open.indent.length));
        }
    }
    return blocks;
}

/** The words between single backticks, outside of blocks. */
export function codeSpans(markdown: string): readonly string[] {
    const text = markdown.replaceAll(/^( *)```.*?^\1```$/gms, "");
    return [...text.matchAll(/`([^`\n]+)`/g)].map(([, words = ""]) => words);
}

/** Everything that is shown as code, a line each. */
export function codeLines(markdown: string): readonly string[] {
    return [...codeBlocks(markdown).flatMap(({ lines }) => lines), ...codeSpans(markdown)].filter(
        (line) => line.trim() !== "",
    );
}

/** Where the links of a document lead that do not leave the repository. */
export function innerLinks(markdown: string): readonly string[] {
    const text = markdown.replaceAll(/^( *)```.*?^\1```$/gms, "");
    return [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, target = ""]) => target);
}

/** The names by which headings can be linked to, as GitHub makes them. */
export function headingNames(markdown: string): readonly string[] {
    return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
        heading
            .toLowerCase()
            .replaceAll(/[^\p{L}\p{M}\p{N}\s_-]/gu, "")
            .trim()
            .replaceAll(" ", "-"),
    );
}
