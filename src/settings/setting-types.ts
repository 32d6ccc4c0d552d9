/**
 * The kinds of settings. Every error text is a noun phrase that says what is expected; validation
 * makes sentences of them.
 */
import { z } from "zod";

/** A whole number; the error text says the range. */
export function wholeNumber(
    min: number,
    max: number,
    expected = `a whole number from ${min} to ${max}`,
): z.ZodNumber {
    return z.int(expected).min(min, expected).max(max, expected);
}

/** A number; the error text says the range. */
export function decimalNumber(min: number, max: number): z.ZodNumber {
    const expected = `a number from ${min} to ${max}`;
    return z.number(expected).min(min, expected).max(max, expected);
}

/** One of a few words; the error text lists them. */
export function oneOf<const Word extends string>(...words: readonly Word[]): z.ZodLiteral<Word> {
    return z.literal([...words], listed(words));
}

function listed(words: readonly string[]): string {
    return [words.slice(0, -1).join(", "), ...words.slice(-1)].filter(Boolean).join(" or ");
}

/** True or false. */
export function yesOrNo(): z.ZodBoolean {
    return z.boolean("true or false");
}

/** A text on one line. */
export function line(maxCharacters: number): z.ZodString {
    const expected = `a text on one line, from 1 to ${maxCharacters} characters`;
    return z
        .string(expected)
        .trim()
        .min(1, expected)
        .max(maxCharacters, expected)
        .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u, expected);
}

/** A text for patients, of several lines; `{emergencyNumber}` stands for the clinic's number. */
export function patientText(maxCharacters: number): z.ZodString {
    return textWith(/^(?:[^{}]|\{emergencyNumber\})*$/, "{emergencyNumber}", maxCharacters);
}

/** What patients are asked to agree to; `{days}` and others stand for the clinic's values. */
export function consentText(maxCharacters: number): z.ZodString {
    return textWith(
        /^(?:[^{}]|\{(?:clinicName|days|platform|minimumAge|emergencyNumber)\})*$/,
        "{clinicName}, {days}, {platform}, {minimumAge} and {emergencyNumber}",
        maxCharacters,
    );
}

function textWith(braces: RegExp, named: string, maxCharacters: number): z.ZodString {
    const expected = `a text from 1 to ${maxCharacters} characters, with no other braces than ${named}`;
    return z
        .string(expected)
        .trim()
        .min(1, expected)
        .max(maxCharacters, expected)
        .regex(/^(?:[^\p{Cc}\p{Bidi_Control}]|\n)*$/u, expected)
        .regex(braces, expected);
}

/** A list in brackets, or with a line for each entry. */
export function listOf(entry: z.ZodString, expected: string): z.ZodArray<z.ZodString> {
    return z.array(entry, expected).max(10_000, expected);
}

/** The path of an address; the error text shows an example. */
export function urlPath(example: string): z.ZodString {
    const expected = `a path like ${example}: a slash, then letters, digits and the signs . / - _`;
    return z
        .string(expected)
        .regex(/^(?=\/.{0,200}$)(?:\/(?!\.{1,2}(?:\/|$))[\w.-]+)*\/?$/, expected);
}

/** A section that knows all its settings. */
export function section<Shape extends z.ZodRawShape>(
    shape: Shape,
    expected = "a section of settings",
): z.ZodObject<Shape, z.core.$strict> {
    return z.strictObject(shape, expected);
}

/** A text in each language of the product. */
export function inBothLanguages<Text extends z.ZodString>(text: Text) {
    return section(
        { en: text, ar: text },
        'a text in both languages, in a line "en: …" and a line "ar: …"',
    );
}

/** The word `auto` or something else; the error text says what. */
export function wordOr<Schema extends z.ZodNumber | z.ZodBoolean>(
    schema: Schema,
    expected: string,
) {
    return z.union([z.literal("auto"), schema], expected);
}
