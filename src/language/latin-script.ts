import { closestLanguage } from "./closest-language.ts";
import type { LatinClass } from "./language-classes.ts";
import { latinModel } from "./latin-model.ts";
import { englishChatWords, englishFunctionWords, isNeutral } from "./latin-words.ts";
import { NgramModel } from "./ngram-model.ts";
import { mostLikelihoodOfFew, type Reading } from "./reading.ts";

const model = new NgramModel(latinModel);

/** Letters with marks: rare in English and in Arabic, frequent in most other languages. */
const markedLetter = /[^\x00-\x7F]/;
/** How much more likely each word with such letters makes another language. */
const markedWordFactor = 4;
/** How much more likely each small word of English makes English. */
const englishWordFactor = 2;
/** Patients here write Arabic in Latin letters more often than the languages it resembles. */
const arabicFactor = 1.5;

/** Fewer words without a mark say little of another language. */
const fewestWords = 3;

const kinds = ["en", "ar-Latn", "other", "zxx"] as const;

/** Tells English, Arabic in Latin letters and other languages apart. */
export function readLatinScript(words: readonly string[]): Reading {
    const telling = words.filter((word) => !isNeutral(word));
    if (telling.length === 0) {
        const reasons = ["nothing but units and abbreviations"];
        return { language: "keep", detail: "und", likelihood: 1, reasons };
    }
    if (telling.every((word) => englishFunctionWords.has(word) || englishChatWords.has(word))) {
        const reasons = ["nothing but small words of English"];
        return { language: "en", detail: "en", likelihood: 1, reasons };
    }
    const likelihoods = model.read(telling);
    const of = (name: LatinClass): number =>
        likelihoods.find((one) => one.of === name)?.likelihood ?? 0;
    const marked = telling.filter((word) => markedLetter.test(word)).length;
    const english = telling.filter((word) => englishFunctionWords.has(word)).length;
    const odds = {
        en: englishWordFactor ** english * of("en"),
        "ar-Latn": arabicFactor * of("ar-Latn"),
        other: markedWordFactor ** marked * (1 - of("en") - of("ar-Latn") - of("zxx")),
        zxx: of("zxx"),
    };
    const best = kinds.reduce((one, next) => (odds[next] > odds[one] ? next : one));
    const likelihood = odds[best] / kinds.reduce((sum, kind) => sum + odds[kind], 0);
    const nearest = likelihoods.slice(0, 2).map((one) => `${one.of} ${one.likelihood.toFixed(2)}`);
    const reasons = [
        `words in Latin letters: ${String(words.length)}, small words of English: ${String(english)}, with marks: ${String(marked)}`,
        `n-grams: ${nearest.join(", ")}`,
    ];
    if (best === "en") return { language: "en", detail: "en", likelihood, reasons };
    if (best === "ar-Latn") return { language: "ar", detail: "ar-Latn", likelihood, reasons };
    if (best === "zxx") return { language: "keep", detail: "zxx", likelihood, reasons };
    const closest = likelihoods.find((one) => !kinds.some((kind) => kind === one.of))?.of;
    const detail = closest === undefined || closest === "und" ? closestLanguage(telling) : closest;
    const isThin = telling.length < fewestWords && marked === 0;
    const certain = isThin ? Math.min(likelihood, mostLikelihoodOfFew) : likelihood;
    return { language: "other", detail, likelihood: certain, reasons };
}
