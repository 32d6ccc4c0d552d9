import { type ArabicStem, arabicStems } from "./arabic-stems.ts";
import { shortenRuns } from "./fold-text.ts";
import { createNearSpellings } from "./near-spellings.ts";
import { type Form, type Forms, isArabic, type Reading, type ReadWord } from "./word-forms.ts";

const nothing: readonly Reading[] = [];
/** In Arabic, where shorter words are one letter apart from many others. */
const shortestMistyped = 5;
/** Written with one of these apart from the others, they sound the same. */
const confusedLetters: Readonly<Record<string, string>> = {
    ظ: "ض",
    ذ: "د",
    ث: "ت",
    ص: "س",
    ط: "ت",
};

/**
 * Prepares the reading of words in Arabic letters: forms of the lexicon's words, with letters that
 * sound alike exchanged, with a "not" grown together, with one slip of the fingers.
 */
export function createArabicReader(forms: Forms, ordinary: ReadonlySet<string>): ReadWord {
    const arabic = [...forms].filter(([written]) => isArabic(written));
    const confused = new Map<string, Form>();
    for (const [written, form] of arabic) confused.set(unconfused(written), form);
    const near = createNearSpellings(arabic.filter(([, { exact }]) => !exact).map(([w]) => w));

    const find = (word: string, minimum = 1): Reading | undefined => {
        const lexemes: number[] = [];
        let mine = false;
        const take = ({ stem, asVerb, mine: own }: ArabicStem, form: Form | undefined): void => {
            if (!form || (asVerb && form.noun === true) || lexemes.includes(form.lexeme)) return;
            if (stem.length < minimum) return;
            if (form.exact && stem !== word && !/^[وف]/u.test(word)) return;
            lexemes.push(form.lexeme);
            mine ||= own;
        };
        const isListed = forms.get(word)?.single === true;
        const stems = arabicStems(word).filter(
            // A listed word keeps its first letter: "wayed", many, is not "and a hand".
            ({ stem }) =>
                !isListed || stem.length < 3 || !word.startsWith("و") || stem.startsWith("و"),
        );
        for (const stem of stems) take(stem, forms.get(stem.stem));
        if (lexemes.length === 0) {
            for (const stem of stems) {
                if (stem.stem.length >= 3) take(stem, confused.get(unconfused(stem.stem)));
            }
        }
        return lexemes.length === 0 ? undefined : { lexemes, mine };
    };
    const not = forms.get("ما")?.lexeme;
    const splitNot = (word: string): readonly Reading[] | undefined => {
        if (not === undefined) return undefined;
        const rests = [
            /^(?:و)?ما(.{2,})ش$/u.exec(word)?.[1],
            /^(?:و)?م(.{3,})ش$/u.exec(word)?.[1],
            /^(?:و)?ما(.{3,})$/u.exec(word)?.[1],
            // Only before a verb: many words begin with these two letters.
            /^(?:و)?لا([يتنا].{3,})$/u.exec(word)?.[1],
        ];
        for (const rest of rests) {
            const found = rest === undefined ? undefined : find(rest, 3);
            if (found) return [{ lexemes: [not], mine: false }, found];
        }
        return undefined;
    };
    return (word) => {
        const short = shortenRuns(word);
        const whole = forms.get(short);
        const split = whole ? undefined : splitNot(short);
        if (split) return split;
        const found = find(short);
        if (found) return [found];
        if (ordinary.has(word) || ordinary.has(short)) return nothing;
        const bare = short.replace(/^(?:و?ال|و)(?=.{5})/u, "");
        if (ordinary.has(bare)) return nothing;
        if (bare.length < shortestMistyped) return nothing;
        const slips = near(bare).flatMap((other) => forms.get(other)?.lexeme ?? []);
        return slips.length > 0 ? [{ lexemes: slips, mine: false }] : nothing;
    };
}

function unconfused(word: string): string {
    return word.replace(/[ظذثصط]/gu, (letter) => confusedLetters[letter] ?? letter);
}
