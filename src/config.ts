/**
 * The clinic's configuration: the environment and .env for secrets and addresses, clinic.yaml for
 * everything else. The only reader of both.
 */
import { join, resolve } from "node:path";
import { assembleConfig } from "./settings/assemble-config.ts";
import type { ClinicSettings } from "./settings/clinic-file.ts";
import type { Config } from "./settings/config-shape.ts";
import { resolveDataKeys } from "./settings/data-keys.ts";
import { type EnvironmentSettings, readEnvironment } from "./settings/environment.ts";
import { configInvalid, type Fault } from "./settings/faults.ts";
import { frozenCopy } from "./settings/freeze.ts";
import { hoursFaults } from "./settings/hours-faults.ts";
import { localPageFaults } from "./settings/local-page-faults.ts";
import { noticeFaults } from "./settings/notice-faults.ts";
import { platformFaults } from "./settings/platform-faults.ts";
import { readClinicFile } from "./settings/read-clinic-file.ts";
import { type ModelConfig, resolveModel } from "./settings/resolve-model.ts";
import { resolveSecrets } from "./settings/resolve-secrets.ts";
import { ruleFileDigests, ruleFileFaults } from "./settings/rule-file-faults.ts";
import { staffFaults } from "./settings/staff-faults.ts";

export type { Config } from "./settings/config-shape.ts";

/** Where the configuration is read from. */
export interface ConfigInput {
    readonly environment: Readonly<Record<string, string | undefined>>;
    /** Where .env and clinic.yaml are looked for; relative paths start here. */
    readonly folder: string;
    /** The product's own folder, with its model profiles. */
    readonly packageRoot: string;
}

/** The configuration as it was read, whether or not it can be used. */
export interface InspectedConfig {
    /** Present when there are no faults. */
    readonly config?: Config;
    /** Everything but the model, with defaults in place of what is faulty. */
    readonly sound: Omit<Config, "model">;
    /** The model with its profile; absent when the profile is faulty. */
    readonly model?: ModelConfig;
    readonly faults: readonly Fault[];
    /** The valid part of clinic.yaml, with defaults for the rest. */
    readonly settings: ClinicSettings;
    /** With the secrets to which clinic.yaml refers. */
    readonly variables: EnvironmentSettings["variables"];
    /** The files that were read or looked for: a change of one may change the configuration. */
    readonly files: readonly string[];
    /** Those of them to which clinic.yaml refers for secrets. */
    readonly secretFiles: readonly string[];
    /** Of the clinic's own rules: differ when the content of a file does. */
    readonly ruleDigests: readonly string[];
}

/** Reads the whole configuration and lists what is wrong with it. */
export function inspectConfig({ environment, folder, packageRoot }: ConfigInput): InspectedConfig {
    const read = readEnvironment(environment, folder);
    const file = readClinicFile(read, folder);
    const secrets = resolveSecrets(file, read, folder);
    const { variables } = secrets.environment;
    const model = resolveModel(file, [folder, packageRoot], variables.BIMEDIX2_MODEL_API_KEY);
    const dataKeys = resolveDataKeys(read, folder);
    const found = [...secrets.faults, ...file.faults, ...model.faults, ...dataKeys.faults];
    const wordingFaults = noticeFaults(file);
    const faults = [
        ...found,
        ...platformFaults(file, secrets.environment, found),
        ...staffFaults(file, secrets.environment),
        ...hoursFaults(file),
        ...wordingFaults,
        ...localPageFaults(file, secrets.environment),
        ...ruleFileFaults(file, folder),
    ];
    const { settings, path } = file;
    const assembled = assembleConfig(settings, variables, dataKeys.config, path, folder);
    const sound = wordingFaults.length === 0 ? assembled : { ...assembled, notices: {} };
    const isUsable = faults.length === 0 && model.config !== undefined;
    return {
        ...(isUsable ? { config: frozenCopy({ ...sound, model: model.config }) } : {}),
        sound,
        ...(model.config ? { model: model.config } : {}),
        faults,
        settings,
        variables,
        files: [
            join(folder, ".env"),
            resolve(folder, variables.BIMEDIX2_CONFIG ?? "clinic.yaml"),
            ...[folder, packageRoot].flatMap((root) =>
                profilesOf(settings.model.profile, model.config).map((name) =>
                    join(root, "models", `${name}.yaml`),
                ),
            ),
            ...sound.triageRules,
            ...secrets.files,
        ],
        secretFiles: secrets.files,
        ruleDigests: ruleFileDigests(sound.triageRules),
    };
}

/** The names of the profiles that a model is configured by. */
function profilesOf(chosen: string, model: ModelConfig | undefined): readonly string[] {
    const draft = model?.server === undefined ? model?.draft : undefined;
    return draft === undefined ? [chosen] : [chosen, draft.profile];
}

/**
 * Reads the whole configuration. Works with neither file present: every setting has a default.
 *
 * @throws `config-invalid` with all faults at once, each with file, line, column, what is wrong
 * and what to write instead. No secret and no text of the files is quoted.
 */
export function loadConfig(input: ConfigInput): Config {
    const { config, faults } = inspectConfig(input);
    if (!config) throw configInvalid(faults);
    return config;
}
