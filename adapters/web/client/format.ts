import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { PageLanguage, Texts } from "./texts-shape.ts";
import { texts } from "./texts.ts";

/** The language that the page is shown in. */
export const LanguageContext = createContext<PageLanguage>("en");

/** What the page says, and how it writes numbers and times, in its language. */
export interface Words {
    readonly t: Texts;
    readonly language: PageLanguage;
    readonly number: (value: number, digits?: number) => string;
    readonly bytes: (value: number) => string;
    readonly duration: (ms: number) => string;
    readonly time: (atMs: number) => string;
    readonly dateTime: (atMs: number) => string;
}

/** Western digits in both languages, as in the assistant's answers. */
const locales: Readonly<Record<PageLanguage, string>> = { ar: "ar-u-nu-latn", en: "en-GB" };

/** British English writes "secs". */
const unitLocales: typeof locales = { ...locales, en: "en" };

/** The words of a language. */
function wordsOf(language: PageLanguage): Words {
    const locale = locales[language];
    const number = (value: number, digits = 0): string =>
        new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(value);
    const unit = (value: number, name: string, digits = 0): string =>
        new Intl.NumberFormat(unitLocales[language], {
            style: "unit",
            unit: name,
            unitDisplay: language === "ar" ? "long" : "short",
            maximumFractionDigits: digits,
        }).format(value);
    return {
        t: texts[language],
        language,
        number,
        bytes: (value) =>
            value < 1e9 ? unit(value / 1e6, "megabyte") : unit(value / 1e9, "gigabyte", 1),
        duration: (ms) => {
            const seconds = ms / 1000;
            if (seconds < 60) {
                return unit(seconds, "second", seconds < 1 ? 2 : seconds < 10 ? 1 : 0);
            }
            if (seconds < 3_600) return unit(seconds / 60, "minute");
            if (seconds < 172_800) return unit(seconds / 3_600, "hour", 1);
            return unit(seconds / 86_400, "day");
        },
        time: (atMs) =>
            new Intl.DateTimeFormat(locale, { timeStyle: "short", hourCycle: "h23" }).format(
                new Date(atMs),
            ),
        dateTime: (atMs) =>
            new Intl.DateTimeFormat(locale, {
                dateStyle: "medium",
                timeStyle: "short",
                hourCycle: "h23",
            }).format(new Date(atMs)),
    };
}

/** The words of the page's language. */
export function useWords(): Words {
    return wordsOf(useContext(LanguageContext));
}
