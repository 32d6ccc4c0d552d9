import { francAll } from "franc";

/** The languages in Latin letters that franc tells apart here, by its codes (ISO 639-3). */
const latinTags: Readonly<Record<string, string>> = {
    deu: "de",
    ita: "it",
    por: "pt",
    nld: "nl",
    swh: "sw",
    som: "so",
    hau: "ha",
    pol: "pl",
    ron: "ro",
    swe: "sv",
    dan: "da",
    hun: "hu",
    ces: "cs",
    vie: "vi",
    hrv: "hr",
    uzn: "uz",
    als: "sq",
    yor: "yo",
    ibo: "ig",
    ceb: "ceb",
};

/** franc needs about this many letters to tell these languages apart. */
const leastCharacters = 25;
/** More letters tell no more, and franc takes its time. */
const mostCharacters = 120;

/** The tag (BCP 47) of the language that words in Latin letters look most like; `und`: too few. */
export function closestLanguage(words: readonly string[]): string {
    const text = words.join(" ").slice(0, mostCharacters);
    if (text.length < leastCharacters) return "und";
    const [closest] = francAll(text, { only: Object.keys(latinTags), minLength: 1 });
    return latinTags[closest?.[0] ?? ""] ?? "und";
}

const scripts: readonly (readonly [tag: string, letter: RegExp])[] = [
    ["bn", /\p{Script=Bengali}/u],
    ["ta", /\p{Script=Tamil}/u],
    ["ml", /\p{Script=Malayalam}/u],
    ["te", /\p{Script=Telugu}/u],
    ["pa", /\p{Script=Gurmukhi}/u],
    ["gu", /\p{Script=Gujarati}/u],
    ["kn", /\p{Script=Kannada}/u],
    ["si", /\p{Script=Sinhala}/u],
    ["am", /\p{Script=Ethiopic}/u],
    ["he", /\p{Script=Hebrew}/u],
    ["el", /\p{Script=Greek}/u],
    ["hy", /\p{Script=Armenian}/u],
    ["ka", /\p{Script=Georgian}/u],
    ["th", /\p{Script=Thai}/u],
    ["km", /\p{Script=Khmer}/u],
    ["lo", /\p{Script=Lao}/u],
    ["my", /\p{Script=Myanmar}/u],
    ["bo", /\p{Script=Tibetan}/u],
    ["dv", /\p{Script=Thaana}/u],
    ["ko", /\p{Script=Hangul}/u],
    ["ja", /\p{Script=Hiragana}|\p{Script=Katakana}/u],
    ["zh", /\p{Script=Han}/u],
];

/** Scripts that several languages share, and what franc calls those. */
const sharedScripts: readonly (readonly [
    letter: RegExp,
    tags: Readonly<Record<string, string>>,
    usual: string,
])[] = [
    [/\p{Script=Devanagari}/u, { hin: "hi", npi: "ne", mar: "mr", bho: "bho" }, "hi"],
    [/\p{Script=Cyrillic}/u, { rus: "ru", ukr: "uk", bul: "bg", srp: "sr", kaz: "kk" }, "ru"],
];

/** The tag (BCP 47) of the language of words that are neither in Arabic nor in Latin letters. */
export function languageOfOtherScript(words: readonly string[]): string {
    const text = words.join(" ").slice(0, mostCharacters);
    const script = scripts.find(([, letter]) => letter.test(text));
    if (script) return script[0];
    const shared = sharedScripts.find(([letter]) => letter.test(text));
    if (!shared) return "und";
    const [, tags, usual] = shared;
    if (text.length < leastCharacters) return usual;
    const [closest] = francAll(text, { only: Object.keys(tags), minLength: 1 });
    return tags[closest?.[0] ?? ""] ?? usual;
}
