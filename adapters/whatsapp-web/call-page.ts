import type { AppError } from "../../src/errors.ts";
import { cancelled, notDone, notLinked, translateFailure } from "./failures.ts";
import type { WebSession } from "./session.ts";

/** When a request to the page is given up. */
export interface CallLimits {
    readonly timeoutMs: number;
    readonly signal?: AbortSignal;
}

/**
 * Does something that the page takes part in. A page that hangs answers nothing at all, so nobody
 * waits for longer than these limits, and not beyond the end of the session.
 *
 * @throws `aborted`, `platform-unavailable` (retryable): then it may have been done nevertheless.
 */
export async function withPage<Result>(
    session: WebSession | undefined,
    { timeoutMs, signal }: CallLimits,
    work: (session: WebSession) => Promise<Result>,
): Promise<Result> {
    if (signal?.aborted) throw cancelled();
    if (!session || session.lost.aborted) throw notLinked();
    let end = (_reason: AppError): void => undefined;
    const ended = new Promise<never>((_resolve, reject) => (end = reject));
    const onAbort = (): void => end(cancelled());
    const onLost = (): void => end(notLinked());
    const timer = setTimeout(() => end(notDone("gave no answer")), timeoutMs);
    signal?.addEventListener("abort", onAbort, { once: true });
    session.lost.addEventListener("abort", onLost, { once: true });
    try {
        return await Promise.race([work(session), ended]);
    } catch (error) {
        throw translateFailure(error);
    } finally {
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        session.lost.removeEventListener("abort", onLost);
    }
}

/** Runs a function within the page. */
export async function callPage<Argument, Result>(
    session: WebSession | undefined,
    limits: CallLimits,
    pageFunction: (argument: Argument) => Promise<Result>,
    argument: Argument,
): Promise<Result> {
    return await withPage(session, limits, async ({ client }) => {
        if (!client.pupPage) throw notLinked();
        const carried = pageFunction as (value: unknown) => Promise<Result>;
        return await client.pupPage.evaluate(carried, argument);
    });
}
