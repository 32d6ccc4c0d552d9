import { useLayoutEffect, useState } from "preact/hooks";
import type { PageLanguage } from "./texts-shape.ts";
import { texts } from "./texts.ts";

const kept = "bimedix2-language";

/** The language that was chosen, else the one in which the server gave the page. */
function firstLanguage(): PageLanguage {
    const chosen = localStorage.getItem(kept) ?? document.documentElement.lang;
    return chosen === "ar" ? "ar" : "en";
}

/** The page's language, and how to change it; the document follows. */
export function usePageLanguage(): readonly [PageLanguage, (language: PageLanguage) => void] {
    const [language, setLanguage] = useState(firstLanguage);
    useLayoutEffect(() => {
        const root = document.documentElement;
        root.lang = language;
        root.dir = language === "ar" ? "rtl" : "ltr";
        document.title = texts[language].product;
    }, [language]);
    const choose = (chosen: PageLanguage): void => {
        localStorage.setItem(kept, chosen);
        setLanguage(chosen);
    };
    return [language, choose];
}
