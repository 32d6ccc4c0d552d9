import {
    chmod,
    mkdir,
    mkdtemp,
    readdir,
    readFile,
    rename,
    rm,
    stat,
    symlink,
    writeFile,
} from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import { connectClient, type RedisClient } from "../../../adapters/redis/client.ts";
import { ensureRedis, type RedisHandle } from "../../../adapters/redis/embedded-server.ts";
import { inspectRedis } from "../../../adapters/redis/inspect.ts";
import type { ConversationStore } from "../../../src/ports.ts";
import { createLogger, type Logger } from "../../../src/log.ts";
import {
    exampleImage,
    exampleTurn,
    freshConversation,
} from "../../contracts/conversation-store.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import { packageRoot, serverProcessId, serversOn, startExternalRedis } from "../../setup/redis.ts";
import { testCipher } from "../../setup/cipher.ts";

const logger = createLogger("silent");
const bundled = join(packageRoot, "vendor/redis-server/linux-x64/redis-server");
const handles: RedisHandle[] = [];
let root: string;
let programs: string;

beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "bimedix2-embedded-"));
    programs = join(root, "bin");
    await mkdir(programs);
    vi.stubEnv("PATH", programs);
});
afterEach(async () => {
    await Promise.all(handles.splice(0).map((handle) => handle.close()));
    vi.unstubAllEnvs();
    vi.useRealTimers();
    expect(await serversOn(root)).toEqual([]);
    await rm(root, { recursive: true, force: true });
});

async function ensure(options: Partial<Parameters<typeof ensureRedis>[0]> = {}) {
    const handle = await ensureRedis({ dataFolder: root, packageRoot, logger, ...options });
    handles.push(handle);
    return handle;
}

function storeOn(client: RedisClient): ConversationStore {
    const limits = {
        cipher: testCipher,
        keyPrefix: "t:",
        expireAfterMs: 3_600_000,
        maxTurns: 1_000,
    };
    return createConversationStore(client, { ...limits, logger });
}

/** The files of the server that hold a text as it stands. */
async function filesWith(text: string): Promise<string[]> {
    const folder = join(root, "redis");
    const names = await readdir(folder, { recursive: true });
    const contents = await Promise.all(
        // A folder, the socket and a file that just went hold nothing.
        names.map((name) => readFile(join(folder, name), "latin1").catch(() => "")),
    );
    return names.filter((_, index) => contents[index]?.includes(text));
}

async function installProgram(name: string, script: string): Promise<void> {
    await writeFile(join(programs, name), `#!/bin/sh\n${script}\n`);
    await chmod(join(programs, name), 0o755);
}

