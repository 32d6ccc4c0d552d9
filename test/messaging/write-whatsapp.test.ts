import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isBlank, plainText } from "../../src/messaging/formatted-text.ts";
import { readMarkdown } from "../../src/messaging/read-markdown.ts";
import { renderChoices } from "../../src/messaging/render-choices.ts";
import {
    maxMessageUnits,
    renderWhatsApp,
    writeWhatsApp,
} from "../../src/messaging/write-whatsapp.ts";
import { readWhatsApp, type ShownText } from "../fakes/whatsapp-format.ts";
import { longAnswer, tightMarkdown, wildMarkdown } from "./example-markdown.ts";

const written = (markdown: string): string => writeWhatsApp(readMarkdown(markdown));

test.each<[name: string, markdown: string, written: string]>([
    ["bold, italic, struck", "**a** *b* ~~c~~ ***d***", "*a* _b_ ~c~ _*d*_"],
    ["bold around italic", "**a *b* c**", "*a _b_ c*"],
    ["code within bold", "**a `b` c**", "*a* `b` *c*"],
    ["blanks that are bold", "**a&nbsp;** b", "*a*\u00A0 b"],
    ["a struck dose, whatever touches it", "(~~5~~ 10 mg)", "(~5~ 10 mg)"],
    ["a heading", "## Rest **now**\nDrink", "*Rest now*\nDrink"],
    ["bold over two lines", "**a\nb** c", "*a*\n*b* c"],
    ["lists", "- **a**: b\n- c\n\n1. d\n2. e", "• *a*: b\n• c\n\n1. d\n2. e"],
    ["a block of code", "```js\nif a\n\n    b\n```\nc", "```if a\n\n    b```\nc"],
    ["a quotation of two paragraphs", "> a **b**\n>\n> c\n\nd", "> a *b*\n\n> c\n\nd"],
    ["code within a quotation", "> ```\n> a\n> b\n> ```", "> a\n> b"],
    ["a link", "[WHO](https://who.int/_a_)", "WHO (https://who.int/_a_)"],
    ["a bold link, whose mark would join it", "**see https://who.int**", "see https://who.int"],
    ["bold within a word", "وال**قلب** و**القلب**، **نعم**", "والقلب والقلب، *نعم*"],
    ["bold before a letter", "**a**b", "ab"],
    ["bold in brackets", "(**a**) «**b**»", "(a) «b»"],
    ["bold before Arabic punctuation", "**نعم**؟ **لا**،", "*نعم*؟ *لا*،"],
    ["about", "take ~5 mg (~3 tablets) or ~6", "take ~5 mg (~3 tablets) or ~6"],
    ["factors and names", "5*10*3 a_b_c 5 * 3 * 2", "5*10*3 a_b_c 5 * 3 * 2"],
    ["a footnote", "A\\* and B\\*\\*\n\\*see C", "A* and B**\n*see C"],
    ["lines to fill in", "Name: ______\nDate: ______", "Name: ______\nDate: ______"],
    ["marks that would pair", "\\*a\\* \\_b\\_ ~c~", "*a\u200A* _b\u200A_ ~c\u200A~"],
    ["marks within bold", "**a\\* b** **c \\*d**", "*a\u200A* b* *c *\u200Ad*"],
    ["the start of a line", "\\> 5\n\\- 3\n\\* a", "\u2060> 5\n\u2060- 3\n\u2060* a"],
    ["backticks that are no code", "\\`a\\`", "\u02CBa\u02CB"],
])("%s", (_name, markdown, expected) => {
    expect(written(markdown)).toBe(expected);
});

test("in every reading of WhatsApp's rules, a patient sees the words and no stray mark", () => {
    fc.assert(
        fc.property(
            fc.oneof(tightMarkdown, wildMarkdown(60)),
            fc.constantFrom("ar", "en"),
            (markdown, language) => {
                const formatted = readMarkdown(markdown);
                fc.pre(!isBlank(formatted));
                const parts = renderWhatsApp(markdown, language);
                for (const part of parts) {
                    const shown = readWhatsApp(part, "strict");
                    expect(essence(readWhatsApp(part, "liberal"))).toEqual(essence(shown));
                    for (const bold of shown.bold) {
                        expect(textOf(formatted, "bold")).toContain(bare(bold));
                    }
                    expect(part).toBe(part.trim());
                }
                const shown = parts.map((part) => readWhatsApp(part).text).join("\n");
                expect(bare(shown)).toBe(bare(plainText(formatted)));
            },
        ),
        { numRuns: 1_000, seed: 4 },
    );
});

test("a reply of any length becomes messages within the limit, with what is bold in each", () => {
    fc.assert(
        fc.property(longAnswer, fc.constantFrom("ar", "en"), (markdown, language) => {
            const parts = renderWhatsApp(markdown, language);
            const shown = parts.map((part) => readWhatsApp(part));
            for (const part of parts) expect(part.length).toBeLessThanOrEqual(maxMessageUnits);
            const bold = shown.flatMap((message) => message.bold).join("");
            expect(bare(bold)).toBe(textOf(readMarkdown(markdown), "bold"));
            expect(bare(shown.map(({ text }) => text).join(""))).toBe(
                bare(plainText(readMarkdown(markdown))),
            );
        }),
        { numRuns: 40, seed: 4 },
    );
});

test("a long reply is cut late, although its marks count", () => {
    const parts = renderWhatsApp("**word** and ".repeat(2_000), "en");
    for (const part of parts.slice(0, -1)) expect(part.length).toBeGreaterThan(3_900);
    expect(parts.join(" ")).toBe("*word* and ".repeat(2_000).trim());
});

test("a style that reaches over a cut is closed before it and opened again", () => {
    const [first = "", second = ""] = renderWhatsApp(`**قلب${" قلب".repeat(1_500)}**`, "ar");
    expect(first).toMatch(/^\*قلب[^*]+قلب\*$/);
    expect(second).toMatch(/^\*قلب[^*]+قلب\*$/);
});

test("a reply without anything to see has no message", () => {
    expect(renderWhatsApp(" \n\u200F ", "ar")).toEqual([]);
    expect(renderWhatsApp("[a]: http://b", "en")).toEqual(["[a]: http://b"]);
});

test("choices are lines that say what to type", () => {
    const choices = [
        { label: "العربية", command: { name: "language", argument: "ar" } },
        { label: "English", command: { name: "language", argument: "en" } },
        { label: "Help", command: { name: "help", argument: "" } },
    ] as const;
    expect(bare(renderChoices(choices, "en"))).toBe(
        bare("العربية: /language ar\nEnglish: /language en\nHelp: /help"),
    );
});

function textOf(formatted: ReturnType<typeof readMarkdown>, style: "bold"): string {
    return bare(plainText(formatted.filter(({ styles }) => styles.includes(style))));
}

/** What every app shows alike: the marks of struck text may be seen. */
function essence({ text, bold, italic, monospace, quotes, bullets }: ShownText): string[][] {
    return [[text], bold, italic, monospace, quotes, bullets].map((found) => found.map(bare));
}

/** Without blanks and what is not seen. */
function bare(text: string): string {
    return text.replaceAll(/[\s~\u200E\u200F\u2060\u2066\u2069]/g, "").replaceAll("\u02CB", "`");
}
