/** The clinic's own wording of the texts in the folder prompts. */
import { z } from "zod";
import type { Language } from "../message.ts";
import {
    type PromptName,
    promptNames,
    type PromptRule,
    promptRules,
} from "../prompt/prompt-names.ts";
import type { PromptOverrides } from "../prompt/prompt-library.ts";
import { inBothLanguages, section } from "./setting-types.ts";

const expected = "a text from 1 to 8000 characters";
const wording = inBothLanguages(z.string(expected).trim().min(1, expected).max(8000, expected));

/** What clinic.yaml may say in place of each text. */
export const noticesSchema = section(
    Object.fromEntries(promptNames.map((name) => [name, wording.optional()])) as Record<
        PromptName,
        z.ZodOptional<typeof wording>
    >,
    'a section with the names of texts, like welcome, and below each a line "en: …" and a line "ar: …"',
).prefault({});

/** A text that the clinic has worded. */
export interface ClinicWording {
    readonly name: PromptName;
    /** Where it stands in clinic.yaml. */
    readonly path: readonly string[];
    readonly texts: Readonly<Record<Language, string>>;
}

/** Sections of clinic.yaml in which texts are worded. */
interface WordedSections {
    readonly disclaimer: { readonly text?: Texts; readonly imageText?: Texts };
    readonly consent: { readonly text?: Texts };
    readonly notices: Readonly<Partial<Record<PromptName, Texts>>>;
}
type Texts = ClinicWording["texts"] | undefined;

/** Every text that the clinic has worded, in the order of the file. */
export function clinicWordings(sections: WordedSections): readonly ClinicWording[] {
    const { disclaimer, consent, notices } = sections;
    const places: readonly (readonly [PromptName, readonly string[], Texts])[] = [
        ["disclaimer", ["disclaimer", "text"], disclaimer.text],
        ["disclaimer-image", ["disclaimer", "imageText"], disclaimer.imageText],
        ["consent", ["consent", "text"], consent.text],
        ...promptNames.map((name) => [name, ["notices", name], notices[name]] as const),
    ];
    return places.flatMap(([name, path, texts]) =>
        texts === undefined ? [] : [{ name, path, texts }],
    );
}

/** The clinic's wordings by the names of the texts. */
export function assembleNotices(sections: WordedSections): PromptOverrides {
    return Object.fromEntries(clinicWordings(sections).map(({ name, texts }) => [name, texts]));
}

const readers: Readonly<Record<PromptRule["reader"], string>> = {
    model: "Told to the model, which behaves accordingly.",
    patient: "Read by patients.",
    line: "A button or a line of a menu, at most 100 characters.",
    staff: "Read by the clinic's people.",
};

/** What an administrator should know who words a text anew. */
export function explainNotice(name: PromptName): string {
    const { reader }: PromptRule = promptRules[name];
    return `Your own wording in both languages, in place of prompts/${name}.en.md and ${name}.ar.md. ${readers[reader]} ${explainPlaceholders(name)}`;
}

/** Which words in braces a text may have, as a sentence. */
export function explainPlaceholders(name: PromptName): string {
    const { placeholders }: PromptRule = promptRules[name];
    const words = placeholders.map((placeholder) => `{${placeholder}}`);
    if (words.length === 0) return "It has no words in braces.";
    const verb = words.length === 1 ? "stands for its value" : "stand for their values";
    return `${words.join(", ").replace(/, (?=[^,]*$)/, " and ")} ${verb}.`;
}
