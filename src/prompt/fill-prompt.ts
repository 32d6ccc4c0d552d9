import { AppError } from "../errors.ts";
import type { Language } from "../message.ts";
import { type PromptName, promptRules } from "./prompt-names.ts";

/** Values for the placeholders of a text, by their name. */
export type PromptValues = Readonly<Record<string, string | number>>;

/**
 * Puts values into a text. A value is only ever text: braces in it stay braces. In texts for
 * people a value that reads in the other direction is isolated, so that `+971 4 000` cannot turn
 * into `000 4 971+` within an Arabic sentence.
 *
 * @throws `prompts-invalid` when a value is missing.
 */
export function fillPrompt(
    name: PromptName,
    language: Language,
    text: string,
    values: PromptValues,
): string {
    const { reader } = promptRules[name];
    return text.replaceAll(/\{([A-Za-z]+)\}/g, (_, placeholder: string) => {
        const value = Object.hasOwn(values, placeholder) ? values[placeholder] : undefined;
        if (value === undefined) {
            throw new AppError("prompts-invalid", `{${placeholder}} of ${name} was not given.`);
        }
        const isForPeople = reader === "patient" || reader === "staff";
        return isForPeople ? isolate(String(value), language) : String(value);
    });
}

const firstStrongIsolate = "\u2068";
const popIsolate = "\u2069";

/** What keeps its order within a sentence of the language. */
const keepsOrder: Readonly<Record<Language, RegExp>> = {
    ar: /^(?:\p{Nd}+|[^\p{Nd}\p{Script=Latin}]+)$/u,
    en: /^[^\p{Script=Arabic}\p{Script=Hebrew}]+$/u,
};

function isolate(value: string, language: Language): string {
    return keepsOrder[language].test(value) ? value : `${firstStrongIsolate}${value}${popIsolate}`;
}
