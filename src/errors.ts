/**
 * The product's one family of errors. An adapter translates its SDK's errors into these; the
 * pipeline's one catch decides between retry, apology and drop.
 */

/** What went wrong, for programs. */
export type ErrorCode =
    // The administrator's side
    | "config-invalid"
    | "prompts-invalid"
    | "rules-invalid"
    | "redis-missing"
    // The model
    | "model-missing"
    | "model-invalid"
    | "model-out-of-memory"
    | "model-failed"
    | "draft-unusable"
    | "prompt-too-long"
    | "projector-missing"
    | "projector-invalid"
    | "projector-mismatch"
    | "companion-unavailable"
    | "download-failed"
    // Pictures
    | "image-unsupported"
    | "image-burned-in"
    | "image-corrupt"
    | "image-too-large"
    // Outside systems
    | "store-unavailable"
    | "store-failed"
    | "platform-unavailable"
    | "platform-rejected"
    | "patient-unreachable"
    | "attachment-too-large"
    | "attachment-unavailable"
    // Ends that were asked for
    | "aborted";

/** Something wrong in a file that the administrator edits. */
export interface PlacedFault {
    /** The file as the administrator knows it, or `environment`. */
    readonly file: string;
    /** From 1. */
    readonly line?: number;
    /** From 1, in UTF-16 units. */
    readonly column?: number;
    /** What is wrong and what to write instead, as a sentence. */
    readonly message: string;
}

/** How an {@link AppError} is described. */
export interface AppErrorOptions {
    /** Whether the same call may succeed later. Default: false. */
    readonly retryable?: boolean;
    /** What the administrator should do, as a sentence. */
    readonly remedy?: string;
    /** Wait at least this long before a retry. */
    readonly retryAfterMs?: number;
    /** One by one, what the message sums up. */
    readonly faults?: readonly PlacedFault[];
    readonly cause?: unknown;
}

/**
 * An error of this product. The message is one clear English sentence for the administrator; it
 * never holds message text, names, numbers of patients or tokens.
 */
export class AppError extends Error {
    override readonly name = "AppError";
    readonly code: ErrorCode;
    readonly retryable: boolean;
    readonly remedy: string | undefined;
    readonly retryAfterMs: number | undefined;
    readonly faults: readonly PlacedFault[];

    constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
        super(message, options.cause === undefined ? undefined : { cause: options.cause });
        this.code = code;
        this.retryable = options.retryable ?? false;
        this.remedy = options.remedy;
        this.retryAfterMs = options.retryAfterMs;
        this.faults = options.faults ?? [];
    }
}

/** Whether `error` is an {@link AppError}, with one of the codes where some are given. */
export function isAppError(error: unknown, ...codes: ErrorCode[]): error is AppError {
    return error instanceof AppError && (codes.length === 0 || codes.includes(error.code));
}
