import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type ConfigInput, type InspectedConfig, inspectConfig } from "../config.ts";
import { AppError } from "../errors.ts";
import { type AccessListChange, editAccessList } from "./edit-access-list.ts";
import { configInvalid } from "./faults.ts";
import { replaceFile } from "./replace-file.ts";

/** Who is served, and who is not. */
export type AccessSettings = InspectedConfig["settings"]["access"];

/**
 * Changes the access lists in clinic.yaml, which is made where there is none. Everything else in the
 * file stays as it is. The configuration must be sound before, and is checked again before the file
 * is replaced.
 *
 * @returns The lists as they are now, and the file.
 * @throws `config-invalid` with the faults that were there, or when the file cannot be written or is
 * written in a way that cannot be changed safely.
 */
export async function changeAccess(
    input: ConfigInput,
    changes: readonly AccessListChange[],
): Promise<{ readonly file: string; readonly access: AccessSettings }> {
    const before = inspectConfig(input);
    if (before.faults.length > 0) throw configInvalid(before.faults);
    const file = before.sound.clinicFile ?? join(resolve(input.folder), "clinic.yaml");
    const access = changes.reduce(expected, before.settings.access);
    if (isDeepStrictEqual(access, before.settings.access)) return { file, access };
    const text = before.sound.clinicFile === undefined ? "" : readFileSync(file, "utf8");
    const isWindows = text.includes("\r\n");
    const plain = text.replace(/^\uFEFF/, "").replaceAll("\r\n", "\n");
    const edited = changes.reduce(editAccessList, plain);
    await replaceFile(file, isWindows ? edited.replaceAll("\n", "\r\n") : edited, (draft) => {
        const after = inspectConfig({
            ...input,
            environment: { ...input.environment, BIMEDIX2_CONFIG: draft },
        });
        const isAsMeant =
            after.faults.length === 0 &&
            isDeepStrictEqual(after.settings, { ...before.settings, access });
        if (!isAsMeant) throw cannotEdit();
    });
    return { file, access };
}

function expected(
    access: AccessSettings,
    { list, add, removes }: AccessListChange,
): AccessSettings {
    return { ...access, [list]: [...access[list].filter((entry) => !removes(entry)), ...add] };
}

function cannotEdit(): AppError {
    return new AppError(
        "config-invalid",
        "The access lists in clinic.yaml are written in a way that cannot be changed safely.",
        {
            remedy: 'Nothing was changed. Write each list in brackets, like allow: ["telegram:123456789"], and try again.',
        },
    );
}