describe("ensureRedis with nothing configured", () => {
    it("starts the bundled server, uses a running one, and stops it with its last user", async () => {
        const told: string[] = [];
        const warn = vi.fn<Logger["warn"]>();
        const first = await ensure({
            onProgress: (text) => told.push(text),
            logger: Object.assign(createLogger("silent"), { warn, error: warn }),
        });
        expect(first.source).toBe("bundled");
        expect(first.version).toBe("7.0.15");
        expect(told).toEqual(["Starting Redis 7.0.15 (bundled) …"]);
        const second = await ensure();
        expect(second.source).toBe("running");

        const client = await second.connect();
        await first.close();
        expect(await client.ping()).toBe("PONG");
        await second.close();
        expect(await serversOn(root)).toEqual([]);
        expect(warn).not.toHaveBeenCalled();
    });

    it("listens on no network and lets no other user in", async () => {
        const client = await (await ensure()).connect();
        expect(await client.configGet(["port", "unixsocketperm", "maxmemory-policy"])).toEqual({
            port: "0",
            unixsocketperm: "700",
            "maxmemory-policy": "noeviction",
        });
    });

    it("keeps the files to itself, also in a folder that was open to others", async () => {
        const folder = join(root, "redis");
        await mkdir(folder, { mode: 0o755 });
        await storeOn(await (await ensure()).connect()).update(freshConversation(), {
            turns: [exampleTurn(0)],
        });
        const names = await readdir(folder, { recursive: true });
        expect(names).toContain("appendonlydir/appendonly.aof.1.incr.aof");
        for (const name of ["", ...names]) {
            const { mode } = await stat(join(folder, name));
            expect([name, mode & 0o077]).toEqual([name, 0]);
        }
    });

    it("gives up a connection that is being made when the handle closes", async () => {
        const handle = await ensure();
        const connecting = handle.connect();
        const failed = expect(connecting).rejects.toMatchObject({ code: "store-unavailable" });
        await handle.close();
        await failed;
        expect(await serversOn(root)).toEqual([]);
    });

    it("starts one server however many processes ask at once", async () => {
        const all = await Promise.all(Array.from({ length: 8 }, () => ensure()));
        expect(all.filter((handle) => handle.source === "bundled")).toHaveLength(1);
        expect(await serversOn(root)).toHaveLength(1);
    });

    it("prefers the system's server", async () => {
        await symlink(bundled, join(programs, "valkey-server"));
        expect((await ensure()).source).toBe("system");
    });

    it("passes over a system's server that is too old for the data", async () => {
        await installProgram("redis-server", 'echo "Redis server v=6.0.16 sha=0"');
        expect((await ensure()).source).toBe("bundled");
    });

    it("passes over a system's server that cannot start", async () => {
        await installProgram(
            "redis-server",
            '[ "$1" = --version ] && echo "Redis server v=8.2.1 sha=0" || exit 1',
        );
        expect((await ensure()).source).toBe("bundled");
    });

    it("says what to install where there is no server at all", async () => {
        await expect(ensure({ packageRoot: root })).rejects.toMatchObject({
            code: "redis-missing",
            remedy: expect.stringContaining("REDIS_URL") as string,
        });
    });

    it("says where to look when no server can start", async () => {
        await mkdir(join(root, "redis", "appendonlydir"), { recursive: true });
        await writeFile(join(root, "redis/appendonlydir/appendonly.aof.manifest"), "damaged\n");
        await expect(ensure()).rejects.toMatchObject({
            code: "store-failed",
            message: expect.stringContaining("AOF manifest") as string,
            remedy: expect.stringContaining("redis.log") as string,
        });
        expect(await serversOn(root)).toEqual([]);
    });

    it("says so when the data folder cannot be written", async () => {
        await writeFile(join(root, "file"), "");
        await expect(ensure({ dataFolder: join(root, "file") })).rejects.toMatchObject({
            code: "store-failed",
            remedy: expect.stringContaining("access") as string,
        });
    });

    it("works in a folder whose path is too long for a socket", async () => {
        const dataFolder = join(root, "long ".repeat(40), "مجلد");
        await mkdir(dataFolder, { recursive: true });
        const first = await ensure({ dataFolder });
        const second = await ensure({ dataFolder });
        expect([first.source, second.source]).toEqual(["bundled", "running"]);
        const store = storeOn(await first.connect());
        const key = freshConversation();
        await store.update(key, { turns: [exampleTurn(0)] });
        expect(await storeOn(await second.connect()).read(key)).toEqual({
            turns: [exampleTurn(0)],
        });
    });
});

