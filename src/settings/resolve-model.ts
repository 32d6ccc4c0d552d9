import { dirname, resolve } from "node:path";
import type { ClinicSettings } from "./clinic-file.ts";
import type { Fault } from "./faults.ts";
import { findModelProfile, profileFile } from "./model-profile.ts";
import type { ModelProfile } from "./profile-schema.ts";
import type { ClinicFile } from "./read-clinic-file.ts";
import { type DraftConfig, resolveDraft, type UnusableDraft } from "./resolve-draft.ts";

/** Which model answers, and how. */
export type ModelConfig = ModelSettings & (ModelFiles | RemoteModel);

/** A model that runs in this process. */
interface ModelFiles {
    /** The file may be missing: whoever loads it says so. */
    readonly modelPath: string;
    /** Absent for a model without eyes. The file may be missing. */
    readonly projectorPath?: string;
    readonly template: ModelProfile["template"];
    /** Texts of special tokens that end an answer, besides those that the model's file names. */
    readonly stopTokens?: readonly string[];
    /** What the projector must make of a picture; absent: not known. */
    readonly imageTokens?: number;
    /** The profile of a server on which the model sees pictures; it does not in this program. */
    readonly profileWithPictures?: string;
    /** What guesses how answers go on, so that they come faster; absent: no other model. */
    readonly draft?: DraftConfig | UnusableDraft;
    readonly server?: undefined;
    /** Of one conversation at most; `auto`: `usualContextTokens` where the memory suffices. */
    readonly contextTokens: number | "auto";
    /** How many conversations the model remembers, and answers at once; `auto`: as many as fit. */
    readonly conversationsInMemory: number | "auto";
    /** What is kept of other conversations; `auto`: as much memory as can well be spared. */
    readonly remember: { readonly memoryBytes: number | "auto"; readonly diskBytes: number };
}

/** A model that runs on a server. */
interface RemoteModel {
    readonly server: ModelServerConfig;
    readonly modelPath?: undefined;
    readonly projectorPath?: undefined;
    readonly contextTokens: number;
    /** How many conversations the server is asked to answer at once. */
    readonly conversationsInMemory: number;
}

/** A server with the OpenAI-compatible interface. */
export interface ModelServerConfig {
    readonly url: string;
    /** The model's name there. */
    readonly model: string;
    /** Side of pictures in pixels; absent: the model sees none. */
    readonly imageSide?: number | undefined;
    /** Greatest length of a picture in tokens; absent: a guess. */
    readonly imageTokens?: number | undefined;
    readonly apiKey?: string;
}

/** What holds wherever the model runs. */
interface ModelSettings {
    /** The profile's file name without `.yaml`. */
    readonly profile: string;
    readonly name: string;
    /** The toy that ships with the product: knows no medicine. */
    readonly demonstration: boolean;
    readonly gpu: ClinicSettings["model"]["gpu"];
    readonly threads: number | "auto";
    /** The profile's. */
    readonly usualContextTokens: number;
    readonly maxAnswerTokens: number;
    readonly temperature: number;
    readonly topP: number;
    readonly licence: {
        readonly name: string;
        readonly notice: string;
        readonly url: string;
    };
    /** Where the model comes from: addresses of pages. */
    readonly sources: readonly string[];
}

/** Answers at a time of a server whose memory nobody here can measure. */
const usualPlaces = 4;

/**
 * The model of the clinic's settings: its profile, with the clinic's own values over it.
 *
 * @param apiKey Of the model's server, where it has one.
 */
export function resolveModel(
    file: ClinicFile,
    folders: readonly [clinic: string, product: string],
    apiKey?: string,
): { readonly config?: ModelConfig; readonly faults: readonly Fault[] } {
    if (file.isFaulty(["model", "profile"])) return { faults: [] };
    const settings = file.settings.model;
    const found = findModelProfile(settings.profile, folders);
    if ("faults" in found) return found;
    if ("unknown" in found) {
        const place = file.valuePlace(["model", "profile"]);
        return { faults: [{ ...place, message: `model.profile ${found.unknown}` }] };
    }
    const { profile } = found;
    const place = modelPlace(profile, file, folders, apiKey);
    const draftChoice = {
        answeringPath: place.modelPath,
        acceptsLicence: settings.acceptLicence,
    };
    const config: ModelConfig = {
        profile: settings.profile,
        name: profile.name,
        demonstration: profile.demonstration,
        ...place,
        ...resolveDraft(settings.profile, profile, draftChoice, folders),
        gpu: settings.gpu,
        threads: settings.threads,
        usualContextTokens: profile.contextTokens,
        maxAnswerTokens: settings.maxAnswerTokens ?? profile.maxAnswerTokens,
        temperature: settings.temperature ?? profile.temperature,
        topP: settings.topP ?? profile.topP,
        licence: {
            name: profile.licence.name,
            notice: profile.licence.notice,
            url: profile.licence.url,
        },
        sources: profile.sources,
    };
    return { config, faults: modelFaults(config, profile, file) };
}

