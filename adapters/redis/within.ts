import { AppError } from "../../src/errors.ts";

/**
 * What `promise` resolves to, unless that takes longer than `timeoutMs`. The promise goes on then,
 * and nobody hears how it ends.
 *
 * @throws `store-unavailable` (retryable)
 */
export async function within<Result>(timeoutMs: number, promise: Promise<Result>): Promise<Result> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => {
            reject(
                new AppError("store-unavailable", "Redis does not answer in time.", {
                    retryable: true,
                }),
            );
        }, timeoutMs);
    });
    try {
        return await Promise.race([promise, timeout]);
    } finally {
        clearTimeout(timer);
    }
}
