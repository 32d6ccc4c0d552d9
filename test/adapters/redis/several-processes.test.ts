import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import { ensureRedis } from "../../../adapters/redis/embedded-server.ts";
import { createLogger } from "../../../src/log.ts";
import { freshConversation } from "../../contracts/conversation-store.ts";
import { packageRoot, serverProcessId, serversOn } from "../../setup/redis.ts";
import { testCipher } from "../../setup/cipher.ts";

const loader = fileURLToPath(new URL("../../setup/typescript-loader.mjs", import.meta.url));
const program = fileURLToPath(new URL("./contender.ts", import.meta.url));
const logger = createLogger("silent");
// Starting a Node.js takes seconds on a machine that has other work.
vi.setConfig({ testTimeout: 180_000 });
let dataFolder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), "bimedix2-several-"));
});
afterEach(async () => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    for (const pid of await serversOn(dataFolder)) process.kill(pid, "SIGKILL");
    await rm(dataFolder, { recursive: true, force: true, maxRetries: 5 });
});

/** A product process of its own, and what it has stored so far. */
class Contender {
    readonly conversation = freshConversation();
    readonly #child: ChildProcess;
    #stored = 0;
    #over = false;
    #wake: (() => void) | undefined;

    constructor() {
        const place = [dataFolder, packageRoot, this.conversation];
        this.#child = spawn(process.execPath, ["--import", loader, program, ...place], {
            stdio: ["pipe", "pipe", "inherit"],
        });
        children.push(this.#child);
        if (this.#child.stdout === null) throw new Error("no output");
        createInterface({ input: this.#child.stdout }).on("line", (line) => {
            this.#stored = Number(line) + 1;
            this.#wake?.();
        });
        this.#child.once("exit", () => {
            this.#over = true;
            this.#wake?.();
        });
    }

    get stored(): number {
        return this.#stored;
    }

    async untilStored(count: number): Promise<void> {
        while (this.#stored < count) {
            if (this.#over) throw new Error("A contender ended too early.");
            await new Promise<void>((wake) => (this.#wake = wake));
        }
    }

    async end(how: "in order" | "killed"): Promise<void> {
        const exited = once(this.#child, "close");
        if (how === "killed") this.#child.kill("SIGKILL");
        else this.#child.stdin?.end();
        await exited;
    }
}

/** What was stored may have been so before the server went: the new one comes soon. */
async function untilOneServer(): Promise<void> {
    await expect.poll(() => serversOn(dataFolder), { timeout: 60_000 }).toHaveLength(1);
}

it("several processes share one server, whoever is killed, and the last one stops it", async () => {
    const contenders = [new Contender(), new Contender(), new Contender()];
    const [first, second, third] = contenders as [Contender, Contender, Contender];
    await Promise.all(contenders.map((contender) => contender.untilStored(20)));
    const servers = await serversOn(dataFolder);
    expect(servers).toHaveLength(1);

    // The server goes, all still write; exactly one of them brings it up again.
    for (const pid of servers) process.kill(pid, "SIGKILL");
    await Promise.all(contenders.map((one) => one.untilStored(one.stored + 20)));
    await untilOneServer();

    // A process and the server go together, the others go on.
    await first.end("killed");
    for (const pid of await serversOn(dataFolder)) process.kill(pid, "SIGKILL");
    await Promise.all([second, third].map((one) => one.untilStored(one.stored + 20)));
    await untilOneServer();

    await second.end("in order");
    await third.untilStored(third.stored + 20);
    await third.end("in order");
    expect(await serversOn(dataFolder)).toEqual([]);

    const handle = await ensureRedis({ dataFolder, packageRoot, logger });
    const limits = {
        cipher: testCipher,
        keyPrefix: "contenders:",
        expireAfterMs: 3_600_000,
        maxTurns: 100_000,
    };
    const store = createConversationStore(await handle.connect(), { ...limits, logger });
    for (const contender of contenders) {
        const { turns } = await store.read(contender.conversation);
        // Nothing acknowledged is missing, nothing is doubled; the killed one may have stored one
        // more than it could still tell.
        expect(turns.map((turn) => Number(turn.text))).toEqual(turns.map((_, index) => index));
        expect(turns.length).toBeGreaterThanOrEqual(contender.stored);
        expect(turns.length).toBeLessThanOrEqual(contender.stored + 1);
    }
    await handle.close();
});

it("a process that is killed while it starts the server leaves nothing that hinders the next", async () => {
    const log = join(dataFolder, "redis", "redis.log");
    for (const moment of ["before the server runs", "while it is used"]) {
        const victim = new Contender();
        if (moment === "while it is used") await victim.untilStored(1);
        // The log is opened after the lock was taken and before the server starts.
        else while (!existsSync(log)) await sleep(1);
        await victim.end("killed");
        const handle = await ensureRedis({ dataFolder, packageRoot, logger });
        const client = await handle.connect();
        expect(await serversOn(dataFolder)).toEqual([await serverProcessId(client)]);
        await handle.close();
        expect(await serversOn(dataFolder)).toEqual([]);
    }
});
