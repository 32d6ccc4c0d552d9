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

/** The wait before the try that follows `failures` failed ones, with jitter. */
export function backoffMs(failures: number, { firstMs, mostMs }: Backoff): number {
    const fullMs = Math.min(firstMs * 2 ** (failures - 1), mostMs);
    return fullMs * (0.5 + Math.random() / 2);
}

/**
 * Runs `work` with a signal that aborts after `timeoutMs`, or with the caller's. (Not
 * `AbortSignal.any`: in Node 20 a combined signal can be collected before it fires.)
 */
export async function withDeadline<Result>(
    timeoutMs: number,
    signal: AbortSignal | undefined,
    work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
    const controller = new AbortController();
    const abort = (): void => controller.abort();
    const timer = setTimeout(abort, timeoutMs);
    signal?.addEventListener("abort", abort, { once: true });
    if (signal?.aborted) abort();
    try {
        return await work(controller.signal);
    } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
    }
}

/** What a promise gives, or `undefined` as soon as `signal` aborts. */
export function unlessAborted<Value>(
    promise: Promise<Value>,
    signal: AbortSignal,
): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
        const stop = (): void => resolve(undefined);
        if (signal.aborted) stop();
        signal.addEventListener("abort", stop, { once: true });
        promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
    });
}
