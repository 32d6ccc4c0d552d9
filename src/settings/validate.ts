import { z } from "zod";
import { adviceFor, invisible, invisibleAdvice } from "./advice.ts";
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
    /** Sections whose settings are not looked for elsewhere, because their names are plain words. */
    readonly apart?: readonly string[];
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
    options: ValidateOptions = {},
): Validated<z.output<Schema>> {
    let value = structuredClone(file.value);
    for (const issue of schema.safeParse(value).error?.issues ?? []) {
        value = withNumberAsText(value, issue, file);
    }
    const issues = schema.safeParse(value).error?.issues ?? [];
    const faults = issues.flatMap((issue) =>
        issue.code === "unrecognized_keys"
            ? issue.keys.map((key) => unknownFault(schema, [...issue.path, key], file, options))
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
    const section = settingAt(value, issue.path.slice(0, -1)) as Section | undefined;
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
    const section = settingAt(value, path.slice(0, -1));
    if (typeof section !== "object" || section === null) return value;
    if (!Object.hasOwn(section, key)) return without(value, path.slice(0, -1));
    Reflect.deleteProperty(section, key);
    return value;
}

/** What stands at a path of plain values. */
export function settingAt(value: unknown, path: SettingPath): unknown {
    return path.reduce<unknown>(
        (section, key) =>
            typeof section === "object" && section !== null && Object.hasOwn(section, key)
                ? (section as Section)[key]
                : undefined,
        value,
    );
}

function valueFault(value: unknown, issue: Issue, file: YamlFile): Fault {
    const place = file.valuePlace(issue.path);
    if (issue.path.length === 0) {
        return {
            ...place,
            message:
                'The file must hold settings like "name: value", with a space after the colon.',
        };
    }
    const name = issue.path.join(".");
    const found = settingAt(value, issue.path);
    if (found === undefined) {
        const line = `"${String(issue.path.at(-1))}: …"`;
        return {
            ...place,
            message: `${name} is missing. Add a line ${line} with ${issue.message}.`,
        };
    }
    const not = typeof found === "number" ? `, not ${found}` : "";
    const advice = adviceFor(found, issue);
    return {
        ...place,
        message: `${name} must be ${issue.message}${not}.${advice === undefined ? "" : ` ${advice}`}`,
    };
}

function unknownFault(
    schema: z.ZodObject,
    path: SettingPath,
    file: YamlFile,
    { explainUnknown, apart = [] }: ValidateOptions,
): Fault {
    const name = String(path.at(-1));
    const section = path.slice(0, -1);
    const where = section.length === 0 ? "at the top of this file" : `under ${section.join(".")}`;
    const subject = isShowable(name) ? `"${name}"` : "This name";
    const advice = explainUnknown?.(name) ?? adviceForUnknown(schema, section, name, apart);
    return { ...file.keyPlace(path), message: `${subject} is not a setting ${where}. ${advice}` };
}

function adviceForUnknown(
    schema: z.ZodObject,
    section: SettingPath,
    name: string,
    apart: readonly string[],
): string {
    if (invisible.test(name)) return invisibleAdvice;
    const known = settingNames(schema, section);
    const meant = nearest(name, known);
    if (meant !== undefined) return `Did you mean "${meant}"?`;
    const elsewhere = settingPaths(schema).find(
        ([first = "", ...rest]) => [first, ...rest].at(-1) === name && !apart.includes(first),
    );
    if (elsewhere === undefined) {
        return known.length > mostListed
            ? "docs/configuration.md says which names are possible here."
            : `Possible here: ${known.join(", ")}.`;
    }
    return elsewhere.length === 1
        ? "It belongs at the top, without indentation."
        : `It belongs under ${elsewhere.slice(0, -1).join(".")}.`;
}

/** More names than this are no help. */
const mostListed = 30;

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
