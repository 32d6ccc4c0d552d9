import type { Language } from "../message.ts";
import { wordSet, wordsOf } from "./clean-sample.ts";
import { foldLetters } from "./switch/tokens.ts";
import { languageName } from "./switch/names.ts";

const tags: Readonly<Record<string, Language>> = { ar: "ar", en: "en", عرب: "ar" };
const automatic = wordSet(
    "auto automatic automatically تلقائي تلقائيا تلقائيه التلقائي اوتوماتيك اتوماتيك",
);

/**
 * The choice that stands behind `/language`: a tag or a name, in either language and in all the
 * ways in which people write it; `undefined`: none of ours.
 */
export function readLanguageArgument(argument: string): Language | "automatic" | undefined {
    for (const word of wordsOf(argument).map(foldLetters)) {
        if (automatic.has(word)) return "automatic";
        const named = tags[word] ?? languageName(word)?.language;
        if (named === "ar" || named === "en") return named;
    }
    return undefined;
}
