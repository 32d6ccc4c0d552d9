/**
 * Resolves after `ms` milliseconds, or as soon as the signal aborts. Never fails. (Node's own timer
 * makes an error with its stack of each abort, and most pauses end so.)
 */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
        const end = (): void => {
            clearTimeout(timer);
            signal.removeEventListener("abort", end);
            resolve();
        };
        const timer = setTimeout(end, ms);
        signal.addEventListener("abort", end);
    });
}

/** The pause after a number of failures in a row: doubling, with a limit. */
export function retryPauseMs(
    failures: number,
    limits: { readonly firstRetryMs: number; readonly mostRetryMs: number },
): number {
    return Math.min(limits.firstRetryMs * 2 ** Math.min(failures - 1, 20), limits.mostRetryMs);
}
