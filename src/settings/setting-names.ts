import { clinicFileSchema } from "./clinic-file.ts";
import { settingPaths } from "./validate.ts";

/**
 * Every single setting of clinic.yaml as its path, like `model.gpu`, in the order of the file. A text
 * in both languages is one setting.
 */
export function clinicSettingNames(): readonly string[] {
    const paths = settingPaths(clinicFileSchema).filter((path) => !isLanguage(path));
    const sections = new Set(paths.map((path) => path.slice(0, -1).join(".")));
    return paths.map((path) => path.join(".")).filter((name) => !sections.has(name));
}

function isLanguage(path: readonly string[]): boolean {
    return path.length > 1 && /^(?:en|ar)$/.test(path.at(-1) ?? "");
}
