import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
    type FormattedText,
    isBlank,
    plainText,
    type Style,
} from "../../../src/messaging/formatted-text.ts";
import { readMarkdown } from "../../../src/messaging/read-markdown.ts";
import {
    maxMessageUnits,
    renderGrowing,
    renderReply,
} from "../../../adapters/telegram/render-reply.ts";
import { splitText } from "../../../src/messaging/split-text.ts";
import { writeHtml } from "../../../adapters/telegram/write-html.ts";
import { parseHtml } from "../../fakes/bot-api-html.ts";
import { longAnswer, wildMarkdown } from "../../messaging/example-markdown.ts";

const html = (markdown: string): string => writeHtml(readMarkdown(markdown));

test.each<[name: string, markdown: string, html: string]>([
    [
        "bold, italic, struck",
        "**a** *b* ~~c~~ ***d***",
        "<b>a</b> <i>b</i> <s>c</s> <i><b>d</b></i>",
    ],
    ["bold around italic", "**a *b* c**", "<b>a <i>b</i> c</b>"],
    ["code within bold", "**a `b` c**", "<b>a </b><code>b</code><b> c</b>"],
    ["signs of HTML", 'a < b & c > "d" <script>', 'a &lt; b &amp; c &gt; "d" &lt;script&gt;'],
    ["references", "a &lt; b &amp;&nbsp;c", "a &lt; b &amp;\u00A0c"],
    ["a heading", "## Rest **now**\nDrink", "<b>Rest now</b>\nDrink"],
    ["line breaks as written", "a\nb  \nc<br>d\n\n\n\ne", "a\nb\nc\nd\n\ne"],
    ["a list after its line", "Take:\n- a\n- b\n\nThen", "Take:\n• a\n• b\n\nThen"],
    ["nested lists", "1. a\n   - b\n   - c\n2. d", "1. a\n   • b\n   • c\n2. d"],
    ["a list that begins later", "3. c\n4. d", "3. c\n4. d"],
    ["a loose list", "1. a\n\n   more\n\n2. b", "1. a\n\n   more\n\n2. b"],
    ["tasks", "- [x] a\n- [ ] b", "• ☑ a\n• ☐ b"],
    [
        "a block of code",
        "```python\nif a < b:\n\n    c\n```\nd",
        "<pre>if a &lt; b:\n\n    c</pre>\nd",
    ],
    ["an indented line is no code", "a\n\n    b", "a\n\nb"],
    ["a quotation", "> a **b**\n>\n> c\n\nd", "<blockquote>a <b>b</b>\n\nc</blockquote>\n\nd"],
    [
        "a link shows where it leads",
        "[WHO](https://who.int/a?b=1&c=2)",
        "WHO (https://who.int/a?b=1&amp;c=2)",
    ],
    ["a bare link", "see https://who.int now", "see https://who.int now"],
    ["a link with its address as name", "[who.int](https://who.int)", "who.int"],
    ["a telephone link", "[997](tel:997)", "997"],
    ["a picture", "![scan](http://x/y.png)", "scan (http://x/y.png)"],
    [
        "a table of pairs",
        "|Drug|Dose|\n|-|-|\n|A|1 < 2|\n|B|**2**|",
        "<b>Drug: Dose</b>\nA: 1 &lt; 2\nB: <b>2</b>",
    ],
    [
        "a wide table",
        "|Test|Value|Normal|\n|-|-|-|\n|Hb|9|12-15|",
        "<b>Test: Hb</b>\nValue: 9\nNormal: 12-15",
    ],
    [
        "about is not struck through",
        "take ~5 mg (~3 tablets) or ~a~",
        "take ~5 mg (~3 tablets) or ~a~",
    ],
    ["a table with more cells than names", "|a|b|\n|-|-|\n|c|d|e|", "|a|b|\n|-|-|\n|c|d|e|"],
    ["a table of one column", "|a|\n|-|\n|b|\n|c|", "<b>a</b>\nb\nc"],
    ["a table without rows", "|a|b|\n|-|-|", "|a|b|\n|-|-|"],
    ["definitions, also repeated ones", "[a]: b\n[a]: c", "[a]: b\n[a]: c"],
    ["a link with a title", '[a](http://b "c d")', "a (http://b, c d)"],
    ["words after a fence", "```note take two\nx\n```", "<pre>note take two\nx</pre>"],
    ["factors are not italic", "5 * 10 * 3", "5 * 10 * 3"],
    ["factors without blanks", "5*10*3, 2**10**/L, x*y*z", "5*10*3, 2**10**/L, x*y*z"],
    ["names with underscores", "a_b_c", "a_b_c"],
    ["marks that mean nothing", "a ** b ` c [d] \\*e\\*", "a ** b ` c [d] *e*"],
    ["Arabic", "**الجرعة**: قرص *واحد*، مرتين؟", "<b>الجرعة</b>: قرص <i>واحد</i>، مرتين؟"],
])("%s", (_name, markdown, expected) => {
    expect(html(markdown)).toBe(expected);
});

