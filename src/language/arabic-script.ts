import { francAll } from "franc";
import { foldArabic, wordSet } from "./clean-sample.ts";

/** Common words of Arabic and its dialects that its neighbours do not use, in folded letters. */
export const arabicWords = wordSet(`
    هل ما ماذا لماذا كيف متي اين من الي علي عن في مع هذا هذه ذلك التي الذي انا انت هو هي نحن هم
    لا لم لن ليس كان كانت عندي لدي عنده عندها ان انه لكن او ثم قد بعد قبل بين كل بعض منذ يوم
    ايام ايضا جدا فقط اعاني اشعر احس بي لي له لها ايش وش شو ليش ليه ازاي وين فين كده كدا ده دي
    دا مش مو عايز عاوز بدي ابي ابغي اللي لسه علشان عشان برضو كمان هيك هاي هاد هادي راني ديال واش
    بزاف كاين شنو شنوه علاش باش غادي ماشي حاجه شوي شويه كتير وايد زين يعني لو اذا حتي غير طيب
    والله الحين هسه اكو ماكو وانا وهو وهي ولا وما السلام عليكم شكرا مرحبا دكتور يا نعم اه ايوه
`);

/** Common words of Persian, Urdu, Kurdish, Pashto, Sindhi and Uyghur, in folded letters. */
const foreignWords = wordSet(`
    است این اين كه از را مي نمي با براي یك يك هست نيست چه چي چرا كجا كي شد شده بود كرد كرده خيلي
    دارم دارد دارند داره ام اي ايم اند شما ايشان انها هاي ها تر ترين خود هم نيز بايد اگر تا روي
    سر اونا اون تو منو برو بيا ميشه ميكنم ميكنه ميخوام بودم باشد كنم كنيد كنيم كند كنند چند هستم
    هستيد بله اما ولي پس يا پيش همه ديگر ديگه ہے ہیں كا كے كو نے میں سے پر اور یہ وہ ہوں ہو تھا
    تھی تھے نہیں كیا كر كرنا ایك بھی ہم آپ مجھے میرا میري گیا رہا رہي گئي جو لیے ساتھ نہين مين
    هين په د چې دی او یو سره کړي وي شي هغه زه ته مې دې كړ شو ئه به بۆ ئەو كە لە بە بوو دەكات نەك
    هەر
`);

/** Letters that Arabic never uses and its neighbours often do. */
const foreignLetter = /[ٹڈڑںےہھۂۃټډړږښځڅڼېۍێۆڵڕەۇۈۋٻڄڳڀڻڙڪ]/u;
/** Letters that Arabic writes only in foreign names and some dialects. */
const borrowedLetter = /[پچژگڤ]/u;
/** Arabic letters in the form of a Persian or Urdu keyboard. */
const persianForm = /[یک]/u;
/** Letters and endings that the neighbours hardly use. */
const arabicMark = /[ةىإأؤ]|^(?:و|ف|ب|ك|ل)?ال\p{L}{2}|^لل\p{L}{2}/u;

const neighbours = ["pes", "prs", "urd", "pbu", "ckb", "uig", "snd", "kas"];

/** Whether words in Arabic letters are Arabic rather than Persian, Urdu, Kurdish, Pashto … */
export function isArabic(words: readonly string[]): boolean {
    let arabic = 0;
    let foreign = 0;
    for (const word of words) {
        const folded = foldArabic(word);
        const known = arabicWords.has(folded);
        if (known) arabic += 2;
        if (arabicMark.test(word)) arabic += 2;
        if (foreignLetter.test(word)) foreign += 3;
        else if (borrowedLetter.test(word)) foreign += 0.5;
        else if (persianForm.test(word)) foreign += 0.5;
        if (!known && foreignWords.has(folded)) foreign += 2;
    }
    if (foreign === 0) return true;
    if (foreign >= 2 * arabic) return false;
    if (arabic >= 2 * foreign) return true;
    return closestIsArabic(words.join(" "));
}

/** franc's trigrams, restricted: unrestricted they take dialects for Pashto or Malay. */
function closestIsArabic(text: string): boolean {
    const [closest] = francAll(text, { only: ["arb", ...neighbours], minLength: 1 });
    return closest?.[0] === "arb" || closest?.[0] === "und";
}
