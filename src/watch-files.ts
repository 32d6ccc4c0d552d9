import { stat } from "node:fs/promises";
import { wait } from "./wait.ts";

/** How files are watched. */
export interface WatchOptions {
    readonly signal: AbortSignal;
    /** How often is looked. */
    readonly everyMs?: number;
    /** Whether `onChange` is called at the beginning too: the files may have changed before. */
    readonly atOnce?: boolean;
}

/**
 * Calls `onChange` whenever one of the files was changed, has come or has gone, and lies still again.
 * Looks at them now and then instead of asking the system for events: those get lost on network
 * folders and with editors that put a new file in place of the old one. Resolves when the signal
 * aborts.
 *
 * @param paths Asked for at each look: a change may bring further files.
 * @param onChange Never fails.
 */
export async function watchFiles(
    paths: () => readonly string[],
    onChange: () => Promise<void>,
    { signal, everyMs = 1_000, atOnce = false }: WatchOptions,
): Promise<void> {
    let known = await lookAt(paths());
    let before = known;
    if (atOnce) await onChange();
    while (!signal.aborted) {
        await wait(everyMs, signal).catch(() => undefined);
        const now = await lookAt(paths());
        // Who is still writing is given the time to finish.
        if (now !== known && now === before && !signal.aborted) {
            // What changes while it is read counts as another change.
            known = now;
            await onChange();
        }
        before = now;
    }
}

/** Equal as long as nothing has changed. */
async function lookAt(paths: readonly string[]): Promise<string> {
    const states = await Promise.all(
        paths.map(async (path) => {
            const found = await stat(path, { bigint: true }).catch(() => undefined);
            return found === undefined
                ? "none"
                : [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(" ");
        }),
    );
    return states.join("\n");
}
