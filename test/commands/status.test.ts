/** `bimedix2 status` beside a real Redis, on whose board processes say how they are. */
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ensureRedis } from "../../adapters/redis/embedded-server.ts";
import { createStatusBoard } from "../../adapters/redis/status-board.ts";
import { createLogger } from "../../src/log.ts";
import type { ProcessStatus } from "../../src/status-ports.ts";
import { type Ended, ProgramFolder } from "../setup/program.ts";
import { packageRoot, serversOn, startExternalRedis } from "../setup/redis.ts";

const logger = createLogger("silent");
let folder: ProgramFolder;

beforeEach(async () => {
    folder = await ProgramFolder.create();
});

afterEach(async () => {
    await folder.close();
});

const status = async (...args: readonly string[]): Promise<Ended> =>
    await folder.run(["status", ...args]);

/** What a process says that serves one bot with the demonstration model. */
function sound(id: string): ProcessStatus {
    const nowMs = Date.now();
    return {
        id,
        role: "all",
        version: "0.1.0",
        startedAtMs: nowMs - 120_000,
        seenAtMs: nowMs,
        residentBytes: 500_000_000,
        platforms: [
            { account: "telegram:1", condition: { name: "running" }, sinceMs: nowMs - 60_000 },
        ],
        model: {
            description: {
                name: "Demo",
                device: "CPU",
                contextTokens: 512,
                demonstration: true,
                vision: { status: "ready", imageSide: 336, imageTokens: 576 },
            },
            slots: 4,
            busy: 1,
        },
        failures: [],
        configuration: { appliedAtMs: nowMs - 60_000, afterRestart: [], faults: [] },
    };
}

/** Publishes on a Redis of the folder, looks, and lets the Redis end as with the last program. */
async function whileThereAre(
    processes: readonly ProcessStatus[],
    look: () => Promise<void>,
): Promise<void> {
    const dataFolder = join(folder.path, "data");
    const handle = await ensureRedis({ dataFolder, packageRoot, logger });
    try {
        const client = await handle.connect();
        const board = createStatusBoard(() => client, { keyPrefix: "bimedix2:", logger });
        for (const process of processes) await board.publish(process);
        await look();
    } finally {
        await handle.close();
    }
}

test("where nothing runs it says so and how to start, and starts and makes nothing", async () => {
    const { status: code, out } = await status();
    expect(code).toBe(1);
    expect(out).toMatch(/^FAULT {2}Nothing runs\. What to do: .*bimedix2 start/m);
    expect(JSON.parse((await status("--json")).out)).toMatchObject({ ok: false, running: false });
    expect(await readdir(folder.path)).toEqual(["clinic.yaml"]);
});

test("a sound clinic is all well, and a Redis that has ended is not started again", async () => {
    await whileThereAre([sound("one")], async () => {
        const { status: code, out } = await status();
        expect(code).toBe(0);
        expect(out).toContain("All is well.");
        expect(out).toMatch(/platform +telegram:1: running for/);
        expect(out).toMatch(/model +Demo, CPU, 1 of 4 places busy/);
        const { out: json } = await status("--json");
        expect(JSON.parse(json)).toMatchObject({
            ok: true,
            running: true,
            problems: [],
            processes: [{ id: "one" }],
            queue: { waiting: 0, dead: [] },
        });
    });
    expect(await serversOn(folder.path)).toEqual([]);
    expect((await status()).out).toContain("Nothing runs.");
    expect(await serversOn(folder.path)).toEqual([]);
});

test("a look from a folder without the clinic's keys neither makes one nor takes the Redis for its own", async () => {
    const redis = await startExternalRedis();
    const url = `redis://127.0.0.1:${redis.port}`;
    const dataFolder = join(folder.path, "clinic");
    const handle = await ensureRedis({ url, dataFolder, packageRoot, logger });
    try {
        await writeFile(join(folder.path, ".env"), `REDIS_URL=${url}\n`);
        const { out } = await status();
        expect(out).toContain("waiting     0 conversations");
        expect(out).toContain("Nothing runs.");
        expect(await readdir(folder.path)).not.toContain("data");
        const client = await handle.connect();
        expect(await client.get("bimedix2:{privacy}:naming")).toBeNull();
    } finally {
        await handle.close();
        await redis.close();
    }
});

test("what is wrong is named with its remedy, and one process that receives is enough", async () => {
    const failing = {
        account: "telegram:2",
        condition: { name: "failing", reason: "The token is refused.", remedy: "Ask @BotFather." },
        sinceMs: Date.now(),
    } as const;
    const broken: ProcessStatus = {
        ...sound("two"),
        platforms: [
            failing,
            { ...failing, account: "telegram:1" },
            { ...failing, account: "whatsapp-web:clinic", link: "qr" },
        ],
        configuration: {
            appliedAtMs: 0,
            afterRestart: ["model.profile"],
            faults: ["clinic.yaml, line 7: wrong"],
        },
    };
    await whileThereAre([sound("one"), broken], async () => {
        await writeFile(join(folder.path, "clinic.yaml"), "modle:\n");
        const { status: code, out } = await status();
        expect(code).toBe(1);
        const faults = out.split("\n").filter((line) => line.startsWith("FAULT"));
        expect(faults).toEqual([
            expect.stringContaining("The configuration has 1 fault"),
            expect.stringMatching(
                /telegram:2 .*The token is refused\. What to do: Ask @BotFather\./,
            ),
            expect.stringContaining("whatsapp-web:clinic is not linked"),
        ]);
        expect(out).toContain("needed for model.profile");
        expect(out).toContain("not applied: clinic.yaml, line 7: wrong");
    });
});

test("--watch shows it again and again, an object a line with --json, until it is stopped", async () => {
    const child = folder.launch(["status", "--watch", "--json"]);
    let lines = "";
    for await (const chunk of child.stdout ?? []) {
        lines += String(chunk);
        if (lines.split("\n").length > 2) break;
    }
    child.kill("SIGINT");
    const [first = "", second = ""] = lines.split("\n");
    expect(JSON.parse(first)).toEqual(JSON.parse(second));
});
