import { Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { createDownloadProgress } from "../../src/commands/download-progress.ts";

const total = 1e9;

/** Ten megabytes every tenth of a second, beginning with a half that is there already. */
function shown(isTerminal: boolean): string {
    let out = "";
    let nowMs = 0;
    const output = new Writable({
        write: (chunk, _, done) => {
            out += String(chunk);
            done();
        },
    });
    const progress = createDownloadProgress("m.gguf", output, isTerminal, () => nowMs);
    for (let done = total / 2; done <= total; done += 1e7) {
        progress.show(done, total);
        nowMs += 100;
    }
    progress.end();
    return out;
}

describe("the progress of a download", () => {
    test("is a line for each tenth in a log, with the speed of what is fetched now", () => {
        expect(shown(false).split("\n")).toEqual([
            "m.gguf   50 %  0.5 GB of 1.0 GB",
            "m.gguf   60 %  0.6 GB of 1.0 GB, 0.1 GB/s, 4 s left",
            "m.gguf   70 %  0.7 GB of 1.0 GB, 0.1 GB/s, 3 s left",
            "m.gguf   80 %  0.8 GB of 1.0 GB, 0.1 GB/s, 2 s left",
            "m.gguf   90 %  0.9 GB of 1.0 GB, 0.1 GB/s, 1 s left",
            "m.gguf  100 %  1.0 GB of 1.0 GB",
            "",
        ]);
    });

    test("is one bar on a terminal, which is gone at the end", () => {
        const lines = shown(true).split("\r\u001b[2K");
        expect(lines[1]).toBe(
            `${"█".repeat(15)}${"░".repeat(15)}  m.gguf   50 %  0.5 GB of 1.0 GB`,
        );
        expect(lines.at(-2)).toBe(`${"█".repeat(30)}  m.gguf  100 %  1.0 GB of 1.0 GB`);
        expect(lines.at(-1)).toBe("");
        // Five a second at most
        expect(lines.length).toBeLessThan(30);
    });
});
