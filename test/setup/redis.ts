import { spawn, type ChildProcess } from "node:child_process";
import { randomInt, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { callRedis, type RedisClient } from "../../adapters/redis/client.ts";
import { ensureRedis, type RedisHandle } from "../../adapters/redis/embedded-server.ts";
import { findServerPrograms } from "../../adapters/redis/server-program.ts";
import { createLogger } from "../../src/log.ts";

/** The package's folder, as the product's `packageRoot`. */
export const packageRoot = resolve(import.meta.dirname, "../..");

/** A real Redis with a data folder of its own. */
export interface TestRedis {
    readonly client: RedisClient;
    readonly handle: RedisHandle;
    readonly dataFolder: string;
    /** A key prefix that nothing else uses. */
    freshPrefix(): string;
    /** Stops the server and removes its data. */
    close(): Promise<void>;
}

/** Starts a real Redis, as the product does with nothing configured. */
export async function startTestRedis(): Promise<TestRedis> {
    const dataFolder = await mkdtemp(join(tmpdir(), "bimedix2-redis-"));
    const handle = await ensureRedis({ dataFolder, packageRoot, logger: createLogger("silent") });
    return {
        client: await handle.connect(),
        handle,
        dataFolder,
        freshPrefix: () => `test-${randomUUID()}:`,
        async close() {
            await handle.close();
            await rm(dataFolder, { recursive: true, force: true });
        },
    };
}

/** The process number of the server behind a client. */
export async function serverProcessId(client: RedisClient): Promise<number> {
    const info = await callRedis(client, (bounded) => bounded.info("server"));
    return Number(/^process_id:(\d+)/m.exec(info)?.[1]);
}

/** The process numbers of all servers that run on folders within `folder`. */
export async function serversOn(folder: string): Promise<number[]> {
    const found: number[] = [];
    for (const name of await readdir("/proc")) {
        if (!/^\d+$/.test(name)) continue;
        const command = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
        if (/redis-server|valkey-server/.test(command) && command.includes(`${folder}/`)) {
            found.push(Number(name));
        }
    }
    return found;
}

/** A Redis on a TCP port, as an administrator would run one. */
export interface ExternalRedis {
    readonly port: number;
    close(): Promise<void>;
}

/** Starts a Redis with the given settings (`--name value` …) on a free port of the loopback. */
export async function startExternalRedis(settings: string[] = []): Promise<ExternalRedis> {
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-external-"));
    const [program] = await findServerPrograms(packageRoot);
    if (program === undefined) throw new Error("The tests need a redis-server.");
    const port = await freePort();
    const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, "--save", ""];
    const server = spawn(program.command, [...place, ...settings], { stdio: "ignore" });
    while (!(await listens(port))) await sleep(10);
    return {
        port,
        async close() {
            await endProcess(server);
            await rm(folder, { recursive: true, force: true });
        },
    };
}

/**
 * A port of the loopback that nobody uses. It lies below those that the system gives to whoever asks for any,
 * so that nobody gets it between now and its use; 10,000 above it is Redis Cluster's own.
 */
export async function freePort(): Promise<number> {
    for (;;) {
        const port = randomInt(10_000, 20_000);
        const server = createServer().listen(port, "127.0.0.1");
        try {
            await once(server, "listening");
        } catch {
            continue;
        }
        server.close();
        await once(server, "close");
        return port;
    }
}

/** Whether somebody listens on a port of the loopback. */
export async function listens(port: number): Promise<boolean> {
    const socket = connect(port, "127.0.0.1");
    try {
        await once(socket, "connect");
        return true;
    } catch {
        return false;
    } finally {
        socket.destroy();
    }
}

async function endProcess(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
}
