import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findServerPrograms } from "../../adapters/redis/server-program.ts";
import { freePort, listens, packageRoot } from "../setup/redis.ts";

/** A process that dies without warning and is started again, as an administrator's system does. */
export interface Victim {
    readonly name: string;
    /** `kill -9`, a short while, and a new start. Resolves when the new one has begun. */
    kill(downMs: number): Promise<void>;
    /** Ends it in order; after a while, by force. */
    stop(): Promise<void>;
}

const loader = fileURLToPath(new URL("../setup/typescript-loader.mjs", import.meta.url));
const program = fileURLToPath(new URL("process.ts", import.meta.url));

/** One of the product's processes, configured through its environment. */
export async function startProcess(
    name: string,
    environment: Readonly<Record<string, string>>,
): Promise<Victim> {
    const start = async (): Promise<ChildProcess> => {
        const child = spawn(process.execPath, ["--import", loader, program], {
            env: { PATH: process.env["PATH"], ...environment },
            stdio: ["ignore", "pipe", "inherit"],
        });
        await once(child.stdout, "data");
        return child;
    };
    return await victim(name, start);
}

/** A Redis on the loopback that keeps its data over its deaths, as an administrator would run it. */
export async function startRedis(folder: string): Promise<Victim & { readonly url: string }> {
    const [found] = await findServerPrograms(packageRoot);
    if (found === undefined) throw new Error("The test needs a redis-server.");
    const port = await freePort();
    const start = async (): Promise<ChildProcess> => {
        const settings = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];
        const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
        const child = spawn(found.command, [...place, ...settings], { stdio: "ignore" });
        while (!(await listens(port))) await sleep(10);
        return child;
    };
    return { ...(await victim("redis", start)), url: `redis://127.0.0.1:${String(port)}` };
}

async function victim(name: string, start: () => Promise<ChildProcess>): Promise<Victim> {
    let child = await start();
    return {
        name,
        kill: async (downMs) => {
            const died = once(child, "exit");
            child.kill("SIGKILL");
            await died;
            await sleep(downMs);
            child = await start();
        },
        stop: async () => {
            if (child.exitCode !== null || child.signalCode !== null) return;
            const ended = once(child, "exit");
            child.kill("SIGTERM");
            const force = setTimeout(() => child.kill("SIGKILL"), 30_000);
            await ended;
            clearTimeout(force);
        },
    };
}

/** The folder of a Redis below the run's folder. */
export function redisFolder(folder: string): string {
    return join(folder, "redis");
}
