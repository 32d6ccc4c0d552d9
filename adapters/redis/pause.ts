import { setTimeout as sleep } from "node:timers/promises";

/** Resolves after `ms` milliseconds, or as soon as the signal aborts. Never fails. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
    try {
        await sleep(ms, undefined, { signal });
    } catch {
        // The end of the wait is what the caller asks the signal about.
    }
}

/** The pause after a number of failures in a row: doubling, with a limit. */
export function retryPauseMs(
    failures: number,
    limits: { readonly firstRetryMs: number; readonly mostRetryMs: number },
): number {
    return Math.min(limits.firstRetryMs * 2 ** Math.min(failures - 1, 20), limits.mostRetryMs);
}
