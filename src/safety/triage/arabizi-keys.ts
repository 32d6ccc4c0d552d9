import { shortenRuns } from "./fold-text.ts";

/** What each Arabic letter may be written as in Latin letters, as codes; "" where it may be left out. */
const codes: Readonly<Record<string, string>> = {
    ا: "_",
    ب: "b",
    ت: "t",
    ث: "stθ",
    ج: "g",
    ح: "7h",
    خ: "x",
    د: "d",
    ذ: "dzθ",
    ر: "r",
    ز: "z",
    س: "s",
    ش: "c",
    ص: "s",
    ض: "dθ",
    ط: "t",
    ظ: "dzθ",
    ع: "3_",
    غ: "8",
    ف: "f",
    ق: "qkg28",
    ك: "k",
    ل: "l",
    م: "m",
    ن: "n",
    ه: "h",
    و: "w_",
    ي: "y_",
};
const mostKeys = 64;
const shortestKey = 3;

/** Latin spellings of one sound, longest first, and its code. */
const sounds: readonly (readonly [string, string])[] = [
    ["kh", "x"],
    ["7'", "x"],
    ["gh", "8"],
    ["3'", "8"],
    ["sh", "c"],
    ["ch", "c"],
    ["dj", "g"],
    // What "th" stands for depends on the dialect and the word: θ is in the keys of all of them.
    ["th", "θ"],
    ["dh", "d"],
    ["ph", "f"],
    ["ou", ""],
    ["ee", ""],
    ["oo", ""],
];
const letters: Readonly<Record<string, string>> = {
    "2": "2",
    "3": "3",
    "4": "c",
    "5": "x",
    "6": "t",
    "7": "7",
    "8": "8",
    "9": "q",
    b: "b",
    c: "k",
    d: "d",
    f: "f",
    g: "g",
    h: "h",
    j: "g",
    k: "k",
    l: "l",
    m: "m",
    n: "n",
    p: "b",
    q: "q",
    r: "r",
    s: "s",
    t: "t",
    v: "f",
    w: "w",
    x: "x",
    y: "y",
    z: "z",
};

const list = (text: string): ReadonlySet<string> => new Set(["", ...text.split(" ")]);
const prefixes = list(
    "el al il l es as ed ad er en et at ez az esh ech ash w wa wel wal bel bil bal fel fil fal lel lil hal 3al 3l b by bi be ba bt bet bit bat y ya ye yi t ta te ti n na ne ni a e i ka kay kan kat kt ki kay tay ta 7a ha 3am 3amb 3ambi 3amt m ma mo bn ne byt bey biy byi bye bte bti yt yet sa",
);
const suffixes = list(
    "i y ni ny ne ha ho o u oh h k ak ek ik na kom kum hom hum on et it at t in een en a e eh ah ah ti ty to tha ate iha ili li ly lo lha ch sh esh out",
);

/** Whether a key says enough to stand for a word: short ones could be anything. */
function tells(key: string): boolean {
    return key.length >= shortestKey || (key.length === 2 && key.includes("3"));
}

/** The keys under which an Arabic word (folded) is found when it is written in Latin letters. */
export function keysOfArabic(word: string): string[] {
    let keys = [""];
    for (const [index, letter] of Array.from(word).entries()) {
        // A last "ه" is often the feminine ending, which is written as a vowel.
        const isEnding = letter === "ه" && index === word.length - 1;
        const options = isEnding ? "h_t" : (codes[letter] ?? "_");
        keys = keys
            .flatMap((key) => Array.from(options).map((code) => (code === "_" ? key : key + code)))
            .slice(0, mostKeys);
    }
    return [...new Set(keys.map(shortenRuns))].filter(tells);
}

/** A part of a Latin word that may be an Arabic word, and the key under which that is found. */
export interface LatinStem {
    readonly stem: string;
    readonly key: string;
    /** Whether it is the whole word. */
    readonly whole: boolean;
}

/** The stems that a Latin word may have, the whole word first, with their consonants as a key. */
export function stemsOfLatin(word: string): LatinStem[] {
    const stems: LatinStem[] = [];
    for (let start = 0; start <= Math.min(5, word.length - 2); start += 1) {
        if (!prefixes.has(word.slice(0, start))) continue;
        for (let length = 0; length <= 3; length += 1) {
            const end = word.length - length;
            if (end - start < 3) break;
            if (!suffixes.has(word.slice(end))) continue;
            const stem = word.slice(start, end);
            const key = consonants(stem);
            if (tells(key)) stems.push({ stem, key, whole: start === 0 && length === 0 });
        }
    }
    return stems;
}

/** What each long vowel may be written as. */
const longVowels: Readonly<Record<string, string>> = { ا: "aeo", و: "ouw", ي: "ieya" };

/**
 * Whether the long vowels of an Arabic word are written in a Latin one that has its consonants:
 * "layla" is not "wallah".
 */
export function soundsLike(latin: string, arabic: string): boolean {
    // Nobody writes a short vowel like this: "nateeja" is not "nataj".
    if (/[^e]ee(?!e)/.test(latin) && !arabic.includes("ي")) return false;
    if (/[^o]oo(?!o)/.test(latin) && !arabic.includes("و")) return false;
    const vowels = latin.replace(/[^aeiouwy]+/g, "-").split("-");
    let at = 0;
    for (const [index, letter] of Array.from(arabic).entries()) {
        const written = longVowels[letter];
        const isEdge = index === 0 || index === arabic.length - 1;
        if (written === undefined || isEdge) continue;
        const found = vowels.findIndex(
            (group, place) =>
                place >= at && Array.from(group).some((vowel) => written.includes(vowel)),
        );
        if (found < 0) return false;
        at = found + 1;
    }
    return true;
}

/** French "ou" before a vowel is a "w": "oualed", "douakh". */
const frenchW = /ou(?=[aei])/g;

function consonants(latin: string): string {
    const word = latin.replace(frenchW, "w");
    let key = "";
    let at = 0;
    while (at < word.length) {
        const sound = sounds.find(([spelling]) => word.startsWith(spelling, at));
        if (sound) {
            key += sound[1];
            at += sound[0].length;
        } else {
            key += letters[word.charAt(at)] ?? "";
            at += 1;
        }
    }
    return shortenRuns(key);
}
