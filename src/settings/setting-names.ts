import { clinicFileSchema } from "./clinic-file.ts";
import { settingPaths } from "./validate.ts";

/** All settings and sections of clinic.yaml in the order of the file; all wordings are one setting. */
export function clinicSettingPaths(): readonly (readonly string[])[] {
    return settingPaths(clinicFileSchema).filter(
        ([section, name]) => section !== "notices" || name === undefined,
    );
}

/** Every single setting as its path, like `model.gpu`. A text in both languages is one setting. */
export function clinicSettingNames(): readonly string[] {
    const paths = clinicSettingPaths().filter((path) => !isLanguage(path));
    const sections = new Set(paths.map((path) => path.slice(0, -1).join(".")));
    return paths.map((path) => path.join(".")).filter((name) => !sections.has(name));
}

function isLanguage(path: readonly string[]): boolean {
    return path.length > 1 && /^(?:en|ar)$/.test(path.at(-1) ?? "");
}
