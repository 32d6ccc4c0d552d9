import type { ComponentChildren } from "preact";
import type { FormattedText, Run } from "../../../src/messaging/formatted-text.ts";

/** A block of lines that look alike. */
interface Block {
    readonly kind: "lines" | "pre" | "quote";
    readonly lines: Run[][];
}

/**
 * A formatted text as elements: each line a paragraph with a direction of its own. The text is only
 * ever text; nothing in it becomes part of the page.
 */
export function Formatted({ text }: { readonly text: FormattedText }) {
    return (
        <>
            {blocksOf(text).map(({ kind, lines }) => {
                if (kind === "pre") {
                    const code = lines.map((line) => line.map((run) => run.text).join(""));
                    return (
                        <pre dir="ltr" tabIndex={0}>
                            {code.join("\n")}
                        </pre>
                    );
                }
                const paragraphs = lines.map((line) => (
                    <p dir={directionOf(line)}>{line.map(drawRun)}</p>
                ));
                return kind === "quote" ? <blockquote>{paragraphs}</blockquote> : paragraphs;
            })}
        </>
    );
}

/** Cuts a text at its line breaks and where its blocks change. */
function blocksOf(text: FormattedText): Block[] {
    const blocks: Block[] = [];
    for (const { text: words, styles } of text) {
        const kind = styles.includes("pre") ? "pre" : styles.includes("quote") ? "quote" : "lines";
        for (const [index, piece] of words.split("\n").entries()) {
            let block = blocks.at(-1);
            if (block?.kind !== kind) {
                if (piece === "" && index === 0) continue;
                block = { kind, lines: [[]] };
                blocks.push(block);
            } else if (index > 0) block.lines.push([]);
            if (piece !== "") block.lines.at(-1)?.push({ text: piece, styles });
        }
    }
    return blocks.filter(({ lines }) => lines.some((line) => line.length > 0));
}

/**
 * A line says its direction by its first letter or mark. A whole sentence in the other language, as
 * in messages for everybody, runs as that language does, also where it is an item of a list.
 */
function directionOf(line: readonly Run[]): "auto" | "ltr" | "rtl" {
    const text = line.map((run) => run.text).join("");
    const isSentence = (text.match(/\p{L}+/gu) ?? []).length > 2;
    const hasArabic = /\p{Script=Arabic}/u.test(text);
    const hasLatin = /\p{Script=Latin}/u.test(text);
    if (!isSentence || hasArabic === hasLatin) return "auto";
    return hasArabic ? "rtl" : "ltr";
}

function drawRun({ text, styles }: Run): ComponentChildren {
    let drawn: ComponentChildren = text;
    for (const style of styles.toReversed()) {
        if (style === "bold") drawn = <strong>{drawn}</strong>;
        if (style === "italic") drawn = <em>{drawn}</em>;
        if (style === "strikethrough") drawn = <del>{drawn}</del>;
        if (style === "code") drawn = <code dir="ltr">{drawn}</code>;
    }
    return drawn;
}
