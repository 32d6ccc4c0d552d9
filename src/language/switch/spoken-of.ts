import { wordSet } from "../clean-sample.ts";
import { isUnknown, some, type Mention } from "./mention.ts";
import type { Token } from "./tokens.ts";

const offerArticles = wordSet("the this that ال el al of");
/** "Is there an Arabic option?" */
const offers = wordSet("option options mode support version setting settings button toggle choice");
const switches = /^(?:(?:ال)?(?:زر|زرار|وضع|واجهه|اعداد|خاصيه|ميزه)|zer|zir|zorar)$/;
const thanks = /^(?:thanks|thank|thx|tnx|شكرا|مشكور.?|تسلم|shukran|shokran|mersi)$/;
const apologies = wordSet("for excuse pardon forgive hope اعذرني اعذروني علي");

/** "The Arabic option", "زر العربي". */
export function isOffer({ before, after }: Mention): boolean {
    const last = before.filter(({ word }) => !offerArticles.has(word)).at(-1)?.word ?? "";
    return offers.has(after[0]?.word ?? "") || switches.test(last);
}

/** "The Arabic version of the drug", "they gave me the Arabic version". */
export function isOfOther({ before, after }: Mention): boolean {
    const [, of, ...rest] = after;
    const isOfDrug = of?.word === "of" && rest.slice(0, 3).some(isUnknown);
    return some(after, "document") || isOfDrug || some(before, "third", "person", "document");
}

/** "Sorry for my English". */
export function isApology({ before }: Mention): boolean {
    const own = before.findLastIndex(({ word }) => word === "my");
    const isMine =
        own !== -1 && own >= before.length - 2 && apologies.has(before[own - 1]?.word ?? "");
    return isMine || /^(?:excuse|اعذر|سامح)/.test(before[0]?.word ?? "");
}

/** "Thanks for answering in English", "شكرا انك بترد بالعربي". */
export function isThanked(before: readonly Token[]): boolean {
    const at = before.findIndex(({ word }) => thanks.test(word));
    const next = before[at + 1]?.word === "you" ? before[at + 2] : before[at + 1];
    return (
        at !== -1 &&
        /^(?:for|that|انك|انكم|لانك|لانكم|عشان|علي|enak|ennak|3ashan|3ala)$/.test(
            next?.word ?? "",
        ) &&
        !some(before, "ask", "wish")
    );
}
