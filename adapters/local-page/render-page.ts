import { createHash } from "node:crypto";
import { encodeQR } from "qr";
import type { Language } from "../../src/message.ts";
import type { LinkState } from "../../src/ports.ts";
import type { PageTexts } from "./page-texts.ts";

const languages = ["en", "ar"] as const satisfies readonly Language[];
const directions: Readonly<Record<Language, "ltr" | "rtl">> = { en: "ltr", ar: "rtl" };
/** How soon the page is loaded again: a code lives for about 20 s. */
const renewalSeconds = 3;

const style = `
:root { color-scheme: light; font: 1.1rem/1.6 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 42rem; padding: 1.5rem; background: #fff; color: #1b1b1b; }
h1 { font-size: 1.3rem; }
h2 { font-size: 1.5rem; margin-bottom: 0; }
section { border-top: 1px solid #bbb; padding-block: 1rem; }
svg { display: block; width: min(24rem, 90vw); margin: 1rem auto; shape-rendering: crispEdges; }
.code { font: 2.5rem ui-monospace, monospace; text-align: center; direction: ltr; }
`;

/**
 * The headers of the page: it may load nothing, run nothing, and be framed by nobody. A browser
 * keeps no copy of it.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": [
        "default-src 'none'",
        `style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'`,
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ].join("; "),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
};

/** The page that shows how the accounts stand, in both languages. */
export function renderPage(
    states: readonly LinkState[],
    texts: Readonly<Record<Language, PageTexts>>,
): string {
    const titles = languages.map((language) => inLanguage("h1", language, texts[language].title));
    const sections = states.map((state) => `<section>${renderState(state, texts)}</section>`);
    const waiting = languages.map((language) => inLanguage("p", language, texts[language].waiting));
    return [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        `<meta http-equiv="refresh" content="${renewalSeconds}">`,
        `<title>${escapeHtml(texts.en.title)}</title><style>${style}</style></head><body><main>`,
        ...titles,
        ...(sections.length === 0 ? waiting : sections),
        "</main></body></html>",
    ].join("\n");
}

function renderState(state: LinkState, texts: Readonly<Record<Language, PageTexts>>): string {
    const words = languages.map((language) => {
        const { heading, advice } = texts[language].states[state.name];
        return inLanguage("h2", language, heading) + inLanguage("p", language, advice);
    });
    const [english = "", arabic = ""] = words;
    return [english, arabic, renderContent(state, texts)].join("\n");
}

function renderContent(state: LinkState, texts: Readonly<Record<Language, PageTexts>>): string {
    if (state.name === "qr") {
        const drawing = encodeQR(state.code, "svg", { ecc: "low", border: 4 });
        return drawing.replace("<svg ", '<svg role="img" aria-label="QR" ');
    }
    if (state.name === "pairing-code") {
        const { code } = state;
        return `<p class="code">${escapeHtml(`${code.slice(0, 4)}-${code.slice(4)}`)}</p>`;
    }
    if (state.name !== "failed") return "";
    const details = languages.map((language) => inLanguage("p", language, texts[language].details));
    return [...details, inLanguage("p", "en", `${state.reason} ${state.remedy}`)].join("\n");
}

function inLanguage(element: string, language: Language, text: string): string {
    const direction = directions[language];
    return `<${element} lang="${language}" dir="${direction}">${escapeHtml(text)}</${element}>`;
}

function escapeHtml(text: string): string {
    return text.replaceAll(/[&<>"']/g, (character) => `&#${String(character.codePointAt(0))};`);
}
