import { isAbsolute, relative, resolve } from "node:path";
import { type ClinicSettings, clinicFileSchema, explainUnknownSetting } from "./clinic-file.ts";
import type { EnvironmentSettings } from "./environment.ts";
import type { Fault } from "./faults.ts";
import { strayReferences } from "./stray-references.ts";
import { readTextFile } from "./text-file.ts";
import { settingPaths, validate, type Validated } from "./validate.ts";
import { readYaml, type SettingPath, type YamlFile } from "./yaml-file.ts";

/** The clinic's own settings, and where they stand. */
export interface ClinicFile extends Pick<YamlFile, "valuePlace"> {
    /** Absent when there is none. */
    readonly path: string | undefined;
    /** The valid part, with defaults for the rest. */
    readonly settings: ClinicSettings;
    readonly faults: readonly Fault[];
    /** Whether a setting cannot be relied on, because it or its surroundings are faulty. */
    readonly isFaulty: (path: SettingPath) => boolean;
}

/** Reads and checks clinic.yaml; without one, all settings are the defaults. */
export function readClinicFile({ variables }: EnvironmentSettings, folder: string): ClinicFile {
    const path = resolve(folder, variables.BIMEDIX2_CONFIG ?? "clinic.yaml");
    const label = fileLabel(path, folder);
    const file = readTextFile(path, ["clinic.yml", "clinic.yaml.txt"]);
    const faults: Fault[] = [];
    if ("problem" in file) faults.push({ file: label, message: file.problem });
    if ("missing" in file && variables.BIMEDIX2_CONFIG !== undefined) {
        const message = "BIMEDIX2_CONFIG names this file, but it does not exist. Correct the path.";
        faults.push({ file: label, message });
    }
    const document = readYaml("text" in file ? file.text : "", label);
    const checked: Validated<ClinicSettings> = validate(clinicFileSchema, document, {
        explainUnknown: explainUnknownSetting,
        apart: ["notices"],
    });
    const strays = document.understood
        ? strayReferences(document, settingPaths(clinicFileSchema))
        : [];
    const written = [...document.faults, ...strays];
    const judged = new Set(written.map(({ line }) => line));
    return {
        path: "text" in file ? path : undefined,
        settings: checked.settings ?? clinicFileSchema.parse({}),
        faults: [
            ...faults,
            ...written,
            // What could not be understood, or must not be there at all, is not judged twice.
            ...(document.understood ? checked.faults.filter(({ line }) => !judged.has(line)) : []),
        ],
        isFaulty: (setting) => "problem" in file || checked.isFaulty(setting),
        valuePlace: document.valuePlace,
    };
}

function fileLabel(path: string, folder: string): string {
    const fromFolder = relative(folder, path);
    return fromFolder.startsWith("..") || isAbsolute(fromFolder) ? path : fromFolder;
}
