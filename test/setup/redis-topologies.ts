import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "redis";
import { findServerPrograms } from "../../adapters/redis/server-program.ts";
import { freePort, listens, packageRoot } from "./redis.ts";

/** One server of several. */
export interface RedisNode {
    readonly port: number;
    /** Ends it as a crash would. */
    kill(): Promise<void>;
    /** Freezes it, until it is thawed. */
    freeze(): void;
    thaw(): void;
    /** Starts it again, with the data that it had. */
    start(): Promise<void>;
    /** Asks it something. */
    ask(...command: string[]): Promise<unknown>;
    /** Ends it and removes its data. */
    remove(): Promise<void>;
}

/** Starts a server on a free port of the loopback. Its data survive a crash. */
export async function startRedisNode(
    settings: readonly string[] = [],
    configuration?: (port: number) => string,
): Promise<RedisNode> {
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-node-"));
    const [program] = await findServerPrograms(packageRoot);
    if (program === undefined) throw new Error("The tests need a redis-server.");
    const port = await freePort();
    const file = join(folder, "server.conf");
    await writeFile(file, configuration?.(port) ?? "");
    const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
    let child: ChildProcess | undefined;
    const node: RedisNode = {
        port,
        async kill() {
            if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
            child.kill("SIGKILL");
            await once(child, "exit");
        },
        freeze: () => child?.kill("SIGSTOP"),
        thaw: () => child?.kill("SIGCONT"),
        async start() {
            child = spawn(program.command, [file, ...place, ...settings], { stdio: "ignore" });
            while (!(await listens(port))) await sleep(10);
        },
        async ask(...command) {
            const client = createClient({ RESP: 2, socket: { port } });
            client.on("error", () => undefined);
            await client.connect();
            try {
                return await client.sendCommand(command);
            } finally {
                client.destroy();
            }
        },
        async remove() {
            await node.kill();
            await rm(folder, { recursive: true, force: true });
        },
    };
    await node.start();
    return node;
}

/** Several servers that stand in for each other. */
export interface RedisTopology {
    /** REDIS_URL for all of them. */
    readonly url: string;
    readonly nodes: readonly RedisNode[];
    close(): Promise<void>;
}

/** A server that has on the disk what it has confirmed. */
export const durable = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];

/** A master, a replica, and a Sentinel that makes the replica the master after a second's silence. */
export async function startSentinelTopology(): Promise<RedisTopology> {
    const master = await startRedisNode(durable);
    const replicaOf = ["--replicaof", "127.0.0.1", String(master.port)];
    const replica = await startRedisNode([...durable, ...replicaOf]);
    const sentinel = await startRedisNode(["--sentinel"], () =>
        [
            `sentinel monitor clinic 127.0.0.1 ${master.port} 1`,
            "sentinel down-after-milliseconds clinic 1000",
            "sentinel failover-timeout clinic 3000",
            "",
        ].join("\n"),
    );
    const nodes = [master, replica, sentinel];
    while (!String(await master.ask("INFO", "replication")).includes("state=online")) {
        await sleep(50);
    }
    while (!String(await sentinel.ask("SENTINEL", "MASTER", "clinic")).includes("num-slaves,1")) {
        await sleep(50);
    }
    return {
        url: `redis-sentinel://127.0.0.1:${sentinel.port}/clinic`,
        nodes,
        close: async () => await removeAll(nodes),
    };
}

/** Three masters, and a replica of the first. */
export async function startClusterTopology(): Promise<RedisTopology> {
    const settings = [
        ...durable,
        ..."--cluster-enabled yes --cluster-node-timeout 1000".split(" "),
        ..."--cluster-require-full-coverage no --cluster-replica-validity-factor 0".split(" "),
    ];
    const nodes: RedisNode[] = [];
    for (let count = 0; count < 4; count++) nodes.push(await startRedisNode(settings));
    const [first, second, third, replica] = nodes as [RedisNode, RedisNode, RedisNode, RedisNode];
    await first.ask("CLUSTER", "ADDSLOTSRANGE", "0", "5460");
    await second.ask("CLUSTER", "ADDSLOTSRANGE", "5461", "10922");
    await third.ask("CLUSTER", "ADDSLOTSRANGE", "10923", "16383");
    for (const { port } of [second, third, replica]) {
        await first.ask("CLUSTER", "MEET", "127.0.0.1", String(port));
    }
    const firstId = String(await first.ask("CLUSTER", "MYID"));
    await settled(nodes, "cluster_known_nodes:4");
    await replica.ask("CLUSTER", "REPLICATE", firstId);
    await settled(nodes, "cluster_state:ok");
    while (!String(await first.ask("INFO", "replication")).includes("state=online")) {
        await sleep(50);
    }
    return {
        url: `redis-cluster://127.0.0.1:${first.port},127.0.0.1:${second.port}`,
        nodes,
        close: async () => await removeAll(nodes),
    };
}

async function settled(nodes: readonly RedisNode[], sign: string): Promise<void> {
    for (const node of nodes) {
        while (!String(await node.ask("CLUSTER", "INFO")).includes(sign)) await sleep(50);
    }
}

async function removeAll(nodes: readonly RedisNode[]): Promise<void> {
    await Promise.all(nodes.map(async (node) => await node.remove()));
}
