import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "../errors.ts";

/** How long to wait before try number 1, 2, 3 …: doubling from `firstMs`, at most `mostMs`. */
export interface Backoff {
    readonly firstMs: number;
    readonly mostMs: number;
    /** No new try after so long; absent: for ever. */
    readonly giveUpAfterMs?: number;
}

/**
 * Resolves after `ms` milliseconds.
 *
 * @throws `aborted` as soon as the signal aborts.
 */
export async function wait(ms: number, signal: AbortSignal): Promise<void> {
    try {
        await delay(ms, undefined, { signal });
    } catch (cause) {
        throw new AppError("aborted", "The wait was cancelled.", { cause });
    }
}

/**
 * Repeats `attempt` for as long as it fails with a retryable error.
 *
 * @param onFailure Called with each such error before the wait.
 * @throws The first error that is not retryable, the last one when it gives up, or `aborted`.
 */
export async function persist<Result>(
    attempt: () => Promise<Result>,
    backoff: Backoff,
    signal: AbortSignal,
    onFailure: (error: AppError) => Promise<void> | void = () => undefined,
): Promise<Result> {
    const startedAtMs = performance.now();
    const { firstMs, mostMs, giveUpAfterMs = Infinity } = backoff;
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
