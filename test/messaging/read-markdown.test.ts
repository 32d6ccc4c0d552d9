import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type FormattedText, plainText } from "../../src/messaging/formatted-text.ts";
import { readMarkdown } from "../../src/messaging/read-markdown.ts";
import { wildMarkdown } from "./example-markdown.ts";

test.each<[name: string, markdown: string, shown: string]>([
    [
        "bold, italic, struck",
        "**a** *b* ~~c~~ ***d***",
        "<bold>a</bold> <italic>b</italic> <strikethrough>c</strikethrough> <italic><bold>d</bold></italic>",
    ],
    ["bold around italic", "**a *b* c**", "<bold>a <italic>b</italic> c</bold>"],
    ["code within bold", "**a `b` c**", "<bold>a </bold><code>b</code><bold> c</bold>"],
    ["signs of HTML", 'a < b & c > "d" <script>', 'a < b & c > "d" <script>'],
    ["references", "a &lt; b &amp;&nbsp;c", "a < b &\u00A0c"],
    ["a heading", "## Rest **now**\nDrink", "<bold>Rest now</bold>\nDrink"],
    ["line breaks of other kinds", "- a\u2028- b\r\n- c", "• a\n• b\n• c"],
    ["line breaks as written", "a\nb  \nc<br>d\n\n\n\ne", "a\nb\nc\nd\n\ne"],
    ["a list after its line", "Take:\n- a\n- b\n\nThen", "Take:\n• a\n• b\n\nThen"],
    ["nested lists", "1. a\n   - b\n   - c\n2. d", "1. a\n   • b\n   • c\n2. d"],
    ["a list that begins later", "3. c\n4. d", "3. c\n4. d"],
    ["a loose list", "1. a\n\n   more\n\n2. b", "1. a\n\n   more\n\n2. b"],
    ["tasks", "- [x] a\n- [ ] b", "• ☑ a\n• ☐ b"],
    [
        "a block of code",
        "```python\nif a < b:\n\n    c\n```\nd",
        "<pre>if a < b:\n\n    c</pre>\nd",
    ],
    ["an indented line is no code", "a\n\n    b", "a\n\nb"],
    ["a quotation", "> a **b**\n>\n> c\n\nd", "<quote>a <bold>b</bold>\n\nc</quote>\n\nd"],
    [
        "a link shows where it leads",
        "[WHO](https://who.int/a?b=1&c=2)",
        "WHO (https://who.int/a?b=1&c=2)",
    ],
    ["a bare link", "see https://who.int now", "see https://who.int now"],
    ["a link with its address as name", "[who.int](https://who.int)", "who.int"],
    ["a telephone link", "[997](tel:997)", "997"],
    ["a picture", "![scan](http://x/y.png)", "scan (http://x/y.png)"],
    [
        "a table of pairs",
        "|Drug|Dose|\n|-|-|\n|A|1 < 2|\n|B|**2**|",
        "<bold>Drug: Dose</bold>\nA: 1 < 2\nB: <bold>2</bold>",
    ],
    [
        "a wide table",
        "|Test|Value|Normal|\n|-|-|-|\n|Hb|9|12-15|",
        "<bold>Test: Hb</bold>\nValue: 9\nNormal: 12-15",
    ],
    [
        "about is not struck through",
        "take ~5 mg (~3 tablets) or ~a~",
        "take ~5 mg (~3 tablets) or ~a~",
    ],
    ["a table with more cells than names", "|a|b|\n|-|-|\n|c|d|e|", "|a|b|\n|-|-|\n|c|d|e|"],
    ["a table of one column", "|a|\n|-|\n|b|\n|c|", "<bold>a</bold>\nb\nc"],
    ["a table without rows", "|a|b|\n|-|-|", "|a|b|\n|-|-|"],
    ["definitions, also repeated ones", "[a]: b\n[a]: c", "[a]: b\n[a]: c"],
    ["a link with a title", '[a](http://b "c d")', "a (http://b, c d)"],
    ["words after a fence", "```note take two\nx\n```", "<pre>note take two\nx</pre>"],
    ["factors are not italic", "5 * 10 * 3", "5 * 10 * 3"],
    ["factors without blanks", "5*10*3, 2**10**/L, x*y*z", "5*10*3, 2**10**/L, x*y*z"],
    ["names with underscores", "a_b_c", "a_b_c"],
    ["marks that mean nothing", "a ** b ` c [d] \\*e\\*", "a ** b ` c [d] *e*"],
    [
        "Arabic",
        "**الجرعة**: قرص *واحد*، مرتين؟",
        "<bold>الجرعة</bold>: قرص <italic>واحد</italic>، مرتين؟",
    ],
])("%s", (_name, markdown, expected) => {
    expect(tagged(readMarkdown(markdown))).toBe(expected);
});

test("no word that a model writes is lost, and code stands in no style but a quotation", () => {
    fc.assert(
        fc.property(wildMarkdown(60), (markdown) => {
            const formatted = readMarkdown(markdown);
            for (const { styles } of formatted) {
                const code = styles.some((style) => style === "code" || style === "pre");
                if (code) expect(styles.filter((style) => style !== "quote")).toHaveLength(1);
                expect(new Set(styles).size).toBe(styles.length);
            }
            const written = markdown.match(/[\p{L}\p{M}]{3,}/gu) ?? [];
            // The language of a code block, the attributes of HTML and references are no words.
            const hidden = /^(?:amp|nbsp)$/;
            const shown = plainText(formatted);
            for (const word of written.filter(
                (found) => !hidden.test(found) && !/```|~~~/.test(markdown),
            )) {
                expect(shown).toContain(word);
            }
        }),
        { numRuns: 400, seed: 3 },
    );
});

test("a text that is too deep for the reader is shown as it is", () => {
    const deep = `${">".repeat(8_000)} left lung`;
    expect(plainText(readMarkdown(deep))).toBe(deep);
});

/** With the name of each style before and behind its text. */
function tagged(formatted: FormattedText): string {
    let marked = formatted
        .map(({ text, styles }) =>
            styles.reduceRight((inner, style) => `<${style}>${inner}</${style}>`, text),
        )
        .join("");
    for (let before = ""; before !== marked;) {
        before = marked;
        marked = marked.replaceAll(/<\/([a-z]{3,})><\1>/g, "");
    }
    return marked;
}
