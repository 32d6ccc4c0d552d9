import { setTimeout as delay } from "node:timers/promises";
import { AppError } from "./errors.ts";

/** How long to wait before try number 1, 2, 3 …: doubling from `firstMs`, at most `mostMs`. */
export interface Backoff {
    readonly firstMs: number;
    readonly mostMs: number;
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
