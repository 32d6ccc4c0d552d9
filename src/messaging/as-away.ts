import { AppError } from "../errors.ts";

/**
 * What only the administrator can put right as one more way for a platform to be away: it is reported
 * where messages are received, and what waits to be sent must outlast the correction.
 */
export function asAway(error: unknown): unknown {
    if (!(error instanceof AppError) || error.code !== "config-invalid") return error;
    const { message, cause, remedy } = error;
    return new AppError("platform-unavailable", message, {
        retryable: true,
        cause,
        ...(remedy === undefined ? {} : { remedy }),
    });
}
