import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchFiles } from "../src/watch-files.ts";

let folder: string;
let stop: AbortController;
let watching: Promise<void>;
let changes = 0;

beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-watch-"));
    await writeFile(join(folder, "clinic.yaml"), "one");
    stop = new AbortController();
    changes = 0;
    const paths = [join(folder, "clinic.yaml"), join(folder, ".env")];
    const count = (): Promise<void> => {
        changes += 1;
        return Promise.resolve();
    };
    watching = watchFiles(() => paths, count, {
        signal: stop.signal,
        everyMs: 5,
        atOnce: true,
    });
    await vi.waitFor(() => expect(changes).toBe(1), 20_000);
    changes = 0;
});

afterEach(async () => {
    stop.abort();
    await watching;
    await rm(folder, { recursive: true });
});

test("a file that is written, put in place of another, comes or goes is noticed each time", async () => {
    const steps = [
        () => writeFile(join(folder, "clinic.yaml"), "two"),
        async () => {
            // As many editors save: of equal length, under another name first.
            await writeFile(join(folder, "new"), "few");
            await rename(join(folder, "new"), join(folder, "clinic.yaml"));
        },
        () => writeFile(join(folder, ".env"), ""),
        () => rm(join(folder, ".env")),
    ];
    for (const step of steps) {
        const before = changes;
        await step();
        await vi.waitFor(() => expect(changes).toBeGreaterThan(before), 20_000);
    }
});

test("what nobody touches is not read again", async () => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(changes).toBe(0);
});
