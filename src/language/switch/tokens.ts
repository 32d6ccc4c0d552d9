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
const short = new Map([
    ["ar", "arabic"],
    ["arab", "arabic"],
    ["en", "english"],
]);
const answerRole: ReadonlySet<Role> = new Set(["answer"]);
const letters = /^(?:ال)?(?:رساله|رسا[يئ]ل)$/;
const upcoming = /^(?:ال)?(?:جا[يئ]ه|قادمه|تاليه|مقبله|اخيره|سابقه|هذي|هذه|دي|هاي)$/;

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
const ends = /[.;!?؟؛…\n\p{So}]+/u;
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
                const tokens = words.map((word, at) => {
                    return tokenOf(
                        isShort(words, at) ? (short.get(word) ?? word) : word,
                        isArabizi,
                    );
                });
                return thoughtsOf(tokens.map((token, at) => readWith(token, tokens[at + 1])));
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

/** "Lang AR", "English not AR". */
function isShort(words: readonly string[], at: number): boolean {
    if (words[at] === "arab") return words[at + 1]?.startsWith("lang") === true;
    return words.length <= 6 && /^(?:not|no|lang|language|to)$/.test(words[at - 1] ?? "");
}

/** "The next message", "الرساله الجايه": an answer, not the paper of the same name. */
function readWith(token: Token, next: Token | undefined): Token {
    const isMessage = letters.test(token.word) && upcoming.test(next?.word ?? "");
    return isMessage ? { ...token, roles: answerRole } : token;
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
    if (nouns.some((role) => roles?.has(role))) return roles;
    const bare = rolesByWord.get(word.replace(/^(?:[ae]l|b[ei]?l|l[ie]?l)(?=.{4})/, ""));
    return bare?.has("document") === true || bare?.has("person") === true ? bare : undefined;
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
