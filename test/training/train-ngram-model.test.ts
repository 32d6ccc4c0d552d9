import { expect, test } from "vitest";
import { arabicModel } from "../../src/language/arabic-model.ts";
import { latinModel } from "../../src/language/latin-model.ts";
import { NgramModel } from "../../src/language/ngram-model.ts";
import { packageRoot } from "../../src/package-root.ts";
import { readArabicExamples, readLatinExamples } from "../../training/read-examples.ts";
import { type Example, fingerprint, trainNgramModel } from "../../training/train-ngram-model.ts";

const classes = ["en", "fr"] as const;
const examples: Example<(typeof classes)[number]>[] = [
    "en the night was cold and the light was bright",
    "en my throat hurts when i eat something",
    "en what should i do about this thing",
    "fr la nuit était froide et la lumière était vive",
    "fr ma gorge me fait mal quand je mange",
    "fr que dois-je faire de cette chose",
].map((line) => {
    const [of, ...words] = line.split(" ");
    return { of: of === "en" ? "en" : "fr", words };
});

test("a model tells the classes of words that it has not seen, and likelihoods are shares", () => {
    const model = new NgramModel(trainNgramModel(classes, examples, 10));
    const likeliest = (text: string): string | undefined => model.read(text.split(" "))[0]?.of;
    expect(likeliest("something bright")).toBe("en");
    expect(likeliest("lumières froides")).toBe("fr");
    const shares = model.read(["nothing"]).map(({ likelihood }) => likelihood);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 10);
    expect(model.read([]).every(({ likelihood }) => likelihood > 0)).toBe(true);
});

test("the same examples give the same model", () => {
    expect(trainNgramModel(classes, examples, 10)).toEqual(trainNgramModel(classes, examples, 10));
});

// If this fails: `npm run train`.
test("the models in use were trained with the text as it stands", async () => {
    const root = packageRoot();
    expect(latinModel.trainedWith).toBe(fingerprint(await readLatinExamples(root)));
    expect(arabicModel.trainedWith).toBe(fingerprint(await readArabicExamples(root)));
});
