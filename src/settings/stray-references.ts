import type { Fault } from "./faults.ts";
import { secretSettings } from "./secret-settings.ts";
import type { SettingPath, YamlFile } from "./yaml-file.ts";

/**
 * References in settings that are no secrets: they would be taken for the text itself.
 *
 * @param settings All that there are, as paths; what is none of them is told otherwise.
 */
export function strayReferences(
    { value, valuePlace }: YamlFile,
    settings: readonly SettingPath[],
): readonly Fault[] {
    const known = new Set(settings.map((path) => path.join(".")));
    const secrets = new Set(secretSettings.map(({ path }) => path.join(".")));
    const strays = (inner: unknown, path: SettingPath): readonly Fault[] => {
        if (typeof inner === "object" && inner !== null) {
            return Object.entries(inner).flatMap(([name, within]) =>
                strays(within, [...path, Array.isArray(inner) ? Number(name) : name]),
            );
        }
        if (typeof inner !== "string" || !inner.includes("${")) return [];
        const name = path.filter((part) => typeof part === "string").join(".");
        if (!known.has(name) || secrets.has(name)) return [];
        const message = `${name} refers to a variable, but \${…} works for secrets alone. Write the value itself.`;
        return [{ ...valuePlace(path), message }];
    };
    return strays(value, []);
}
