import { AppError } from "../../src/errors.ts";

/** What is to be done with a file that is damaged. */
export const downloadAgain =
    "Download it again completely, and compare its size with the source's.";

/** A header that makes no sense, or ends too early. */
export function damagedHeader(path: string, cause?: unknown): AppError {
    return new AppError(
        "model-invalid",
        `The model file ${path} is damaged or cut off within its header.`,
        { remedy: downloadAgain, cause },
    );
}

/** Whether a failure of the file system says that there is no such file. */
export function isAbsent(error: unknown): boolean {
    return ["ENOENT", "ENOTDIR"].includes(String(codeOf(error)));
}

/** What the file system does not hand over, for a reason of its own. */
export function unreadable(path: string, cause: unknown): AppError {
    return new AppError("model-invalid", `The model file ${path} cannot be read.`, {
        remedy: explainSystemError(codeOf(cause)),
        cause,
    });
}

/** What is to be done about a failure of the file system, by its code. */
export function explainSystemError(code: unknown): string {
    if (code === "EISDIR") {
        return "It is a folder: name the GGUF file in it in clinic.yaml.";
    }
    if (code === "EACCES" || code === "EPERM") {
        return "Allow the account that runs the program to read it.";
    }
    return `The system says ${typeof code === "string" ? code : "nothing more"}: check the disk or the network drive that it lies on.`;
}

/** A failure of the file system, as Node.js names it; `undefined`: it is another one. */
export function codeOf(error: unknown): unknown {
    return error instanceof Error && "code" in error ? error.code : undefined;
}
