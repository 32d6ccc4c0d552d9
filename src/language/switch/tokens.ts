import { foldArabic, wordsOf, wordSet } from "../clean-sample.ts";
import { isMisspelt, languageName, type LanguageName } from "./names.ts";
import { verbInArabic, verbInLatin, type ArabicVerb } from "./verbs.ts";
import { roleWords, type Role } from "./words.ts";

/** A word of a message with what it can do in a request for a language. */
export interface Token {
    readonly word: string;
    readonly roles: ReadonlySet<Role>;
    readonly name: LanguageName | undefined;
    readonly verb: ArabicVerb | undefined;
}

/** A piece of a message that holds one thought. */
export interface Clause {
    readonly tokens: readonly Token[];
    /** The sentence began in the clause before. */
    readonly continues: boolean;
}

const rolesByWord = new Map<string, Set<Role>>();
for (const [role, words] of Object.entries(roleWords) as [Role, ReadonlySet<string>][]) {
    for (const word of words) {
        rolesByWord.set(word, (rolesByWord.get(word) ?? new Set<Role>()).add(role));
    }
}
const nouns = ["person", "document", "word"] as const;
const noRoles: ReadonlySet<Role> = new Set();

/** Words of requests that are still told with one mistake in them. */
const misspeltWords = [
    ..."reply answer respond speak write explain continue switch change please prefer".split(" "),
    ..."understand language translate instead because".split(" "),
];
const englishFunctionWords = wordSet(`
    the a an is are was i my me you u your to in of for and it this that not do dont can be or from
    with no im so but
`);
const accent = /[\u00C0-\u024F\u1E00-\u1EFF]/;
const inDigits = /^(?:[a-z]+[2379]|[2379][a-z])[a-z0-9]*$/;
const ends = /[.;!?؟؛…\n]+/;
const pauses = /[,:،\u2013\u2014]+|\s-+\s/;
/** "In Arabic and in English". */
const additions = wordSet("and w wa ou");
const linkWords = wordSet("in the not el bel bil b l");
/** After these "if" is a courtesy: "if you can". */
const courteousIf = wordSet(
    "you u possible that thats its ur allowed ممكن امكن سمحت تكرمت momken mumkin",
);

/** The clauses of a message. */
export function clausesOf(sample: string): Clause[] {
    const sentences = sample.split(ends).map((sentence) =>
        sentence
            .split(pauses)
            .map((clause) => wordsOf(clause).map(foldLetters))
            .filter((words) => words.length > 0),
    );
    const isEnglish = sentences.flat(2).some((word) => englishFunctionWords.has(word));
    return sentences.flatMap((clauses) =>
        clauses
            .flatMap((words) => {
                const isArabizi = !isEnglish || words.some((word) => inDigits.test(word));
                return thoughtsOf(words.map((word) => tokenOf(word, isArabizi)));
            })
            .map((tokens, at) => ({ tokens, continues: at > 0 })),
    );
}

function tokenOf(word: string, isArabizi: boolean): Token {
    const name = languageName(word);
    if (name !== undefined) return { word, name, roles: noRoles, verb: undefined };
    const isLatin = word < "\u0600";
    const known = rolesByWord.get(word) ?? rolesByWord.get(stemOf(word, isLatin)) ?? nounOf(word);
    if (known !== undefined) return { word, name, roles: known, verb: undefined };
    if (!isLatin) return { word, name, roles: noRoles, verb: verbInArabic(word) };
    const verb = isArabizi ? verbInLatin(word) : undefined;
    const isMeant = (model: string): boolean => isMisspelt(word, model, 5);
    const meant = verb === undefined ? misspeltWords.find(isMeant) : undefined;
    return { word, name, verb, roles: rolesByWord.get(meant ?? "") ?? noRoles };
}

/** Without "and" in Arabic and "-ing" in English. */
function stemOf(word: string, isLatin: boolean): string {
    if (!isLatin) return word.replace(/^[وف]/, "");
    return word.length > 5 && word.endsWith("ing") ? word.slice(0, -3) : word;
}

/** Of a thing or a person in the plural or with an article; elsewhere these letters mean more. */
function nounOf(word: string): ReadonlySet<Role> | undefined {
    const noun = word.endsWith("s") ? word.slice(0, -1) : word.replace(/^[وف]?(?:[بك]?ال|لل)/, "");
    const roles = rolesByWord.get(noun);
    return nouns.some((role) => roles?.has(role)) ? roles : undefined;
}

/** Parts a clause before "because", "so" and the like; "and" between two names joins them. */
function thoughtsOf(tokens: readonly Token[]): Token[][] {
    const thoughts: Token[][] = [];
    let thought: Token[] = [];
    for (const [at, token] of tokens.entries()) {
        if (thought.length > 0 && startsThought(token, tokens.slice(at + 1, at + 4))) {
            thoughts.push(thought);
            thought = [];
        }
        thought.push(token);
    }
    return [...thoughts, thought];
}

function startsThought({ roles, word }: Token, next: readonly Token[]): boolean {
    if (!roles.has("boundary")) return false;
    if (word === "if" || word === "اذا") return !courteousIf.has(next[0]?.word ?? "");
    const name = next.findIndex((token) => token.name !== undefined);
    const links = next.slice(0, Math.max(0, name));
    const joinsNames = name !== -1 && links.every((token) => linkWords.has(token.word));
    return !(additions.has(word) && joinsNames);
}

/** Letters as people type them without care, of Arabic and of the Latin script. */
export function foldLetters(word: string): string {
    const plain = accent.test(word) ? word.normalize("NFD").replaceAll(/\p{M}/gu, "") : word;
    return foldArabic(plain)
        .replaceAll("'", "")
        .replaceAll(/(.)\1{2,}/gu, "$1")
        .replaceAll("ڨ", "ق")
        .replaceAll("گ", "ك")
        .replaceAll("چ", "ج");
}
