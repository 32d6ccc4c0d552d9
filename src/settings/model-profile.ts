import { existsSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Fault, nearest } from "./faults.ts";
import { type ModelProfile, profileSchema } from "./profile-schema.ts";
import { readTextFile } from "./text-file.ts";
import { validate } from "./validate.ts";
import { readYaml } from "./yaml-file.ts";

/** A profile that was found, or why not: what to say about the name, or faults in its file. */
export type ProfileSearch =
    | { readonly profile: ModelProfile }
    | { readonly unknown: string }
    | { readonly faults: readonly Fault[] };

/** The names of all profiles in models/ of the folders. */
export function profileNames(folders: readonly string[]): string[] {
    const names = folders.flatMap((folder) => {
        try {
            return readdirSync(join(folder, "models"));
        } catch {
            return [];
        }
    });
    return [...new Set(names)]
        .flatMap((name) => /^([a-z\d][\w.-]*)\.yaml$/.exec(name)?.slice(1) ?? [])
        .sort();
}

/** Looks a profile up in models/ of the folders, in their order. */
export function findModelProfile(name: string, folders: readonly string[]): ProfileSearch {
    const available = profileNames(folders);
    const folder = folders.find((candidate) => profileNames([candidate]).includes(name));
    if (folder === undefined) {
        const meant = nearest(name, available);
        const advice = meant === undefined ? "" : ` Did you mean ${meant}?`;
        return { unknown: `must be one of ${available.join(", ")}.${advice}` };
    }
    const path = join(folder, "models", `${name}.yaml`);
    const file = readTextFile(path);
    const label = `models/${name}.yaml`;
    if (!("text" in file)) {
        const message = "problem" in file ? file.problem : "The file is missing.";
        return { faults: [{ file: label, message }] };
    }
    const document = readYaml(file.text, label);
    const { settings, faults } = validate(profileSchema, document);
    const all = [...document.faults, ...(document.understood ? faults : [])];
    if (all.length > 0 || settings === undefined) return { faults: all };
    if ((settings.files === undefined) === (settings.server === undefined)) {
        const message =
            "The profile must say where the model is: in a section files, or in a section server.";
        return { faults: [{ ...document.valuePlace([]), message }] };
    }
    return { profile: settings };
}

/** Where a file of a profile lies: the clinic's own folder goes before the product's; it is also where a missing file belongs. */
export function profileFile(
    path: string,
    [clinic, product]: readonly [clinic: string, product: string],
): string {
    const shipped = resolve(product, path);
    return !existsSync(resolve(clinic, path)) && existsSync(shipped)
        ? shipped
        : resolve(clinic, path);
}
