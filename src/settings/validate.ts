import { z } from "zod";
import { type Fault, nearest } from "./faults.ts";
import { isShowable } from "./secrets.ts";
import type { SettingPath, YamlFile } from "./yaml-file.ts";

type Issue = z.core.$ZodIssue;
type Section = Record<PropertyKey, unknown>;

/** What a file's values say. */
export interface Validated<Settings> {
    /** The valid part with its defaults; absent when a required setting is missing or faulty. */
    readonly settings: Settings | undefined;
    readonly faults: readonly Fault[];
    /** Whether a setting, or one within it, or a section around it is faulty. */
    readonly isFaulty: (path: SettingPath) => boolean;
}

/** How validation explains names that the schema does not know. */
export interface ValidateOptions {
    /** What to say of a name that belongs elsewhere, as a sentence. */
    readonly explainUnknown?: (name: string) => string | undefined;
}

/**
 * Checks a file's values against a schema and puts every fault in words. The schema's own error
 * texts say what is expected, as a noun phrase ("a whole number from 1 to 8").
 */
export function validate<Schema extends z.ZodObject>(
    schema: Schema,
    file: YamlFile,
    { explainUnknown }: ValidateOptions = {},
): Validated<z.output<Schema>> {
    let value = structuredClone(file.value);
    for (const issue of schema.safeParse(value).error?.issues ?? []) {
        value = withNumberAsText(value, issue, file);
    }
    const issues = schema.safeParse(value).error?.issues ?? [];
    const faults = issues.flatMap((issue) =>
        issue.code === "unrecognized_keys"
            ? issue.keys.map((key) =>
                  unknownFault(schema, [...issue.path, key], file, explainUnknown),
              )
            : [valueFault(value, issue, file)],
    );
    return {
        settings: validPart(schema, value),
        faults,
        isFaulty: (path) =>
            !file.understood ||
            issues
                .flatMap((issue) => faultyPaths(schema, issue))
                .some((faulty) =>
                    faulty.every((key, index) => index >= path.length || key === path[index]),
                ),
    };
}

/** A telephone number without quotes is a number to YAML; it is meant as it is written. */
function withNumberAsText(value: unknown, issue: Issue, file: YamlFile): unknown {
    const section = at(value, issue.path.slice(0, -1)) as Section | undefined;
    const key = issue.path.at(-1);
    const source = file.source(issue.path);
    if (
        issue.code === "invalid_type" &&
        issue.expected === "string" &&
        key !== undefined &&
        typeof section?.[key] === "number" &&
        source !== undefined
    ) {
        section[key] = source;
    }
    return value;
}

/** A misspelt name makes the setting that was meant unreliable, too. */
function faultyPaths(schema: z.ZodObject, issue: Issue): readonly SettingPath[] {
    return issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => [
              ...issue.path,
              nearest(key, settingNames(schema, issue.path)) ?? key,
          ])
        : [issue.path];
}

/** Takes the faulty settings away until the rest is valid. */
function validPart<Schema extends z.ZodObject>(
    schema: Schema,
    value: unknown,
): z.output<Schema> | undefined {
    let rest = value;
    for (let round = 0; round < 10; round += 1) {
        const result = schema.safeParse(rest);
        if (result.success) return result.data;
        for (const issue of result.error.issues) {
            const paths =
                issue.code === "unrecognized_keys"
                    ? issue.keys.map((key) => [...issue.path, key])
                    : [issue.path];
            for (const path of paths) rest = without(rest, path);
        }
    }
    return undefined;
}

/** `value` without the setting, or without its section when the setting is what is missing. */
function without(value: unknown, path: SettingPath): unknown {
    const key = path.at(-1);
    if (key === undefined) return {};
    const section = at(value, path.slice(0, -1));
    if (typeof section !== "object" || section === null) return value;
    if (!Object.hasOwn(section, key)) return without(value, path.slice(0, -1));
    Reflect.deleteProperty(section, key);
    return value;
}

function at(value: unknown, path: SettingPath): unknown {
    return path.reduce<unknown>(
        (section, key) =>
            typeof section === "object" && section !== null && Object.hasOwn(section, key)
                ? (section as Section)[key]
                : undefined,
        value,
    );
}

