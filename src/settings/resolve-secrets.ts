/** Secrets to which clinic.yaml refers, read from where they are. */
import { statSync } from "node:fs";
import { type EnvironmentSettings, environmentSchema, variableNames } from "./environment.ts";
import { type Fault, nearest, type Place } from "./faults.ts";
import type { ClinicFile } from "./read-clinic-file.ts";
import { besideClinicFile } from "./rule-file-faults.ts";
import { readReference, type SecretSetting, secretSettings } from "./secret-settings.ts";
import { isShowable } from "./secrets.ts";
import { readTextFile } from "./text-file.ts";
import { settingAt } from "./validate.ts";

/** The variables, with the secrets to which clinic.yaml refers in place of their own. */
export interface ResolvedSecrets {
    readonly environment: EnvironmentSettings;
    /** Of the references and of all variables. Never quotes a secret. */
    readonly faults: readonly Fault[];
    /** The files that hold secrets, by their absolute paths. */
    readonly files: readonly string[];
}

type Found = { readonly value: string; readonly place?: Place } | { readonly fault: Fault };

/** Reads every secret that clinic.yaml names; one that it does not name is its variable's. */
export function resolveSecrets(
    file: ClinicFile,
    read: EnvironmentSettings,
    folder: string,
): ResolvedSecrets {
    const values = new Map<string, string>();
    const faulty = new Set<string>();
    const names = new Set<string>();
    const faults: Fault[] = [];
    const files: string[] = [];
    for (const setting of secretSettings) {
        const { path, variable } = setting;
        const written = settingAt(file.settings, path);
        if (file.isFaulty(path)) faulty.add(variable);
        if (typeof written !== "string") continue;
        const reference = readReference(written);
        if ("variable" in reference) names.add(reference.variable);
        // What is wrong with the variable itself is told already.
        if ("variable" in reference && reference.variable === variable && read.isFaulty(variable)) {
            continue;
        }
        const secretPath =
            "file" in reference ? besideClinicFile(reference.file, file.path, folder) : undefined;
        if (secretPath !== undefined) files.push(secretPath);
        const found =
            "variable" in reference
                ? fromVariable(reference.variable, setting, file, read)
                : fromFile(secretPath ?? "", setting, file);
        const fault = "fault" in found ? found.fault : valueFault(found, written, setting, file);
        if (fault) faults.push(fault);
        if (fault || "fault" in found) faulty.add(variable);
        else values.set(variable, found.value);
    }
    const unknown = read.unknown.filter(({ name }) => !names.has(name));
    return {
        environment: {
            ...read,
            variables: { ...read.variables, ...Object.fromEntries(values) },
            isFaulty: (name) => faulty.has(name) || (read.isFaulty(name) && !values.has(name)),
        },
        faults: [...unknown.map(({ fault }) => fault), ...read.faults, ...faults],
        files,
    };
}

function fromVariable(
    name: string,
    { path }: SecretSetting,
    file: ClinicFile,
    read: EnvironmentSettings,
): Found {
    const found = read.find(name);
    if (found) return found;
    const meant = nearest(name, variableNames);
    const advice =
        meant === undefined || meant === name
            ? `Put it into the file .env, as ${isVariableName(name) ? name : "NAME"}=…`
            : `Did you mean \${${meant}}?`;
    const subject = isVariableName(name) ? name : "a variable";
    const message = `${path.join(".")} refers to ${subject}, which is not set. ${advice}`;
    return { fault: { ...file.valuePlace(path), message } };
}

/** Whether it looks like a name, and not like a password that somebody has put into the braces. */
function isVariableName(text: string): boolean {
    return isShowable(text) && /^[A-Z][A-Z\d_]*$/.test(text);
}

/** Far more than any secret needs; guards against a wrong path. */
const maxBytes = 4096;

function fromFile(secretPath: string, { path }: SecretSetting, file: ClinicFile): Found {
    const refuse = (what: string): Found => ({
        fault: { ...file.valuePlace(path), message: `${path.join(".")} names ${what}` },
    });
    const size = regularFileSize(secretPath);
    if (size === "none") return refuse("something that is not a file. Correct the path.");
    if (size !== undefined && size > maxBytes) {
        return refuse("a file of more than 4096 bytes, which is no secret. Correct the path.");
    }
    const content = readTextFile(secretPath);
    if ("missing" in content) {
        return refuse(
            "a file that does not exist. Correct the path, or put the secret into that file. A relative path starts from the folder of this file.",
        );
    }
    if ("problem" in content) return refuse(`a file that is of no use. ${content.problem}`);
    const value = content.text.replace(/\n$/, "");
    return value.trim() === "" ? refuse("an empty file. Put the secret into it.") : { value };
}

/** In bytes; `undefined` where nothing can be told, `none` for folders, pipes and devices. */
function regularFileSize(path: string): number | "none" | undefined {
    try {
        const found = statSync(path);
        return found.isFile() ? found.size : "none";
    } catch {
        return undefined;
    }
}

/** What a secret must be says the variable that holds it otherwise. */
function valueFault(
    { value, place }: { readonly value: string; readonly place?: Place },
    written: string,
    { path, variable }: SecretSetting,
    file: ClinicFile,
): Fault | undefined {
    const issue = environmentSchema.shape[variable].safeParse(value).error?.issues[0];
    if (!issue) return undefined;
    const name = path.join(".");
    if (!place) {
        const message = `${name} names a file that must hold ${issue.message} and nothing else.`;
        return { ...file.valuePlace(path), message };
    }
    const subject = readReference(written);
    const known =
        "variable" in subject && isVariableName(subject.variable) ? subject.variable : "This";
    return {
        ...place,
        message: `${known} must be ${issue.message}, because ${name} refers to it.`,
    };
}
