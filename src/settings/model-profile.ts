import { readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { type Fault, nearest } from "./faults.ts";
import { decimalNumber, line, oneOf, section, wholeNumber, yesOrNo } from "./setting-types.ts";
import { readTextFile } from "./text-file.ts";
import { validate } from "./validate.ts";
import { readYaml } from "./yaml-file.ts";

const serverAddress =
    "the address of a server up to its version, like http://127.0.0.1:8000/v1, without a key in it";

/** What a file of models/ says about a model. */
const profileSchema = section({
    name: line(100),
    /** Relative to the folder of the configuration, then to the product's own. */
    files: section({ model: line(300), projector: line(300).optional() }).optional(),
    /** In place of the files: where the model answers. */
    server: section({
        url: z.string(serverAddress).refine(isServerAddress, serverAddress),
        model: line(200),
        /** Pixels; absent: the model sees no pictures. */
        imageSide: wholeNumber(28, 2048).optional(),
        imageTokens: wholeNumber(1, 16_384).optional(),
    }).optional(),
    demonstration: yesOrNo().default(false),
    template: oneOf("llama3").default("llama3"),
    contextTokens: wholeNumber(512, 131_072),
    maxAnswerTokens: wholeNumber(16, 8192),
    temperature: decimalNumber(0, 2),
    topP: decimalNumber(0.01, 1).default(1),
    licence: section({
        name: line(100),
        notice: line(300),
        url: line(300),
        mustBeAccepted: yesOrNo(),
    }),
    sources: z.array(line(300), "a list of addresses").default([]),
});

/** A model's own data: what it is, where its files lie, how it is asked. */
export type ModelProfile = z.output<typeof profileSchema>;

/** A profile that was found, or why not: what to say about the name, or faults in its file. */
export type ProfileSearch =
    | { readonly profile: ModelProfile }
    | { readonly unknown: string }
    | { readonly faults: readonly Fault[] };

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

/** Paths are written behind it, and a key would be readable by everybody. */
function isServerAddress(text: string): boolean {
    if (!URL.canParse(text) || /[?#]/.test(text)) return false;
    const { protocol, hostname, username, password } = new URL(text);
    const isHttp = protocol === "http:" || protocol === "https:";
    return isHttp && hostname !== "" && username === "" && password === "";
}

function profileNames(folders: readonly string[]): string[] {
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