function valueFault(value: unknown, issue: Issue, file: YamlFile): Fault {
    const name = issue.path.join(".");
    const found = at(value, issue.path);
    if (issue.path.length === 0) {
        return {
            ...file.valuePlace([]),
            message:
                'The file must hold settings like "name: value", with a space after the colon.',
        };
    }
    if (found === undefined) {
        return {
            ...file.valuePlace(issue.path),
            message: `${name} is missing: write ${issue.message}.`,
        };
    }
    const advice = adviceFor(found, issue);
    return {
        ...file.valuePlace(issue.path),
        message: `${name} must be ${issue.message}${advice === undefined ? "" : `; ${advice}`}.`,
    };
}

function unknownFault(
    schema: z.ZodObject,
    path: SettingPath,
    file: YamlFile,
    explainUnknown: ValidateOptions["explainUnknown"],
): Fault {
    const name = String(path.at(-1));
    const section = path.slice(0, -1);
    const known = settingNames(schema, section);
    const where = section.length === 0 ? "at the top of this file" : `under ${section.join(".")}`;
    const subject = isShowable(name) ? `"${name}"` : "This name";
    const meant = nearest(name, known);
    const elsewhere = settingPaths(schema).find((other) => other.at(-1) === name);
    const advice =
        explainUnknown?.(name) ??
        (meant !== undefined
            ? `Did you mean "${meant}"?`
            : elsewhere !== undefined
              ? `It belongs ${elsewhere.length === 1 ? "at the top, without indentation" : `under ${elsewhere.slice(0, -1).join(".")}`}.`
              : `Possible here: ${known.join(", ")}.`);
    return { ...file.keyPlace(path), message: `${subject} is no setting ${where}. ${advice}` };
}

/** All settings and sections of a schema, as paths of names. */
export function settingPaths(schema: z.ZodObject): readonly (readonly string[])[] {
    return Object.entries(schema.shape).flatMap(([name, inner]) => {
        const section = unwrapped(inner);
        const within = section instanceof z.ZodObject ? settingPaths(section) : [];
        return [[name], ...within.map((path) => [name, ...path])];
    });
}

function settingNames(schema: z.ZodObject, section: SettingPath): readonly string[] {
    return settingPaths(schema).flatMap((path) =>
        path.length === section.length + 1 && section.every((key, index) => key === path[index])
            ? path.slice(-1)
            : [],
    );
}

function unwrapped(schema: z.core.$ZodType): z.core.$ZodType {
    return schema instanceof z.ZodOptional ||
        schema instanceof z.ZodDefault ||
        schema instanceof z.ZodPrefault
        ? unwrapped(schema.unwrap())
        : schema;
}

/** What to write instead of a value that was meant well. */
function adviceFor(found: unknown, issue: Issue): string | undefined {
    const { types, words } = accepted(issue);
    if (types.has("object")) {
        return typeof found === "string" && found.includes(":")
            ? "a space is missing after a colon"
            : "put them on the following lines, each indented by two spaces more";
    }
    if (typeof found === "number") return `${found} is not`;
    if (Array.isArray(found) || typeof found === "object")
        return "write one value on the same line";
    if (typeof found !== "string") return undefined;
    const word = found.trim().toLowerCase();
    if (words.includes("true") && affirmations.has(word)) return "write true, without quotes";
    if (words.includes("true") && negations.has(word)) return "write false, without quotes";
    const number = /^(\d{1,9}(?:\.\d{1,9})?)\s*\p{L}{0,12}$/u.exec(withLatinDigits(word))?.[1];
    if (number !== undefined && types.has("number")) {
        return `write ${number} with the digits 0-9 alone, without quotes or a unit`;
    }
    const meant = nearest(word, words);
    return meant === undefined ? undefined : `did you mean ${meant}?`;
}

const affirmations = new Set(["true", "yes", "on", "y", "enabled", "نعم"]);
const negations = new Set(["false", "no", "off", "n", "disabled", "لا"]);

/** What a schema accepts in the place of an issue, through all alternatives of a union. */
function accepted(issue: Issue): { readonly types: Set<string>; readonly words: string[] } {
    if (issue.code === "invalid_union") {
        const inner = issue.errors.flat().map(accepted);
        return {
            types: new Set(inner.flatMap(({ types }) => [...types])),
            words: inner.flatMap(({ words }) => words),
        };
    }
    if (issue.code === "invalid_value")
        return { types: new Set(), words: issue.values.map(String) };
    if (issue.code !== "invalid_type") return { types: new Set(), words: [] };
    const words = issue.expected === "boolean" ? ["true", "false"] : [];
    return { types: new Set([issue.expected === "int" ? "number" : issue.expected]), words };
}

function withLatinDigits(text: string): string {
    return text.replaceAll(/[٠-٩۰-۹]/g, (digit) => String((digit.codePointAt(0) ?? 0) & 0xf));
}
