import * as fc from "fast-check";
import { expect, test } from "vitest";
import { type FormattedText, isBlank, plainText } from "../../../src/messaging/formatted-text.ts";
import { readMarkdown } from "../../../src/messaging/read-markdown.ts";
import {
    maxMessageUnits,
    renderGrowing,
    renderReply,
} from "../../../adapters/telegram/render-reply.ts";
import { writeHtml } from "../../../adapters/telegram/write-html.ts";
import { parseHtml } from "../../fakes/bot-api-html.ts";
import { longAnswer, wildMarkdown } from "../../messaging/example-markdown.ts";

const html = (markdown: string): string => writeHtml(readMarkdown(markdown));

test.each<[name: string, markdown: string, html: string]>([
    [
        "styles within styles",
        "**a *b* c** ~~d~~ ***e***",
        "<b>a <i>b</i> c</b> <s>d</s> <i><b>e</b></i>",
    ],
    ["code within bold", "**a `b` c**", "<b>a </b><code>b</code><b> c</b>"],
    ["signs of HTML", 'a < b & c > "d" <script>', 'a &lt; b &amp; c &gt; "d" &lt;script&gt;'],
    [
        "a block of code",
        "```python\nif a < b:\n\n    c\n```\nd",
        "<pre>if a &lt; b:\n\n    c</pre>\nd",
    ],
    ["a quotation", "> a **b**\n>\n> c\n\nd", "<blockquote>a <b>b</b>\n\nc</blockquote>\n\nd"],
])("%s", (_name, markdown, expected) => {
    expect(html(markdown)).toBe(expected);
});

test("whatever a model writes becomes HTML that Telegram accepts", () => {
    fc.assert(
        fc.property(wildMarkdown(60), (markdown) => {
            expectTelegramAccepts(readMarkdown(markdown));
        }),
        { numRuns: 400, seed: 3 },
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

/** Without what Telegram trims and without marks of direction. */
function essence(text: string): string {
    return text.replaceAll(/[\s\u200E\u200F\u2066\u2069]/g, "");
}
