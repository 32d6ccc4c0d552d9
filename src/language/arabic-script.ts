import { arabicModel } from "./arabic-model.ts";
import { wordSet } from "./clean-sample.ts";
import { NgramModel } from "./ngram-model.ts";
import { mostLikelihoodOfFew, type Reading } from "./reading.ts";

/** Function words of Arabic and its dialects, in folded letters. */
export const arabicFunctionWords = wordSet(`
    هل ما ماذا لماذا كيف متي اين من الي علي عن في مع هذا هذه ذلك التي الذي انا انت هو هي نحن هم
    لا لم لن ليس كان كانت عندي لدي عنده عندها ان انه لكن او ثم قد بعد قبل بين كل بعض منذ يوم
    ايام ايضا جدا فقط اعاني اشعر احس بي لي له لها ايش وش شو ليش ليه ازاي وين فين كده كدا ده دي
    دا مش مو عايز عاوز بدي ابي ابغي اللي لسه علشان عشان برضو كمان هيك هاي هاد هادي راني ديال واش
    بزاف كاين شنو شنوه علاش باش غادي ماشي حاجه شوي شويه كتير وايد زين يعني لو اذا حتي غير طيب
    والله الحين هسه اكو ماكو وانا وهو وهي ولا وما السلام عليكم شكرا مرحبا دكتور يا نعم اه ايوه
`);

/** Letters that Arabic never uses and its neighbours often do. */
const foreignLetter = /[ٹڈڑںےہھۂۃټډړږښځڅڼېۍێڵڕەۇۈۋٻڄڳڀڻڙڪ]/u;
/** Letters in the form of a Persian or Urdu keyboard. */
const persianForm = /[یک]/u;
/** Letters for French sounds that only the Maghreb writes. */
const maghrebiLetter = /[ڨڥ]/u;
/** Letters and endings that the neighbours hardly use. */
const arabicMark = /[ةىإأؤ]|^(?:و|ف|ب|ك|ل)?ال\p{L}{2}|^لل\p{L}{2}/u;

const model = new NgramModel(arabicModel);

/** What a letter or an ending adds, as the logarithm of odds. */
const worth = { foreignLetter: 3, maghrebiLetter: 3, arabicMark: 0.7 } as const;
/** Above these odds words are taken for another language: an Arab must not lose Arabic lightly. */
const leastForeignOdds = 0.5;
/** The same for one and for two words in letters that Arabic has too: many are common to all. */
const leastForeignOddsOfFew = [4, 2];
/** The same within an Arabic conversation. */
const leastForeignOddsAmidArabic = 7;

/**
 * Tells Arabic of any dialect from Persian, Urdu, Kurdish, Pashto and other neighbours.
 *
 * @param amidArabic The conversation is in Arabic so far.
 */
export function readArabicScript(words: readonly string[], amidArabic = false): Reading {
    const likelihoods = model.read(words.map((word) => word.replaceAll("ڤ", "ف")));
    const arabic = likelihoods.find(({ of }) => of === "ar")?.likelihood ?? 0;
    const foreign = count(words, foreignLetter);
    const odds =
        Math.log((1 - arabic + 1e-9) / (arabic + 1e-9)) +
        worth.foreignLetter * foreign -
        worth.maghrebiLetter * count(words, maghrebiLetter) -
        worth.arabicMark * count(words, arabicMark);
    const reasons = [
        `words in Arabic letters: ${String(words.length)}, with others' letters: ${String(foreign)}`,
        `n-grams and letters: odds of ${Math.exp(Math.min(odds, 9)).toPrecision(2)} against Arabic`,
    ];
    const few = leastForeignOddsOfFew[words.length - 1];
    const isThin = few !== undefined && foreign === 0 && count(words, persianForm) === 0;
    const leastOfFew = amidArabic ? leastForeignOddsAmidArabic : few;
    const likelihood = 1 / (1 + Math.exp(-Math.abs(odds)));
    if (odds < (isThin && leastOfFew !== undefined ? leastOfFew : leastForeignOdds)) {
        return { language: "ar", detail: "ar", likelihood, reasons };
    }
    const closest = likelihoods.find(({ of }) => of !== "ar")?.of ?? "und";
    const certain = isThin ? Math.min(likelihood, mostLikelihoodOfFew) : likelihood;
    return { language: "other", detail: closest, likelihood: certain, reasons };
}

function count(words: readonly string[], what: RegExp): number {
    return words.filter((word) => what.test(word)).length;
}
