import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { AppError } from "../../errors.ts";
import { parseReviewRules } from "./parse-review-rules.ts";
import type { ReviewRules } from "./review-rules.ts";

/**
 * Reads the rules of the review.
 *
 * @param folder Holds `*.yaml`, as its README.md describes them.
 * @throws `rules-invalid` when a file cannot be read or understood.
 */
export async function loadReviewRules(folder: string): Promise<ReviewRules> {
    try {
        const names = (await readdir(folder)).filter((name) => name.endsWith(".yaml")).sort();
        const files = await Promise.all(
            names.map(async (name) => ({ name, text: await readFile(join(folder, name), "utf8") })),
        );
        return parseReviewRules(files);
    } catch (error) {
        if (error instanceof AppError) throw error;
        throw new AppError("rules-invalid", `The rules of the review cannot be read: ${folder}`, {
            remedy: "Put back the folder that came with the program.",
            cause: error,
        });
    }
}
