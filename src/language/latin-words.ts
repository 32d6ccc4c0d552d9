import { wordSet } from "./clean-sample.ts";

/** Words that carry English grammar: their presence makes a message an English sentence. */
export const englishFunctionWords = wordSet(`
    the this that these those there here i i'm i've i'll i'd im ive you you're you've your yours
    he's she she's it it's its we we're we've they they're them their his him my mine our us is
    isn't are aren't was wasn't were weren't been being am have haven't has hasn't had do don't
    does doesn't did didn't dont doesnt didnt cant wont can can't could couldn't would wouldn't
    should shouldn't will won't may might must what what's whats which who who's whose when
    where where's why how how's if and or but because since while with without from for of to at
    by about into after before during between through not never than then an any some something
    anything nothing everything someone anyone everyone nobody every each other another such
    only just also too very much many more most few enough already still again yet let's please
    thank thanks sorry tell give take get got go going need want help know think feel feels
    feeling make made hv hav wana wanna gonna gotta wat wht wen shud cud cn tk
`);

/** What makes an English sentence of a few words: who, does what, and the words of questions. */
export const englishSentenceWords = wordSet(`
    i i'm i've i'll i'd im ive me my mine you your u ur he she it it's its we they him her his our
    their this that these those there is isn't are aren't was were am be been do don't dont does
    doesn't did didn't have haven't has had can can't cant could will won't would should shouldn't
    may might must what what's when where where's why how who which whose if because let's
    hv hav wana wanna gonna gotta wat wht wen shud cud cn tk
`);

/** Courtesies, which Arabs write within Arabic conversations. */
export const courtesies = wordSet(`
    ok okay thanks thank you u thx so very much many welcome please pls plz sorry hi hello hey bye
    yes yeah yep no good morning evening night dr doctor doc
`);

/** What people write alone in a chat; some of it is a word of another language, too. */
export const englishChatWords = wordSet(`
    hi hello hey hiya no nope nah yes yeah yep yup okay okey sure thx thnx tysm pls plz sry help
    wow omg lol idk btw asap u ur bye good morning evening night great nice fine right wrong true
    false when why again more less now later today tomorrow done wait stop doctor doc dr
`);

/** Units and parts of file names: they are the same in every language. */
const neutralWords = wordSet(`
    mg mcg ug kg ml dl mmol mol cm mm iu ui bpm mmhg hz cc cal kcal jpg jpeg png pdf img doc docx
    dcm whatsapp image scan photo ok ref nr vs
`);
/** A consonant alone, letters and digits as in "l4", "b12", "hba1c", "spo2", "500mg", "2x". */
const code =
    /^(?:[bcdfghjklmnpqstvxz]|\p{L}\d+\p{L}?\d*|(?:hba|hb|spo|vo|ft|ca|il|cd|mp|h1n|g6p)\d+\p{L}?|\d+(?:m?c?g|kg|ml|l|[cmk]?m|iu|x|d|h|hrs?|y|yo)?)$/u;

/** Laughing and thinking. */
const sound = /^(?:h+m+|m{2,}h*|(?:ha|he|hi){2,}h?|a{2,}h*|o{2,}h*|h{3,}|x{2,})$/u;

/** Whether a word says nothing of the language around it. */
export function isNeutral(word: string): boolean {
    return neutralWords.has(word) || code.test(word) || sound.test(word);
}

/** A few words of Arabic that are no names: greetings, thanks, small words. */
export const arabiziWords = wordSet(`
    salam salaam slm shukran shokran chokran marhaba ahlan sabah masa aywa eywa naam la2 tamam
    tmam mashi mashy tayeb tayyeb tayib yalla habibi wallah inshallah alhamdulillah hamdulillah
    kifak kifik keefak shlonak shlonik izayak ezayak labas labes bzaf bezaf barsha kteer ktir awi
    mish mesh mosh mush msh mafi mafish andi 3andi indi ana enta enti inta inti wein feen fin
    emta kam shu sho shou shno chno wach wash ash leh lesh leish 3lach kif bikam momken mumkin
    khalas 5alas bas bass lazem hala halla dilwa2ti daba tawa ba3d
`);
