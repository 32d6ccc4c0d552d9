import type { Choice, Language, Reply } from "../../src/message.ts";
import { plainText } from "../../src/messaging/formatted-text.ts";
import { renderChoices } from "../../src/messaging/render-choices.ts";
import { renderParts } from "../../src/messaging/render-parts.ts";
import { maxMessageUnits, writeWhatsApp } from "../../src/messaging/write-whatsapp.ts";
import type { JsonObject } from "./json-object.ts";
import { choiceData } from "./normalise-message.ts";

/** One message of a reply. */
export interface MessageContent {
    /** What a request to send it says of its content. */
    readonly fields: JsonObject;
    /** What the patient reads, without marks of formatting. */
    readonly plain: string;
}

/** The Cloud API's limits of interactive messages ("Reply buttons", "Interactive list messages"). */
const limits = {
    buttons: 3,
    buttonUnits: 20,
    buttonsBodyUnits: 1_024,
    rows: 10,
    rowUnits: 24,
} as const;

const listLabels: Readonly<Record<Language, string>> = { ar: "اختر", en: "Choose" };

/**
 * A whole reply as the messages that carry it, in order. Choices come with the last one: as buttons,
 * or as a list where there are more or the text is too long for buttons.
 */
export function renderMessages(reply: Reply): MessageContent[] {
    const { choices = [], language } = reply;
    const offered = choices.length <= limits.rows ? choices : [];
    const rest = offered.length === choices.length ? "" : renderChoices(choices, language);
    const markdown = rest === "" ? reply.text : `${reply.text}\n\n${rest}`;
    const parts = renderParts(
        markdown,
        language,
        maxMessageUnits,
        (part) => writeWhatsApp(part).length,
    );
    return parts.map((part, index) => {
        const body = writeWhatsApp(part);
        const isLast = index === parts.length - 1;
        const fields =
            isLast && offered.length > 0
                ? interactive(body, offered, language)
                : { type: "text", text: { preview_url: false, body } };
        return { fields, plain: plainText(part) };
    });
}

function interactive(body: string, choices: readonly Choice[], language: Language): JsonObject {
    const fits = choices.length <= limits.buttons && body.length <= limits.buttonsBodyUnits;
    const content = fits ? buttons(choices) : list(choices, language);
    return { type: "interactive", interactive: { ...content, body: { text: body } } };
}

function buttons(choices: readonly Choice[]): JsonObject {
    const replies = choices.map(({ label, command }) => ({
        type: "reply",
        reply: { id: choiceData(command), title: shorten(label, limits.buttonUnits) },
    }));
    return { type: "button", action: { buttons: replies } };
}

function list(choices: readonly Choice[], language: Language): JsonObject {
    const rows = choices.map(({ label, command }) => ({
        id: choiceData(command),
        title: shorten(label, limits.rowUnits),
    }));
    const button = listLabels[language];
    return { type: "list", action: { button, sections: [{ title: button, rows }] } };
}

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** At most so many UTF-16 units; a character as a reader sees it stays whole. */
function shorten(label: string, mostUnits: number): string {
    if (label.length <= mostUnits) return label;
    let short = "";
    for (const { segment } of graphemes.segment(label)) {
        if (short.length + segment.length >= mostUnits) break;
        short += segment;
    }
    return `${short.trimEnd()}…`;
}
