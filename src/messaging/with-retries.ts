import { isAppError } from "../errors.ts";
import { type Backoff, backoffMs, wait } from "../wait.ts";

/** How a request is repeated. */
export interface Retries {
    /** Between two tries. */
    readonly retry: Backoff;
    /** Most tries. */
    readonly tries: number;
    /** A platform that wants to be left alone for longer is not waited for. */
    readonly longestRetryAfterMs: number;
}

/**
 * Repeats a request for as long as it fails in a way that passes, a few times, as slowly as the
 * platform asks for.
 *
 * @throws The last error, or `aborted`.
 */
export async function withRetries<Result>(
    attempt: () => Promise<Result>,
    { retry, tries, longestRetryAfterMs }: Retries,
    signal: AbortSignal,
): Promise<Result> {
    for (let failures = 1; ; failures += 1) {
        try {
            return await attempt();
        } catch (error) {
            if (!isAppError(error) || !error.retryable || failures >= tries) throw error;
            const pauseMs = error.retryAfterMs ?? backoffMs(failures, retry);
            if (pauseMs > longestRetryAfterMs) throw error;
            await wait(pauseMs, signal);
        }
    }
}
