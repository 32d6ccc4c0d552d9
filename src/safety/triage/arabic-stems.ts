/** A shorter word that a written Arabic word may be a form of. */
export interface ArabicStem {
    readonly stem: string;
    /** Whether an affix of verbs was taken off: nouns do not have them. */
    readonly asVerb: boolean;
    /** Whether it ends in "my", "me", "us". */
    readonly mine: boolean;
}

const words = (list: string): readonly string[] => list.split(" ");

const nounPrefixes = new Set(
    words(
        "ال و ف ب ل ك ه ع وال فال بال كال لل ولل هال عال وب ول وع وه وهال وبال علي ش مال ه بهال فهال لهال",
    ),
);
const verbPrefixes = new Set(
    words(
        "ي ت ن ا بي بت بن با ح حي حت حن حا ه هي هت هن ها كي كت كن كا تا تي تت عم عمي عمت عمب سي ست سن سا دي دت دا ويت وي وت ون وا فت في وب وبي وبت وكي وكت لي لت بيت بتت كيت كتت هيت حيت يت نت ات وات مت ان ين تن بتن بين كين كتن است يست تست نست بيست بتست منه غاي غي",
    ),
);
const nounSuffixes = new Set(
    words("ي ه ها هم هن نا ك كم كن ين ان ات و يا كي ون اتي اته اتها اي ايا يه يته يتها هوم"),
);
const verbSuffixes = new Set(
    words(
        "ني ت تي وا ون ين ن له لها لي لهم لك لو لنا تو تني ته تها تهم وني يني ش كش وه وها تلي تله تلها الي اله الها لا اني تنا اتو اته اتني اتها اتك اتنا اتهم يت يتها يته يتني نيش هاش تش يش",
    ),
);
const mineSuffixes = new Set(words("ي ني نا يا لي لنا تني وني يني تلي اتي ايا الي اني تنا يتني"));

/** Whether what follows a prefix may be a word of two letters: other prefixes begin many words. */
function isSafe(prefix: string): boolean {
    return prefix === "" || prefix === "و" || prefix === "ف" || prefix.endsWith("ال");
}

const objectSuffixes = new Set(words("ني ته تها تني وني ها تو تهم نا"));
const possessives = new Set(["", ...words("ي ه ها و ك نا هم كم")]);

function isPossessive(suffix: string): boolean {
    return possessives.has(suffix);
}

/**
 * The stems that an Arabic word (folded, runs shortened) may have, the word itself first: articles,
 * particles, the marks of persons and tenses of the dialects are taken off.
 */
export function arabicStems(word: string): ArabicStem[] {
    const stems: ArabicStem[] = [{ stem: word, asVerb: false, mine: false }];
    for (let start = 0; start <= Math.min(4, word.length - 2); start += 1) {
        const prefix = word.slice(0, start);
        const nounStart = start === 0 || nounPrefixes.has(prefix);
        const verbStart = start === 0 || verbPrefixes.has(prefix);
        if (!nounStart && !verbStart) continue;
        for (let length = start === 0 ? 1 : 0; length <= 4; length += 1) {
            const end = word.length - length;
            if (end - start < 2) break;
            const suffix = word.slice(end);
            const nounEnd = length === 0 || nounSuffixes.has(suffix);
            const verbEnd = length === 0 || verbSuffixes.has(suffix) || nounEnd;
            const asNoun = nounStart && nounEnd;
            if (!asNoun && !((verbStart || nounStart) && verbEnd)) continue;
            const stem = word.slice(start, end);
            if (stem.length < 3) {
                const isNoun = asNoun && isSafe(prefix) && isPossessive(suffix);
                // "عض" is a verb of two letters, "he bit": عضني، عضته.
                const isVerb = start === 0 || prefix === "و";
                if (!isNoun && !(isVerb && objectSuffixes.has(suffix))) continue;
                if (!isNoun) {
                    stems.push({ stem, asVerb: true, mine: mineSuffixes.has(suffix) });
                    continue;
                }
            }
            // What has the article is nobody's: "الدماغي" is "cerebral", not "my brain".
            const mine = mineSuffixes.has(suffix) && !/[ال]ل$/.test(prefix);
            stems.push({ stem, asVerb: !asNoun, mine });
            // Before a suffix the feminine ending is written as t.
            if (asNoun && length > 0 && stem.endsWith("ت")) {
                stems.push({ stem: `${stem.slice(0, -1)}ه`, asVerb: false, mine });
            }
        }
    }
    return stems;
}
