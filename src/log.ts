import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { pino, type Logger as PinoLogger } from "pino";
import { isAppError } from "./errors.ts";

/**
 * What the product logs through. Entries never hold message text, names, numbers or tokens:
 * errors go through {@link describeError}.
 */
export type Logger = Pick<PinoLogger, "debug" | "info" | "warn" | "error">;

/** How much is logged. */
export type LogLevel = "silent" | "error" | "warn" | "info" | "debug";

/**
 * A logger that writes one JSON object a line, to standard error or to the end of a file.
 *
 * @param file Its folder is made if need be; only the owner may read them.
 */
export function createLogger(level: LogLevel, file?: string): Logger {
    const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
    if (file === undefined) return pino(options, pino.destination({ dest: 2, sync: true }));
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return pino(options, pino.destination({ dest: file, sync: true, mode: 0o600 }));
}

/**
 * The loggable part of an error: for our own errors code, message and remedy; for foreign ones the
 * class and system code alone, since an SDK's message can quote what a patient wrote or a token.
 */
export function describeError(error: unknown): Record<string, unknown> {
    if (isAppError(error)) {
        return {
            code: error.code,
            message: error.message,
            ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
            ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
        };
    }
    if (error instanceof Error) {
        const code = "code" in error ? String(error.code) : undefined;
        return { error: error.name, ...(code === undefined ? {} : { code }) };
    }
    return { error: typeof error };
}
