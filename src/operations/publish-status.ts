import { describeError, type Logger } from "../log.ts";
import type { ProcessStatus, StatusBoard } from "../status-ports.ts";
import { wait } from "../wait.ts";

const everyMs = 3_000;

/**
 * Puts a process's status up every three seconds until the signal aborts, then takes it down. Never
 * fails: while the board cannot be reached it is tried on.
 */
export async function publishStatus(
    board: StatusBoard,
    describe: () => Promise<ProcessStatus>,
    logger: Logger,
    signal: AbortSignal,
): Promise<void> {
    let id: string | undefined;
    while (!signal.aborted) {
        try {
            const status = await describe();
            id = status.id;
            await board.publish(status);
        } catch (error) {
            // That Redis is away is said where it matters.
            logger.debug(describeError(error), "The status was not put up");
        }
        await wait(everyMs, signal).catch(() => undefined);
    }
    if (id !== undefined) await board.leave(id);
}