function inBytes(gigabytes: number): number {
    return Math.round(gigabytes * 2 ** 30);
}

function modelPlace(
    profile: ModelProfile,
    { settings: { model: settings }, path }: ClinicFile,
    folders: readonly [string, string],
    apiKey: string | undefined,
): ModelFiles | RemoteModel {
    const { files, server, template, stopTokens, profileWithPictures } = profile;
    const { contextTokens, conversationsInMemory } = settings;
    if (server !== undefined) {
        return {
            server: { ...server, ...(apiKey === undefined ? {} : { apiKey }) },
            contextTokens: contextTokens === "auto" ? profile.contextTokens : contextTokens,
            conversationsInMemory:
                conversationsInMemory === "auto" ? usualPlaces : conversationsInMemory,
        };
    }
    if (files === undefined) throw new RangeError("A profile has files or a server.");
    const besideClinicFile = (own: string): string =>
        resolve(path === undefined ? folders[0] : dirname(path), own);
    const projectorPath =
        settings.projector === undefined
            ? files.projector && profileFile(files.projector, folders)
            : besideClinicFile(settings.projector);
    return {
        modelPath:
            settings.file === undefined
                ? profileFile(files.model, folders)
                : besideClinicFile(settings.file),
        ...(projectorPath === undefined ? {} : { projectorPath }),
        contextTokens,
        conversationsInMemory,
        remember: {
            memoryBytes:
                settings.rememberInMemoryGigabytes === "auto"
                    ? "auto"
                    : inBytes(settings.rememberInMemoryGigabytes),
            diskBytes: inBytes(settings.rememberOnDiskGigabytes),
        },
        template,
        ...(stopTokens.length === 0 ? {} : { stopTokens }),
        ...(files.imageTokens === undefined ? {} : { imageTokens: files.imageTokens }),
        ...(profileWithPictures === undefined ? {} : { profileWithPictures }),
    };
}

function modelFaults(config: ModelConfig, profile: ModelProfile, file: ClinicFile): Fault[] {
    const faults: Fault[] = [];
    const settings = file.settings.model;
    if (
        profile.licence.mustBeAccepted &&
        !settings.acceptLicence &&
        !file.isFaulty(["model", "acceptLicence"])
    ) {
        faults.push({
            ...file.valuePlace(["model", "profile"]),
            message: `The model ${profile.name} may be used only under its licence, ${profile.licence.name} (${profile.licence.url}): "${profile.licence.notice}" If you accept this, write acceptLicence: true under model.`,
        });
    }
    for (const name of ["file", "projector"] as const) {
        if (config.server !== undefined && settings[name] !== undefined) {
            faults.push({
                ...file.valuePlace(["model", name]),
                message: `model.${name} is of no use: the model of this profile runs on a server. Delete this line.`,
            });
            continue;
        }
        if (settings[name]?.startsWith("~")) {
            faults.push({
                ...file.valuePlace(["model", name]),
                message: `model.${name} cannot begin with ~. Write the whole path, like /home/clinic/model.gguf.`,
            });
        }
    }
    // Half of the context at least must be left for the question and the conversation.
    const contextTokens =
        config.contextTokens === "auto" ? config.usualContextTokens : config.contextTokens;
    const most = Math.floor(contextTokens / 2);
    const [larger] = (["maxAnswerTokens", "contextTokens"] as const).filter(
        (name) => typeof settings[name] === "number",
    );
    if (config.maxAnswerTokens > most && larger !== undefined) {
        faults.push({
            ...file.valuePlace(["model", larger]),
            message: `model.maxAnswerTokens is ${config.maxAnswerTokens}, more than half of model.contextTokens (${contextTokens}). Write ${most} or less, so that the question fits too.`,
        });
    }
    return faults;
}
