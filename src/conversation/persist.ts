import { AppError } from "../errors.ts";
import { type Backoff, wait } from "../wait.ts";

/** How a call is tried again. */
export interface Patience extends Backoff {
    /** No new try after so long; absent: for ever. */
    readonly giveUpAfterMs?: number;
}

/**
 * Repeats `attempt` for as long as it fails with a retryable error.
 *
 * @param onFailure Called with each such error before the wait.
 * @throws The first error that is not retryable, the last one when it gives up, or `aborted`.
 */
export async function persist<Result>(
    attempt: () => Promise<Result>,
    patience: Patience,
    signal: AbortSignal,
    onFailure: (error: AppError) => Promise<void> | void = () => undefined,
): Promise<Result> {
    const startedAtMs = performance.now();
    const { firstMs, mostMs, giveUpAfterMs = Infinity } = patience;
    for (let tries = 0; ; tries += 1) {
        try {
            return await attempt();
        } catch (error) {
            if (!(error instanceof AppError) || !error.retryable) throw error;
            if (performance.now() - startedAtMs > giveUpAfterMs) throw error;
            await onFailure(error);
            const pauseMs = Math.min(firstMs * 2 ** tries, mostMs);
            await wait(Math.max(pauseMs, error.retryAfterMs ?? 0), signal);
        }
    }
}