test("whatever a model writes becomes HTML that Telegram accepts, and no word is lost", () => {
    fc.assert(
        fc.property(wildMarkdown(60), (markdown) => {
            const formatted = readMarkdown(markdown);
            expectTelegramAccepts(formatted);
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

test("pieces joined are the text with its formatting, each within the limit, no character split", () => {
    const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });
    fc.assert(
        fc.property(wildMarkdown(80), fc.integer({ min: 12, max: 90 }), (markdown, limit) => {
            const formatted = readMarkdown(markdown);
            const text = plainText(formatted);
            const pieces = splitText(formatted, limit);
            expect(perUnit(pieces.flat())).toEqual(perUnit(formatted));
            const boundaries = new Map(
                [...graphemes.segment(text)].map(({ index, segment }) => [index, segment.length]),
            );
            const longest = Math.max(0, ...boundaries.values());
            let position = 0;
            for (const piece of pieces) {
                const units = plainText(piece).length;
                expect(units).toBeGreaterThan(0);
                expect(units).toBeLessThanOrEqual(limit);
                if (longest <= limit) expect(boundaries.has(position)).toBe(true);
                position += units;
            }
        }),
        { numRuns: 300, seed: 3 },
    );
});

test("a reply of any length becomes messages that Telegram takes, and joined they are the reply", () => {
    fc.assert(
        fc.property(longAnswer, fc.constantFrom("ar", "en"), (markdown, language) => {
            const parts = renderReply(markdown, language);
            for (const part of parts) {
                expectTelegramAccepts(part);
                expect(plainText(part).length).toBeLessThanOrEqual(maxMessageUnits);
            }
            expect(essence(parts.map(plainText).join(""))).toBe(
                essence(plainText(readMarkdown(markdown))),
            );
        }),
        { numRuns: 60, seed: 3 },
    );
});

test("a half-written reply is always presentable", () => {
    fc.assert(
        fc.property(longAnswer, fc.double({ min: 0, max: 1, noNaN: true }), (markdown, part) => {
            const growing = renderGrowing(
                markdown.slice(0, Math.floor(part * markdown.length)).toWellFormed(),
            );
            if (!growing) return;
            expectTelegramAccepts(growing);
            expect(plainText(growing).length).toBeLessThanOrEqual(maxMessageUnits);
            expect(plainText(growing)).not.toMatch(/\*\*/);
        }),
        { numRuns: 200, seed: 3 },
    );
});

test.each([
    ["It is **not seri", "It is <b>not seri</b> …"],
    ["It is **", "It is …"],
    ["It is **bold*", "It is <b>bold</b> …"],
    ["Use `x", "Use <code>x</code> …"],
    ["See [the page](https://exa", "See the page …"],
    ["```\ncode **", "<pre>code **</pre> …"],
    ["", undefined],
    ["** ", undefined],
])("the beginning %j looks like %j", (markdown, expected) => {
    const growing = renderGrowing(markdown);
    expect(growing && writeHtml(growing)).toBe(expected);
});

test.each([
    ["a paragraph", "A first paragraph here.\n\nAnother. One", 32, "A first paragraph here.\n\n"],
    ["a line", "A first line that is long\nAnother. One", 32, "A first line that is long\n"],
    ["an English sentence", "A sentence (short). It goes on, and on", 32, "A sentence (short). "],
    ["an Arabic question", "هل تشعر بألم شديد؟ نعم، منذ يومين", 22, "هل تشعر بألم شديد؟ "],
    ["an Arabic comma", "أشعر بألم في الصدر، وضيق في التنفس", 24, "أشعر بألم في الصدر، "],
    ["a word", "no signs at all between these words", 20, "no signs at all "],
    [
        "not a mark that stands on a blank",
        "no signs at all \u0301here or there",
        20,
        "no signs at ",
    ],
    ["not a decimal", "the value is about 12.75 mg each", 22, "the value is about "],
])("a long text is cut at the end of %s", (_name, text, limit, first) => {
    const [piece = []] = splitText([{ text, styles: [] }], limit);
    expect(plainText(piece)).toBe(first);
});

test("a character that is longer than a message does not stop the reply", () => {
    const monster = `a${"\u0301".repeat(50)}`;
    const pieces = splitText([{ text: monster, styles: [] }], 20);
    expect(pieces.map(plainText).join("")).toBe(monster);
});

test("a text that is too deep for the Markdown reader is shown as it is", () => {
    const deep = `${">".repeat(8_000)} left lung`;
    expect(renderReply(deep, "en").map(plainText).join("")).toBe(deep);
    expect(renderGrowing(deep)).toBeDefined();
});

test("a reply of which Markdown shows nothing is shown as it is", () => {
    expect(renderReply("[a]: http://b", "en").map(plainText)).toEqual(["[a]: http://b"]);
    expect(renderReply(" \n\u200F ", "ar")).toEqual([]);
});

/** Checks with the strict reader of the loopback Bot API, and the nesting that the Bot API states. */
function expectTelegramAccepts(formatted: FormattedText): void {
    if (isBlank(formatted)) return;
    const { text, entities } = parseHtml(writeHtml(formatted));
    expect(text).toBe(parseHtml(writeHtml([{ text: plainText(formatted), styles: [] }])).text);
    for (const { styles } of formatted) {
        const code = styles.some((style) => style === "code" || style === "pre");
        if (code) expect(styles.filter((style) => style !== "quote")).toHaveLength(1);
        expect(new Set(styles).size).toBe(styles.length);
    }
    for (const a of entities) {
        for (const b of entities) {
            const crosses =
                a.offset < b.offset &&
                b.offset < a.offset + a.length &&
                a.offset + a.length < b.offset + b.length;
            expect(crosses).toBe(false);
        }
    }
}

function perUnit(formatted: FormattedText): [string, readonly Style[]][] {
    return formatted.flatMap(({ text, styles }) =>
        text.split("").map((unit): [string, readonly Style[]] => [unit, styles]),
    );
}

/** Without what Telegram trims and without marks of direction. */
function essence(text: string): string {
    return text.replaceAll(/[\s\u200E\u200F\u2066\u2069]/g, "");
}
