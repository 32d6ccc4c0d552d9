import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Llama } from "node-llama-cpp";
import { AppError } from "../../src/errors.ts";
import type { CompanionVariant } from "./companion-inputs.ts";

/** The llama.cpp libraries that node-llama-cpp has loaded into this process. */
export interface VariantLibraries {
    readonly variant: CompanionVariant;
    readonly folder: string;
    /** libllama, libggml and libggml-base, absolute. */
    readonly files: readonly string[];
}

/**
 * Finds the libraries behind a loaded `Llama`, whether prebuilt or built locally, by asking the
 * process what it has loaded.
 *
 * @throws `companion-unavailable` when they cannot be linked against (Windows ships no import
 * libraries).
 */
export async function findVariantLibraries(llama: Llama): Promise<VariantLibraries> {
    const variant = llama.gpu === false ? "cpu" : llama.gpu;
    const loaded = loadedFiles().filter((file) =>
        /^libllama\b(?!-).*\.(so|dylib)$/.test(basename(file)),
    );
    const marked = loaded.filter((file) => basename(file).startsWith(`libllama.${variant}.`));
    const library = marked[0] ?? loaded[0];
    if (library === undefined) {
        throw new AppError(
            "companion-unavailable",
            `The companion cannot be linked against node-llama-cpp's libraries on ${process.platform}.`,
            { remedy: "Run the program on Linux or macOS; on Windows, inside WSL 2." },
        );
    }
    const folder = dirname(library);
    const names = await readdir(folder);
    const files = names.filter((name) =>
        /^lib(llama|ggml|ggml-base)(\.[^-]+)?\.(so|dylib)$/.test(name),
    );
    return { variant, folder, files: files.sort().map((name) => join(folder, name)) };
}

function loadedFiles(): readonly string[] {
    // Naming the machine's network peers can take seconds and is nobody's business.
    Object.assign(process.report, { excludeNetwork: true });
    const report = process.report.getReport() as { sharedObjects?: readonly string[] };
    return report.sharedObjects ?? [];
}
