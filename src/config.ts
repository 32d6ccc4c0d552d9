/**
 * The clinic's configuration: the environment and .env for secrets and addresses, clinic.yaml for
 * everything else. The only reader of both.
 */
import { join, resolve } from "node:path";
import type { LogLevel } from "./log.ts";
import type { Language } from "./message.ts";
import type { DataKeyPlace } from "./privacy/data-key.ts";
import type { ClinicSettings } from "./settings/clinic-file.ts";
import { resolveDataKeys } from "./settings/data-keys.ts";
import { type EnvironmentSettings, readEnvironment } from "./settings/environment.ts";
import { configInvalid, type Fault } from "./settings/faults.ts";
import { frozenCopy } from "./settings/freeze.ts";
import { localPageFaults } from "./settings/local-page-faults.ts";
import { assembleLocalPage, type LocalPageConfig } from "./settings/local-page-settings.ts";
import { assemblePlatforms, type PlatformsConfig } from "./settings/platform-settings.ts";
import { platformFaults } from "./settings/platform-faults.ts";
import { readClinicFile } from "./settings/read-clinic-file.ts";
import { type ModelConfig, resolveModel } from "./settings/resolve-model.ts";
import { resolveSecrets } from "./settings/resolve-secrets.ts";
import { besideClinicFile, ruleFileFaults } from "./settings/rule-file-faults.ts";
import { staffFaults } from "./settings/staff-faults.ts";
import { assembleStaff, type StaffConfig } from "./settings/staff-settings.ts";

/** A text of the clinic in each language. */
type BilingualText = Readonly<Record<Language, string>>;

/** The configuration, complete and checked. Deeply frozen; all paths are absolute. */
export interface Config {
    /** The clinic file in use; absent when there is none and the defaults hold. */
    readonly clinicFile?: string;
    /** Where the product keeps its data: the embedded Redis, builds, logs. */
    readonly dataFolder: string;
    /** Where the keys are that encrypt what is stored of patients. */
    readonly dataKeys: DataKeyPlace;
    readonly logLevel: LogLevel;
    readonly clinic: {
        readonly name: BilingualText;
        /** As patients read it, for example `997`. */
        readonly emergencyNumber?: string;
        /** For people in a crisis; absent: the emergency number. */
        readonly crisisNumber?: string;
    };
    readonly defaultLanguage: Language;
    readonly model: ModelConfig;
    readonly images: {
        readonly maxBytes: number;
        readonly maxPixels: number;
        readonly maxPerMessage: number;
    };
    readonly messages: {
        readonly maxCharacters: number;
        /** Messages that follow each other within this time become one turn. */
        readonly quietMs: number;
        /** So long at most is waited for further messages. */
        readonly gatherAtMostMs: number;
    };
    readonly queue: {
        /** Patients are told the waiting time when more conversations wait. */
        readonly tellWaitingAbove: number;
        /** A reply that could not be delivered for so long is set aside. */
        readonly deliverWithinMs: number;
        /** What runs at a stop may take so long to end by itself. */
        readonly finishWithinMs: number;
        /** A turn during which so many processes died is not tried again. */
        readonly setAsideAfterCrashes: number;
    };
    readonly disclaimer: {
        readonly firstAnswer: boolean;
        readonly afterReset: boolean;
        /** Also on every n-th answer. */
        readonly everyAnswers?: number;
        /** In place of the built-in wording. */
        readonly text?: BilingualText;
        /** In place of the built-in wording for answers about pictures. */
        readonly imageText?: BilingualText;
    };
    /** What patients agree to before the first answer. */
    readonly consent: {
        readonly required: boolean;
        readonly minimumAge: number;
        /** In place of the built-in wording. */
        readonly text?: BilingualText;
    };
    /** Who is served, by platform and id: everybody, or those of a list, but not those of another. */
    readonly access: { readonly allow: readonly string[]; readonly block: readonly string[] };
    /** 0 or absent: no limit. */
    readonly limits: {
        readonly patient: {
            readonly questionsPerMinute?: number;
            readonly questionsPerHour?: number;
            readonly questionsPerDay?: number;
            readonly messagesPerMinute?: number;
            readonly tokensPerDay?: number;
        };
        readonly clinic: { readonly questionsPerHour?: number; readonly tokensPerDay?: number };
    };
    /** The clinic's own rules for the screen, besides the built-in ones: absolute paths. */
    readonly triageRules: readonly string[];
    readonly conversation: {
        /** How long a conversation is kept after its last message. */
        readonly expireAfterMs: number;
        /** Stored turns of a conversation; older ones are forgotten. */
        readonly maxTurns: number;
    };
    /** The clinic's people; absent: patients cannot be passed on. */
    readonly staff?: StaffConfig;
    readonly platforms: PlatformsConfig;
    readonly localPage: LocalPageConfig;
    readonly redis: {
        /** Absent: the product starts its own Redis. */
        readonly url?: string;
        readonly keyPrefix: string;
    };
}

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
    const faults = [
        ...found,
        ...platformFaults(file, secrets.environment, found),
        ...staffFaults(file, secrets.environment),
        ...localPageFaults(file, secrets.environment),
        ...ruleFileFaults(file, folder),
    ];
    const { settings, path } = file;
    const sound = assemble(settings, variables, dataKeys.config, path, folder);
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
            ...sound.triageRules,
            ...secrets.files,
        ],
    };
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

function assemble(
    settings: ClinicSettings,
    variables: EnvironmentSettings["variables"],
    dataKeys: DataKeyPlace,
    clinicFile: string | undefined,
    folder: string,
): Omit<Config, "model"> {
    const { clinic, images, messages, queue, disclaimer, conversation, localPage } = settings;
    const { consent, access, limits, safety } = settings;
    return frozenCopy({
        clinicFile,
        dataFolder: resolve(folder, variables.BIMEDIX2_DATA_FOLDER),
        dataKeys,
        logLevel: variables.BIMEDIX2_LOG_LEVEL,
        clinic,
        defaultLanguage: settings.languages.default,
        images: {
            maxBytes: images.maxMegabytes * 1024 ** 2,
            maxPixels: images.maxMegapixels * 1_000_000,
            maxPerMessage: images.maxPerMessage,
        },
        messages: {
            maxCharacters: messages.maxCharacters,
            quietMs: messages.quietSeconds * 1000,
            gatherAtMostMs: messages.gatherAtMostSeconds * 1000,
        },
        queue: {
            tellWaitingAbove: queue.tellWaitingAbove,
            deliverWithinMs: queue.deliverWithinHours * 60 * 60 * 1000,
            finishWithinMs: queue.finishWithinSeconds * 1000,
            setAsideAfterCrashes: queue.setAsideAfterCrashes,
        },
        disclaimer,
        consent,
        access,
        limits,
        triageRules: safety.triageRules.map((name) => besideClinicFile(name, clinicFile, folder)),
        conversation: {
            expireAfterMs: conversation.expireAfterDays * 24 * 60 * 60 * 1000,
            maxTurns: conversation.maxTurns,
        },
        staff: assembleStaff(settings.staff, variables),
        platforms: assemblePlatforms(settings.platforms, variables),
        localPage: assembleLocalPage(localPage, variables),
        redis: { url: variables.REDIS_URL, keyPrefix: variables.REDIS_KEY_PREFIX },
    });
}
