import { join, resolve } from "node:path";
import {
    type DataKeyPlace,
    formatDataKey,
    parseDataKey,
    parseKeyLines,
} from "../privacy/data-key.ts";
import type { EnvironmentSettings } from "./environment.ts";
import type { Fault } from "./faults.ts";
import { readTextFile } from "./text-file.ts";

/** Finds the keys and checks them; a file of the program's own may be missing. Never quotes a key. */
export function resolveDataKeys(
    { variables, placeOf }: EnvironmentSettings,
    folder: string,
): { readonly config: DataKeyPlace; readonly faults: readonly Fault[] } {
    const { BIMEDIX2_DATA_KEY: listed, BIMEDIX2_DATA_KEY_FILE: file } = variables;
    const label = file ?? join(variables.BIMEDIX2_DATA_FOLDER, "keys", "data.key");
    const path = resolve(folder, label);
    if (listed !== undefined) {
        const place = placeOf("BIMEDIX2_DATA_KEY");
        const keys = listed.split(",").map((word) => parseDataKey(word.trim()));
        const valid = keys.filter((key) => typeof key !== "string");
        const both =
            file === undefined
                ? []
                : [
                      {
                          ...placeOf("BIMEDIX2_DATA_KEY_FILE"),
                          message:
                              "BIMEDIX2_DATA_KEY is set as well. Keep one of the two: the keys, or the file that holds them.",
                      },
                  ];
        const wrong = keys.flatMap((key, index) =>
            typeof key === "string"
                ? [{ ...place, message: `Key ${index + 1} of BIMEDIX2_DATA_KEY: ${key}` }]
                : [],
        );
        return {
            config: { from: "environment", keys: valid.map(formatDataKey) },
            faults: [...both, ...wrong],
        };
    }
    const from = file === undefined ? "data-folder" : "file";
    return { config: { from, path }, faults: keyFileFaults(path, label, from) };
}

function keyFileFaults(
    path: string,
    label: string,
    from: "file" | "data-folder",
): readonly Fault[] {
    const read = readTextFile(path);
    if ("problem" in read) return [{ file: label, message: read.problem }];
    if ("missing" in read) {
        if (from === "data-folder") return [];
        const message = `There is no such file, though BIMEDIX2_DATA_KEY_FILE names it. If patients' data is stored already, put back the file with its key; else make one with: (umask 077; openssl rand -base64 32 > ${label})`;
        return [{ file: label, message }];
    }
    return parseKeyLines(read.text).problems.map((problem) => ({ file: label, ...problem }));
}
