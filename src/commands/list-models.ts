import { existsSync } from "node:fs";
import { findModelProfile, profileNames } from "../settings/model-profile.ts";
import type { ModelProfile } from "../settings/profile-schema.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { type FilePlaces, inGigabytes, type ModelFile, modelFiles } from "./model-files.ts";
import { inspectCurrentConfig } from "./session.ts";

/** A model, for people who choose one. */
interface ListedModel {
    readonly profile: string;
    readonly name: string;
    readonly parameters?: string;
    readonly languages: readonly string[];
    /** Whether it looks at pictures. */
    readonly pictures: "yes" | "no" | "on a server";
    readonly runs: "here" | "on a server";
    readonly licence: string;
    readonly mustBeAccepted: boolean;
    readonly files: "there" | "partly there" | "to fetch" | "to convert" | "none";
    /** Of what is fetched, where it is known. */
    readonly downloadBytes?: number;
    /** Whether clinic.yaml names it. */
    readonly isChosen: boolean;
}

/** Shows all models: how large, for which languages, under which licence, and what is there. */
export function listModels(places: FilePlaces, asJson: boolean): ExitCode {
    const folders = [places.clinic, places.product];
    const chosen = inspectCurrentConfig().settings.model.profile;
    const models = profileNames(folders).flatMap((profile) => {
        const found = findModelProfile(profile, folders);
        return "profile" in found ? [describe(profile, found.profile, places, chosen)] : [];
    });
    if (asJson) process.stdout.write(`${JSON.stringify(models, undefined, 4)}\n`);
    else process.stdout.write(`${table(models)}\n\n${explanation}\n`);
    return exitCode.success;
}

const explanation = [
    "* is the one in clinic.yaml. Fetch one with: bimedix2 pull PROFILE",
    "docs/models.md says which model suits which machine, and how to add one of your own.",
].join("\n");

function describe(
    profile: string,
    model: ModelProfile,
    places: FilePlaces,
    chosen: string,
): ListedModel {
    const { name, parameters, languages, licence, server, profileWithPictures } = model;
    const files = modelFiles(model, places);
    const sizes = files.map(({ source }) => source?.bytes ?? 0);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const sees = files.some(({ part }) => part === "projector") || server?.imageSide !== undefined;
    return {
        profile,
        name,
        ...(parameters === undefined ? {} : { parameters }),
        languages,
        pictures: sees ? "yes" : profileWithPictures === undefined ? "no" : "on a server",
        runs: server === undefined ? "here" : "on a server",
        licence: licence.name,
        mustBeAccepted: licence.mustBeAccepted,
        files: stateOf(files),
        ...(bytes > 0 ? { downloadBytes: bytes } : {}),
        isChosen: profile === chosen,
    };
}

function stateOf(files: readonly ModelFile[]): ListedModel["files"] {
    if (files.length === 0) return "none";
    const absent = files.filter(({ path }) => !existsSync(path));
    if (absent.length === 0) return "there";
    if (absent.length < files.length) return "partly there";
    return absent.every(({ source }) => source !== undefined) ? "to fetch" : "to convert";
}

function table(models: readonly ListedModel[]): string {
    const rows = [
        ["  profile", "size", "languages", "pictures", "runs", "files", "licence"],
        ...models.map((model) => [
            `${model.isChosen ? "*" : " "} ${model.profile}`,
            model.parameters ?? "",
            model.languages.join(", "),
            model.pictures,
            model.runs,
            model.downloadBytes === undefined
                ? model.files
                : `${model.files} (${inGigabytes(model.downloadBytes)})`,
            model.licence,
        ]),
    ];
    const widths = rows[0]?.map((_, column) =>
        Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    return rows
        .map((row) =>
            row
                .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
                .join("  ")
                .trimEnd(),
        )
        .join("\n");
}
