import type { Writable } from "node:stream";
import { inGigabytes } from "./model-files.ts";

/** Shows how far a download is. */
export interface DownloadProgress {
    show(done: number, total: number): void;
    end(): void;
}

const width = 30;
const shortestMs = 200;

/**
 * A bar that is written anew on a terminal; in a log a line for each tenth.
 *
 * @param now Milliseconds of a clock that only rises.
 */
export function createDownloadProgress(
    label: string,
    output: Writable,
    isTerminal: boolean,
    now: () => number = () => performance.now(),
): DownloadProgress {
    const start = { atMs: now(), done: undefined as number | undefined };
    let shownAtMs = Number.NEGATIVE_INFINITY;
    let shownTenth = -1;
    const line = (done: number, total: number): string => {
        const percent = total > 0 ? Math.floor((100 * done) / total) : 0;
        const text = `${label}  ${String(percent).padStart(3)} %  ${inGigabytes(done)} of ${inGigabytes(total)}`;
        const seconds = (now() - start.atMs) / 1000;
        const perSecond = (done - (start.done ?? done)) / seconds;
        const left = perSecond > 0 ? `, ${inTime((total - done) / perSecond)} left` : "";
        return seconds < 1 || done >= total ? text : `${text}, ${inGigabytes(perSecond)}/s${left}`;
    };
    return {
        show: (done, total) => {
            start.done ??= done;
            const share = total > 0 ? Math.min(1, done / total) : 0;
            const tenth = Math.floor(10 * share);
            if (!isTerminal) {
                if (tenth > shownTenth) output.write(`${line(done, total)}\n`);
            } else if (now() - shownAtMs >= shortestMs || done >= total) {
                const full = Math.round(width * share);
                const bar = `${"█".repeat(full)}${"░".repeat(width - full)}`;
                output.write(`\r\u001b[2K${bar}  ${line(done, total)}`);
                shownAtMs = now();
            }
            shownTenth = Math.max(tenth, shownTenth);
        },
        end: () => {
            if (isTerminal && shownTenth >= 0) output.write("\r\u001b[2K");
        },
    };
}

function inTime(seconds: number): string {
    if (seconds < 90) return `${Math.ceil(seconds)} s`;
    return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}
