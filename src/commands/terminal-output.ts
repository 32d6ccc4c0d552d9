import type { Writable } from "node:stream";

/** Shows the administrator what is happening while it takes time. */
export interface ProgressLine {
    /** Replaces the line on a terminal; elsewhere prints each step once. */
    show(step: string, percent?: number): void;
    /** Ends the line. */
    end(): void;
}

/** A progress line on `output`; `isTerminal` decides between rewriting it and plain lines. */
export function createProgressLine(output: Writable, isTerminal: boolean): ProgressLine {
    let step = "";
    let open = false;
    return {
        show: (next, percent) => {
            const text = percent === undefined ? next : `${next} ${Math.round(percent)} %`;
            if (isTerminal) {
                output.write(`\r\u001b[2K${text}`);
                open = true;
            } else if (next !== step) output.write(`${next}\n`);
            step = next;
        },
        end: () => {
            if (open) output.write("\r\u001b[2K");
            open = false;
            step = "";
        },
    };
}
