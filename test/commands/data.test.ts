import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../src/config.ts";
import { createLogger } from "../../src/log.ts";
import type { ConversationKey } from "../../src/message.ts";
import { packageRoot } from "../../src/package-root.ts";
import { openStorage, type Storage } from "../../src/storage.ts";
import { exampleImage, exampleTurn } from "../contracts/conversation-store.ts";

const loader = fileURLToPath(new URL("../setup/typescript-loader.mjs", import.meta.url));
const program = fileURLToPath(new URL("data-program.ts", import.meta.url));
const key: ConversationKey = "whatsapp-cloud:123:966500000001";
let folder: string;

beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-data-"));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

async function data(...args: readonly string[]) {
    return await new Promise<{ status: number; out: string; err: string }>((resolve) => {
        const child = execFile(
            process.execPath,
            ["--import", loader, program, "data", ...args],
            { cwd: folder, env: { PATH: process.env["PATH"] } },
            (_error, out, err) => resolve({ status: child.exitCode ?? -1, out, err }),
        );
        child.stdin?.end();
    });
}

async function json(...args: readonly string[]): Promise<Record<string, unknown>> {
    const { status, out, err } = await data(...args, "--json");
    expect({ status, err }).toEqual({ status: 0, err: "" });
    return JSON.parse(out) as Record<string, unknown>;
}

async function withStorage(work: (storage: Storage) => Promise<void>): Promise<void> {
    const config = loadConfig({ environment: {}, folder, packageRoot: packageRoot() });
    const patience = { withoutRedis: "fail" } as const;
    const storage = await openStorage(config, createLogger("silent"), () => undefined, patience);
    try {
        await work(storage);
    } finally {
        await storage.close();
    }
}

test("lists, exports, encrypts anew and erases, and writes down what it did", async () => {
    const image = exampleImage(1);
    const turns = [{ ...exampleTurn(0, [image]), text: "عندي صداع" }, exampleTurn(1)];
    await withStorage(async ({ store }) => {
        await store.update(key, { turns, images: [image] });
        // The program goes on while all this is done.
        const { conversations } = await json("list");
        expect(conversations).toMatchObject([{ platform: "whatsapp-cloud", turns: 2, waiting: 0 }]);
        expect(JSON.stringify(conversations)).not.toContain("9665");
        const [{ id }] = conversations as [{ readonly id: string }];
        expect((await data("list", "--show-addresses")).out).toContain(`${id}  whatsapp-cloud`);

        const first = await json("export", id, "--out", "all.json");
        expect(first).toMatchObject({ counts: { turns: 2, images: 1 }, unreadable: 0 });
        const exported = await readFile(join(folder, "all.json"), "utf8");
        expect(exported).toContain("عندي صداع");
        expect((await stat(join(folder, "all.json"))).mode & 0o777).toBe(0o600);
        expect(await data("export", key, "--out", "all.json")).toMatchObject({ status: 78 });
        await json("export", key, "--out", "beside.json", "--pictures", "pictures");
        expect((await stat(join(folder, "pictures", `${image.id}.png`))).size).toBeGreaterThan(0);

        const rotated = await json("rotate-key");
        const done = await json("reencrypt");
        expect(done).toMatchObject({ conversations: 1, rewritten: 3, key: rotated["key"] });
        expect(done["notNeeded"]).toEqual(rotated["former"]);
        const path = join(folder, "data/keys/data.key");
        const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
        await writeFile(path, lines.slice(0, -1).join("\n"));
        expect((await store.read(key)).turns).toHaveLength(2);

        expect(await data("erase", id)).toMatchObject({ status: 1, out: "" });
        const erased = await json("erase", id, "--yes");
        expect(erased).toMatchObject({ id, counts: { turns: 2, images: 1 } });
        expect(await store.read(key)).toEqual({ turns: [] });
        expect(await data("erase", key, "--yes")).toMatchObject({
            status: 1,
            err: expect.not.stringContaining("9665"),
        });
    });
    expect(await json("verify")).toMatchObject({ records: 3, faults: [] });
    const records = join(folder, "data/records.jsonl");
    const written = await readFile(records, "utf8");
    expect(written).not.toContain("9665");
    await writeFile(records, written.replace('"turns":2', '"turns":1'));
    expect(await data("verify")).toMatchObject({
        status: 1,
        out: expect.stringContaining("line 1: It was changed"),
    });
}, 180_000);

test("refuses data that another key has encrypted, and says what to do", async () => {
    await withStorage(async ({ store }) => await store.update(key, { turns: [exampleTurn(0)] }));
    await rm(join(folder, "data/keys/data.key"));
    expect(await data("list")).toMatchObject({
        status: 78,
        err: expect.stringMatching(/another|does not have.*\n.*BIMEDIX2_DATA_KEY/s),
    });
});

test("prints a new key only when it is asked to, and only the new value", async () => {
    const former = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString(
        "base64",
    );
    await writeFile(join(folder, ".env"), `BIMEDIX2_DATA_KEY=${former}\n`);
    const silent = await data("rotate-key");
    expect(silent.status).toBe(0);
    expect(silent.out).not.toMatch(/BIMEDIX2_DATA_KEY=/);
    const shown = await data("rotate-key", "--show");
    expect(shown.out.split("\n")[0]).toMatch(/^BIMEDIX2_DATA_KEY=[\w+/]{43}=,[\w+/]{43}=$/);
    expect(shown.out).toContain(`,${former}\n`);
});
