import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Fault } from "./faults.ts";
import type { ClinicFile } from "./read-clinic-file.ts";
import { readTextFile } from "./text-file.ts";

/** A path of clinic.yaml: relative ones start from its folder. */
export function besideClinicFile(
    path: string,
    clinicFile: string | undefined,
    folder: string,
): string {
    return resolve(clinicFile === undefined ? folder : dirname(clinicFile), path);
}

/** Which of the clinic's own files of rules are missing. */
export function ruleFileFaults(file: ClinicFile, folder: string): Fault[] {
    const setting = ["safety", "triageRules"];
    if (file.isFaulty(setting)) return [];
    return file.settings.safety.triageRules.flatMap((path, index) => {
        if (existsSync(besideClinicFile(path, file.path, folder))) return [];
        const message =
            "safety.triageRules names a file that does not exist. Correct its path, which starts from the folder of this file, or take it out of the list.";
        return [{ ...file.valuePlace([...setting, index]), message }];
    });
}

/** A digest of what stands in each of the files. */
export function ruleFileDigests(paths: readonly string[]): readonly string[] {
    return paths.map((path) =>
        createHash("sha256")
            .update(JSON.stringify(readTextFile(path)))
            .digest("base64url"),
    );
}