describe("a server of ours", () => {
    it("keeps all data over a stop and a start", async () => {
        const key = freshConversation();
        const image = exampleImage(5, 336);
        const before = await ensure();
        const change = { turns: [exampleTurn(0, [image])], images: [image] };
        await storeOn(await before.connect()).update(key, { ...change, chosenLanguage: "ar" });
        await before.close();

        const after = storeOn(await (await ensure()).connect());
        expect(await after.read(key)).toEqual({ turns: change.turns, chosenLanguage: "ar" });
        const stored = await after.readImage(key, image);
        expect(Buffer.compare(stored?.rgb ?? new Uint8Array(), image.rgb)).toBe(0);
    });

    it.each(["at the next start", "after half a day"])(
        "erases from the disk %s what a reset erased",
        async (moment) => {
            vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
            const first = await ensure();
            const store = storeOn(await first.connect());
            const key = freshConversation();
            const secret = randomUUID();
            // Texts are encrypted; the ids of pictures stand as they are.
            const images = [{ id: secret, side: 1 }];
            await store.update(key, { turns: [{ ...exampleTurn(0), images }] });
            await store.update(key, { reset: true });
            await store.update(key, { turns: [exampleTurn(2)] });
            expect(await filesWith(secret)).toHaveLength(1);

            // What a server that was killed during a rewrite leaves behind.
            const draft = join(root, "redis", "temp-rewriteaof-bg-1.aof");
            if (moment === "at the next start") {
                await first.close();
                await writeFile(draft, secret);
                await ensure();
            } else {
                vi.advanceTimersByTime(12 * 60 * 60 * 1000);
            }
            await vi.waitFor(async () => expect(await filesWith(secret)).toEqual([]), 10_000);
            const { turns } = await storeOn(await (await ensure()).connect()).read(key);
            expect(turns).toEqual([exampleTurn(2)]);
        },
    );

    // "everysec" holds changes back in memory while the disk is busy.
    it("has each change on the disk when it confirms it", async () => {
        const client = await (await ensure()).connect();
        expect(await client.configGet("append*")).toMatchObject({
            appendonly: "yes",
            appendfsync: "always",
        });
    });

    it("is brought up again when it is killed, without losing or halving a change", async () => {
        const client = await (await ensure()).connect();
        const store = storeOn(client);
        const key = freshConversation();
        const acknowledged = new Set<number>();
        const write = async (pair: number): Promise<void> => {
            const turns = [exampleTurn(pair * 2), exampleTurn(pair * 2 + 1)];
            await store.update(key, { turns });
            acknowledged.add(pair);
        };
        for (let round = 0; round < 3; round++) {
            const victim = await serverProcessId(client);
            const writing = Array.from({ length: 40 }, (_, index) => write(round * 40 + index));
            await Promise.race(writing);
            process.kill(victim, "SIGKILL");
            await Promise.all(writing);
        }

        const { turns } = await store.read(key);
        const pairs = turns.filter((_, index) => index % 2 === 0);
        expect(acknowledged.size).toBe(120);
        expect(pairs).toHaveLength(120);
        expect(turns).toHaveLength(240);
        for (const [index, turn] of turns.entries()) {
            if (index % 2 === 1) expect(turn.atMs).toBe((turns[index - 1]?.atMs ?? 0) + 1);
        }
    });

    it("is tried again until its folder can be written, and reported once meanwhile", async () => {
        const recorder = createRecordingLogger();
        const client = await (await ensure({ logger: recorder })).connect();
        const victim = await serverProcessId(client);
        const folder = join(root, "redis");
        await rename(folder, join(root, "aside"));
        await writeFile(folder, "");
        process.kill(victim, "SIGKILL");
        const reports = () =>
            recorder.entries.filter(({ sentence }) => sentence.includes("could not be started"));
        while (reports().length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
        expect(reports().map(({ level }) => level)).toEqual(
            reports().map((_, index) => (index === 0 ? "error" : "debug")),
        );
        await rm(folder);
        await rename(join(root, "aside"), folder);
        await vi.waitUntil(() => client.ping().catch(() => undefined), {
            timeout: 50_000,
            interval: 50,
        });
    });

    it("fails calls in bounded time while it is frozen, and serves again afterwards", async () => {
        const client = await (await ensure()).connect();
        const store = storeOn(client);
        const key = freshConversation();
        await store.update(key, { turns: [exampleTurn(0)] });
        const frozen = await serverProcessId(client);
        process.kill(frozen, "SIGSTOP");
        try {
            // Also what others (a queue) send on a connection of ours, without the store's limit.
            await expect(client.ping()).rejects.toThrow();
            const calls = [store.read(key), store.readImage(key, exampleImage(1)), store.read(key)];
            for (const outcome of await Promise.allSettled(calls)) {
                expect(outcome).toMatchObject({
                    status: "rejected",
                    reason: { code: "store-unavailable", retryable: true },
                });
            }
        } finally {
            process.kill(frozen, "SIGCONT");
        }
        expect(await store.read(key)).toEqual({ turns: [exampleTurn(0)] });
        expect(await serversOn(root)).toEqual([frozen]);
    }, 30_000);

    it("is replaced when its socket was deleted", async () => {
        const key = freshConversation();
        const client = await (await ensure()).connect();
        await storeOn(client).update(key, { turns: [exampleTurn(0)] });
        const lost = await serverProcessId(client);
        await rm(join(root, "redis", "redis.sock"));
        const second = await (await ensure()).connect();
        expect(await serverProcessId(second)).not.toBe(lost);
        expect((await storeOn(second).read(key)).turns).toHaveLength(1);
        expect((await storeOn(client).read(key)).turns).toHaveLength(1);
        expect(await serversOn(root)).toHaveLength(1);
    });

    it("stays while others use it, and its stale files hinder nobody when it was killed", async () => {
        const handle = await ensure();
        const socketPath = join(root, "redis", "redis.sock");
        const other = await connectClient({ address: { socketPath }, name: "other", logger });
        await handle.close();
        expect(await other.ping()).toBe("PONG");
        const pid = await serverProcessId(other);
        other.destroy();
        process.kill(pid, "SIGKILL");

        expect(await readdir(join(root, "redis"))).toContain("redis.sock");
        expect((await ensure()).source).toBe("bundled");
    });
});

describe("inspectRedis", () => {
    it("foresees, then describes the server, and changes nothing", async () => {
        const place = { dataFolder: join(root, "data"), packageRoot };
        const before = await inspectRedis(place);
        expect(before).toEqual({
            ok: true,
            summary: "Redis is not running; the product starts the bundled 7.0.15.",
        });
        expect(await readdir(root)).toEqual(["bin"]);
        await ensure({ dataFolder: place.dataFolder });
        expect(await inspectRedis(place)).toEqual({
            ok: true,
            summary: "Redis 7.0.15 is running on the data folder.",
        });
    });

    it("says when the system has a newer server than the one that runs", async () => {
        await ensure();
        await installProgram("redis-server", 'echo "Redis server v=7.10.2 sha=0"');
        const inspection = await inspectRedis({ dataFolder: root, packageRoot });
        expect(inspection.ok).toBe(true);
        expect(inspection.summary).toContain("The system has 7.10.2");
        expect(inspection.remedy).toContain("start it again");
    });

    it("names the remedy when there is no server, or REDIS_URL leads nowhere", async () => {
        const none = await inspectRedis({ dataFolder: root, packageRoot: root });
        expect(none).toMatchObject({
            ok: false,
            remedy: expect.stringContaining("Install") as string,
        });
        const url = "redis://:secret@127.0.0.1:1";
        const away = await inspectRedis({ url, dataFolder: root, packageRoot });
        expect(away.ok).toBe(false);
        expect(away.remedy).toContain("Start Redis");
        expect(JSON.stringify(away)).not.toContain("secret");
    });

    it("says when a Redis that others run would lose everything at its end", async () => {
        vi.unstubAllEnvs();
        const forgetful = await startExternalRedis();
        const url = `redis://127.0.0.1:${String(forgetful.port)}`;
        try {
            const inspection = await inspectRedis({ url, dataFolder: root, packageRoot });
            expect(inspection.ok).toBe(true);
            expect(inspection.remedy).toContain("appendonly yes");
        } finally {
            await forgetful.close();
        }
        const durable = await startExternalRedis(["--appendonly", "yes"]);
        try {
            const there = { url: url.replace(/\d+$/, String(durable.port)) };
            const inspection = await inspectRedis({ ...there, dataFolder: root, packageRoot });
            expect(inspection).toEqual({ ok: true, summary: inspection.summary });
        } finally {
            await durable.close();
        }
    });
});
