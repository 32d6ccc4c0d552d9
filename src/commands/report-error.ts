import { type AppError, isAppError } from "../errors.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";

/** What went wrong and what to do, in whole lines. */
export function explainError({ message, remedy }: AppError): string {
    return `${message}\n${remedy === undefined ? "" : `What to do: ${remedy}\n`}`;
}

/** Tells the administrator what went wrong and what to do, on standard error. */
export function reportError(error: unknown): ExitCode {
    if (!isAppError(error)) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        process.stderr.write(`Something unexpected happened; please report it:\n${text}\n`);
        return exitCode.failure;
    }
    process.stderr.write(explainError(error));
    const configuration = isAppError(error, "config-invalid", "prompts-invalid", "rules-invalid");
    return configuration ? exitCode.configuration : exitCode.failure;
}
