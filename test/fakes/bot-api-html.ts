/** A part of a message with a style, in UTF-16 units (Bot API, `MessageEntity`). */
export interface Entity {
    readonly type: string;
    readonly offset: number;
    readonly length: number;
}

/** A text as Telegram stores it. */
export interface ParsedText {
    readonly text: string;
    readonly entities: readonly Entity[];
}

const types: Readonly<Record<string, string>> = {
    a: "text_link",
    b: "bold",
    strong: "bold",
    i: "italic",
    em: "italic",
    u: "underline",
    ins: "underline",
    s: "strikethrough",
    strike: "strikethrough",
    del: "strikethrough",
    code: "code",
    pre: "pre",
    blockquote: "blockquote",
    "tg-spoiler": "spoiler",
};
const references: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' };

/**
 * Reads Telegram's HTML as strictly as its server does.
 *
 * @throws `Error` with the server's words.
 */
export function parseHtml(html: string): ParsedText {
    let text = "";
    const open: { readonly name: string; readonly offset: number }[] = [];
    const entities: Entity[] = [];
    const token = /<(\/?)([a-z-]*)([^<>]*)>|<|&(?:(lt|gt|amp|quot)|#(\d+));|[^<&]+|&/giu;
    for (const [whole, slash, tagName = "", , reference, number] of html.matchAll(token)) {
        if (reference !== undefined) text += references[reference] ?? "";
        else if (number !== undefined) text += String.fromCodePoint(Number(number));
        else if (!whole.startsWith("<")) text += whole;
        else {
            const name = tagName.toLowerCase();
            if (slash === "/") entities.push(closeTag(open.pop(), name, text.length));
            else if (types[name] === undefined) fail(`Unsupported start tag "${name}"`);
            else open.push({ name, offset: text.length });
        }
    }
    const [unclosed] = open;
    if (unclosed) fail(`Can't find end tag corresponding to start tag "${unclosed.name}"`);
    return tidy({ text, entities });
}

/** A text without formatting as Telegram stores it. */
export function parsePlain(text: string): ParsedText {
    return tidy({ text, entities: [] });
}

function closeTag(
    start: { readonly name: string; readonly offset: number } | undefined,
    name: string,
    end: number,
): Entity {
    if (start === undefined) fail("Unexpected end tag");
    if (name !== "" && name !== start.name) {
        fail(`Unmatched end tag, expected "</${start.name}>", found "</${name}>"`);
    }
    const { offset } = start;
    return { type: types[start.name] ?? "", offset, length: end - offset };
}

function fail(reason: string): never {
    throw new Error(`Bad Request: can't parse entities: ${reason}`);
}

/** Removes what Telegram removes: control characters, bidirectional overrides, outer blanks. */
function tidy({ text, entities }: ParsedText): ParsedText {
    const clean = text
        .replaceAll(/[\u0000-\u0009\u000B\u000C\u000E-\u001F]/g, " ")
        .replaceAll(/[\r\u2028-\u202E]/g, "");
    const start = clean.length - clean.trimStart().length;
    const end = clean.trimEnd().length;
    return {
        text: clean.trim(),
        entities: entities
            .map(({ type, offset, length }) => {
                const from = Math.max(offset, start);
                return {
                    type,
                    offset: from - start,
                    length: Math.min(offset + length, end) - from,
                };
            })
            .filter(({ length }) => length > 0)
            .sort((a, b) => a.offset - b.offset || b.length - a.length),
    };
}
