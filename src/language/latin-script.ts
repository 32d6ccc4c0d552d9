import { francAll } from "franc";
import { arabiziEvidence } from "./arabizi.ts";
import { englishGrammar, englishWords, foreignLatinWords } from "./latin-words.ts";

/** What words in Latin letters are; `unknown`: too little to tell. */
export type LatinKind = "english" | "arabizi" | "foreign" | "unknown";

/** Letters with marks: rare in English, frequent in most other languages. */
const markedLetter = /[^\x00-\x7F]/;

/** Endings that are frequent in English and rare elsewhere. */
const englishEnding = /.{2}(?:ing|ness|less|ful|ight|ship|ously|ively|ally|tly|ssed|cked|tched)$/;

/** franc needs about this many letters to tell English from its neighbours. */
const sentenceLetters = 30;

const candidates = `
    eng fra spa por ita deu nld tur ind swh tgl kmr som ron pol hau uzn azj zlm
`
    .trim()
    .split(/\s+/);

/** Tells English, Arabic in Latin letters and other languages apart. */
export function classifyLatin(words: readonly string[]): LatinKind {
    const grammar = words.filter((word) => englishGrammar.has(word)).length;
    const known = words.filter((word) => englishWords.has(word)).length;
    const foreign = words.filter((word) => foreignLatinWords.has(word)).length;
    const marked = words.filter((word) => markedLetter.test(word)).length;
    const shaped = words.filter((word) => englishEnding.test(word)).length;
    const english = 2 * grammar + Math.max(known, shaped);
    const arabizi = arabiziEvidence(words);
    const other = 2 * foreign + 2 * marked;

    if (arabizi >= 2 && arabizi > english && arabizi >= other) return "arabizi";
    const certain = Math.abs(english - other) > 1 || words.length <= 3;
    if (english > other) return certain ? "english" : byTrigrams(words, "english");
    if (other > english) return certain ? "foreign" : byTrigrams(words, "foreign");
    return byTrigrams(words, "unknown");
}

/** franc's trigrams, restricted: unrestricted they take English for Scots or Venetian. */
function byTrigrams(words: readonly string[], otherwise: LatinKind): LatinKind {
    const text = words.join(" ");
    if (text.length < sentenceLetters) return otherwise;
    const [closest] = francAll(text, { only: candidates, minLength: 1 });
    return closest?.[0] === "eng" ? "english" : "foreign";
}
