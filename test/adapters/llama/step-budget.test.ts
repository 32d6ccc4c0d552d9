import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { packageRoot } from "../../../src/package-root.ts";

const run = promisify(execFile);

let folder: string;
let driver: string;
beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-budget-"));
    driver = join(folder, "driver");
    const sources = [
        join(import.meta.dirname, "step-budget-driver.cpp"),
        join(packageRoot(), "native", "step-budget.cpp"),
    ];
    await run("c++", ["-std=c++17", "-o", driver, ...sources]);
});
afterAll(() => rm(folder, { recursive: true }));

interface Situation {
    readonly tile: number;
    readonly running: number;
    readonly unread: number;
    /** Milliseconds of a step of the answers, and of a token of a prompt. */
    readonly step: number;
    readonly token: number;
}

async function drive({ tile, running, unread, step, token }: Situation): Promise<string[]> {
    const { stdout } = await run(driver, [tile, running, unread, step, token].map(String));
    return stdout.split("\n");
}

/** How many tokens are read at a time; with a * apart from the answers. */
async function pieces(situation: Situation): Promise<string[]> {
    const [read = ""] = await drive(situation);
    return read.trim().split(" ");
}

const card = { tile: 0, running: 7, unread: 2000, step: 20 };
const processor = { tile: 64, running: 7, unread: 2000, step: 100, token: 8 };

it("reads so much on a card that a step takes less than twice as long", async () => {
    const read = (await pieces({ ...card, token: 0.4 })).map(Number);
    expect(Math.max(...read.slice(8, -1)) * 0.4).toBeLessThan(20);
    expect(Math.min(...read.slice(8, -1)) * 0.4).toBeGreaterThan(10);
    // Where tokens cost nothing, as many as a step may hold
    expect((await pieces({ ...card, token: 0.001 })).slice(-3, -1)).toEqual(["128", "128"]);
    // And some in any case
    expect((await pieces({ ...card, token: 50 })).slice(-3, -1)).toEqual(["4", "4"]);
});

it("reads whole tiles apart on a processor, after what fills none", async () => {
    const whole = Array.from({ length: 31 }, () => "64*");
    expect(await pieces(processor)).toEqual(["16", ...whole]);
    // However dear they are, and more where they are cheap
    expect(await pieces({ ...processor, token: 500 })).toEqual(["16", ...whole]);
    expect(await pieces({ ...processor, token: 0.5 })).toContain("128*");
});

it("makes no tile of a short prompt and the answers", async () => {
    expect(await pieces({ ...processor, unread: 20 })).toEqual(["20"]);
    expect(await pieces({ ...processor, unread: 60 })).toEqual(["56", "4"]);
    expect(await pieces({ ...processor, unread: 64 })).toEqual(["64*"]);
    expect(await pieces({ ...processor, unread: 3, running: 8 })).toEqual(["3"]);
});

it("learns nothing from small pieces of drafts and pictures", async () => {
    expect((await drive({ ...card, token: 1 }))[1]).toBe("16 0 32");
    expect((await drive(processor))[1]).toBe("16 0 64");
});
