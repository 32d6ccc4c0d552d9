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
    /** Steps of the answers that were measured before. */
    readonly measured?: number;
}

async function drive(situation: Situation): Promise<string[]> {
    const { tile, running, unread, step, token, measured = 50 } = situation;
    const { stdout } = await run(
        driver,
        [tile, running, unread, step, token, measured].map(String),
    );
    return stdout.split("\n");
}

/** How many tokens are read at a time; with a * apart from the answers. */
async function pieces(situation: Situation): Promise<string[]> {
    const [read = ""] = await drive(situation);
    return read.trim().split(" ");
}

/** Once it is settled, and before the end. */
async function steady(situation: Situation): Promise<number[]> {
    return (await pieces(situation)).map(Number).slice(8, -1);
}

const card = { tile: 0, running: 7, unread: 2000, step: 20 };
const processor = { tile: 64, running: 7, unread: 2000, step: 100, token: 8 };

it("reads so much on a card that a step takes less than twice as long", async () => {
    const read = (await steady({ ...card, token: 0.4 })).filter((tokens) => tokens > 0);
    expect(Math.max(...read) * 0.4).toBeLessThan(20);
    expect(Math.min(...read) * 0.4).toBeGreaterThan(10);
    // Where tokens cost nothing, as many as a step may hold beside the answers
    expect(Math.max(...(await steady({ ...card, token: 0.001 })))).toBe(121);
    // And some in any case
    expect(Math.max(...(await steady({ ...card, token: 50 })))).toBe(4);
});

it("comes down from the most that a step may hold, on a card", async () => {
    const long = { ...card, unread: 100_000 };
    expect(Math.max(...(await steady({ ...long, step: 20, token: 0.15 })))).toBeLessThan(121);
});

it("measures the answers alone on a card, first of all and every now and then", async () => {
    const read = (await pieces({ ...card, token: 0.4, measured: 0 })).map(Number);
    expect(read.slice(0, 2)).toEqual([0, 16]);
    expect(Math.max(...read) * 0.4).toBeGreaterThan(10);
    const long = (await pieces({ ...card, unread: 3000, token: 0.4 })).map(Number);
    const pauses = long.flatMap((tokens, index) => (tokens === 0 ? [index] : []));
    expect(pauses).toEqual(pauses.map((_, index) => 33 * index + 32));
    expect(pauses.length).toBeGreaterThan(1);
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
