import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
    correctSources,
    correctText,
    type Correction,
} from "../../../adapters/llama/companion-corrections.ts";

const correction: Correction = {
    file: "graph.cpp",
    reason: "the order is wrong",
    expected: "    join(a, b);",
    replacement: "    join(b, a);",
};

let folder: string;

beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "corrections-"));
});

afterEach(async () => {
    await rm(folder, { recursive: true });
});

test("replaces the one line, wherever it stands", () => {
    expect(correctText("    join(a, b);\nend\n", correction)).toBe("    join(b, a);\nend\n");
    expect(correctText("start\n    join(a, b);\nend\n", correction)).toBe(
        "start\n    join(b, a);\nend\n",
    );
});

test.each([
    ["is gone", "start\nend\n", 0],
    ["is part of a longer one", "x    join(a, b);\n    join(a, b); // why\n", 0],
    ["is there twice", "    join(a, b);\n    join(a, b);\n", 2],
])("refuses sources in which the line %s", (_, text, times) => {
    expect(() => correctText(text, correction)).toThrow(
        expect.objectContaining({
            code: "companion-unavailable",
            message: `llama.cpp's graph.cpp holds a line that must be corrected ${times} times instead of once (the order is wrong).`,
            remedy: expect.stringContaining("npm ci") as unknown,
        }),
    );
});

test("writes nothing when one of several corrections does not fit", async () => {
    const path = join(folder, "graph.cpp");
    await writeFile(path, "    join(a, b);\n");
    const missing = { ...correction, file: "other.cpp" };
    await expect(correctSources(folder, [correction, missing])).rejects.toMatchObject({
        code: "companion-unavailable",
    });
    expect(await readFile(path, "utf8")).toBe("    join(a, b);\n");
    await correctSources(folder, [correction]);
    expect(await readFile(path, "utf8")).toBe("    join(b, a);\n");
});
