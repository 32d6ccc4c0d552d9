import { existsSync } from "node:fs";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { faultOf, type FetchNews } from "./fetch-model-file.ts";
import { type ModelFile, notedChecksum } from "./model-files.ts";

/** What was found of a file. */
interface CheckedFile {
    readonly file: string;
    readonly state: "right" | "unknown" | "wrong" | "missing";
    readonly sha256?: string;
    readonly fault?: string;
}

/**
 * Compares files with the sizes and checksums of the profile, or with those that were noted when they were
 * fetched.
 *
 * @returns `failure` when one is missing or wrong.
 */
export async function checkModelFiles(
    profile: string,
    files: readonly ModelFile[],
    asJson: boolean,
    { progress }: FetchNews,
    signal: AbortSignal,
): Promise<ExitCode> {
    const checked: CheckedFile[] = [];
    for (const file of files) checked.push(await check(file, progress, signal));
    if (asJson) process.stdout.write(`${JSON.stringify({ profile, files: checked })}\n`);
    else process.stdout.write(checked.map((file) => `${inWords(file)}\n`).join(""));
    const isFine = checked.every(({ state }) => state === "right" || state === "unknown");
    return isFine ? exitCode.success : exitCode.failure;
}

async function check(
    { path, name: file, source }: ModelFile,
    progress: FetchNews["progress"],
    signal: AbortSignal,
): Promise<CheckedFile> {
    if (!existsSync(path)) return { file, state: "missing" };
    const found = await faultOf(path, source ?? {}, progress, signal);
    if (typeof found === "string") return { file, state: "wrong", fault: found };
    const isKnown = source?.sha256 !== undefined || (await notedChecksum(path)) !== undefined;
    return { file, state: isKnown ? "right" : "unknown", ...found };
}

function inWords({ file, state, sha256, fault }: CheckedFile): string {
    switch (state) {
        case "right":
            return `ok       ${file}  ${sha256}`;
        case "unknown":
            return `there    ${file}  ${sha256}  (no checksum to compare with)`;
        case "wrong":
            return `WRONG    ${file}: ${fault}. Remove it and run bimedix2 pull again.`;
        case "missing":
            return `MISSING  ${file}`;
    }
}
