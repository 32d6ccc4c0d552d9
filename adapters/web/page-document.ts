import { createHash } from "node:crypto";
import type { Language } from "../../src/message.ts";

const importMap = JSON.stringify({
    imports: {
        preact: "/library/preact.js",
        "preact/hooks": "/library/hooks.js",
        "preact/jsx-runtime": "/library/jsx-runtime.js",
    },
});

const directions: Readonly<Record<Language, "ltr" | "rtl">> = { en: "ltr", ar: "rtl" };

/**
 * What the page may do: run and load what this server gives, and nothing else; be framed by nobody.
 * A browser keeps no copy of anything.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
    "Content-Security-Policy": [
        "default-src 'none'",
        `script-src 'self' 'sha256-${createHash("sha256").update(importMap).digest("base64")}'`,
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ].join("; "),
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
};

/** The language that a browser prefers of those that the page speaks. */
export function preferredLanguage(acceptLanguage: string | undefined): Language {
    const ranked = (acceptLanguage ?? "").split(",").map((entry, index) => {
        const [tag = "", quality = "q=1"] = entry.trim().split(/\s*;\s*/);
        return { tag: tag.toLowerCase(), weight: Number(quality.slice(2)) || 0, index };
    });
    const known = ranked
        .filter(({ tag, weight }) => /^(?:ar|en)\b/.test(tag) && weight > 0)
        .sort((a, b) => b.weight - a.weight || a.index - b.index);
    return known[0]?.tag.startsWith("ar") ? "ar" : "en";
}

/** The document that the page's program fills. */
export function pageDocument(language: Language): string {
    return [
        `<!doctype html><html lang="${language}" dir="${directions[language]}">`,
        '<head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        "<title>BiMediX2 Chat</title>",
        '<link rel="icon" href="/icon.svg" type="image/svg+xml">',
        '<link rel="stylesheet" href="/style.css">',
        `<script type="importmap">${importMap}</script>`,
        '<script type="module" src="/client/main.js"></script></head>',
        '<body><noscript><p lang="en" dir="ltr">This page needs JavaScript.</p>',
        '<p lang="ar" dir="rtl">تحتاج هذه الصفحة إلى تفعيل جافا سكريبت.</p></noscript>',
        '<div id="page"></div></body></html>',
    ].join("\n");
}
