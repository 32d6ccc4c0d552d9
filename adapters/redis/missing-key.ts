import type { Logger } from "../../src/log.ts";
import type { Codec } from "./codec.ts";

/**
 * While keys are being changed, a process may not have the newest yet: what it cannot read for want
 * of it waits, so long after it was stored. Later it counts as damaged, or it would block its
 * conversation for ever.
 */
const patienceMs = 60 * 60 * 1000;

/** How long after a look the next one is worth while. */
export const missingKeyPauseMs = 10_000;

/** Whether a stored value, with the time and what else stands before it, waits for a key. */
export function awaitsKey(stored: Buffer, codec: Codec): boolean {
    const end = stored.indexOf("\n");
    if (!codec.lacksKey(stored.subarray(end + 1))) return false;
    const storedAtMs = Number.parseInt(stored.toString("latin1", 0, Math.max(0, end)), 10);
    return Date.now() - storedAtMs < patienceMs;
}

/** Tells the administrator what somebody waits for. */
export function reportMissingKey(logger: Logger): void {
    logger.error(
        {
            remedy: "Give all machines the same keys, and start this process again if they are in the environment.",
        },
        "What is stored is encrypted with a key that this process does not have; it waits for up to an hour",
    );
}
