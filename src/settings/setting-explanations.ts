import { readYaml, type SettingPath } from "./yaml-file.ts";

/**
 * The explanations of a file like clinic.example.yaml: the remark right above each setting.
 *
 * @returns Finds the explanation of a setting; `undefined` where there is none.
 */
export function readExplanations(example: string): (path: SettingPath) => string | undefined {
    const lines = example.split("\n");
    const document = readYaml(example, "clinic.example.yaml");
    return (path) => {
        const name = String(path.at(-1));
        const { line = 1 } = document.keyPlace(path);
        const isThere = lines[line - 1]?.trimStart().startsWith(`${name}:`) ?? false;
        return isThere ? remarkAbove(lines, line - 1) : undefined;
    };
}

function remarkAbove(lines: readonly string[], below: number): string | undefined {
    const first = lines.slice(0, below).findLastIndex((line) => !/^ *#/.test(line)) + 1;
    const remark = lines.slice(first, below).map((line) => line.replace(/^ *# ?/, ""));
    return remark.length === 0 ? undefined : remark.reduce(joined);
}

/** Examples, which are indented, keep their lines. */
function joined(text: string, line: string): string {
    const isExample = line.startsWith(" ") || (text.split("\n").at(-1)?.startsWith(" ") ?? false);
    return `${text}${isExample ? "\n" : " "}${line}`;
}
