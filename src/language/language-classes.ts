// Languages are named by their tags (BCP 47): `ar-Latn` is Arabic in Latin letters, `und` any
// other language, `zxx` none: the names of medicines and tests, which are the same in all.

/** What words in Latin letters can be. `ur-Latn` is Hindi too, `id` Malay, `tr` Azerbaijani. */
export const latinClasses = [
    "en",
    "ar-Latn",
    "fr",
    "es",
    "tl",
    "tr",
    "id",
    "ku",
    "ur-Latn",
    "bn-Latn",
    "und",
    "zxx",
] as const;

/** What words in Arabic letters can be. `ar` is Arabic of any dialect, `fa` Dari too. */
export const arabicClasses = ["ar", "fa", "ur", "ckb", "ps", "und"] as const;

export type LatinClass = (typeof latinClasses)[number];
export type ArabicClass = (typeof arabicClasses)[number];
