import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
    openConversationQueue,
    type ConversationQueue,
} from "../../../adapters/redis/conversation-queue.ts";
import { ensureRedis, type RedisHandle } from "../../../adapters/redis/embedded-server.ts";
import type { QueueTimings } from "../../../adapters/redis/queue-timings.ts";
import { isAppError } from "../../../src/errors.ts";
import { createLogger } from "../../../src/log.ts";
import {
    eventually,
    freshChat,
    gate,
    messageIn,
    replyOf,
    Shift,
} from "../../contracts/exchange-bench.ts";
import { Child } from "../../setup/child-process.ts";
import { quickTimings } from "../../setup/queue.ts";
import { packageRoot } from "../../setup/redis.ts";
import {
    durable,
    startClusterTopology,
    startRedisNode,
    startSentinelTopology,
    type RedisNode,
} from "../../setup/redis-topologies.ts";
import { testCipher } from "../../setup/cipher.ts";

// Processes and servers start slowly on a machine that has other work.
vi.setConfig({ testTimeout: 180_000 });
const program = fileURLToPath(new URL("./queue-worker.ts", import.meta.url));
const logger = createLogger("silent");
const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
    for (const end of endings.splice(0).toReversed()) await end();
});

async function startNode(): Promise<RedisNode> {
    const node = await startRedisNode(durable);
    endings.push(() => node.remove());
    return node;
}

/** One process with everything. */
class Clinic {
    readonly queue: ConversationQueue;
    readonly taken: string[] = [];
    readonly committed: string[] = [];
    readonly delivered: string[] = [];
    readonly #handle: RedisHandle;
    readonly #shifts: Shift[] = [];
    #busy = Promise.resolve();

    private constructor(handle: RedisHandle, queue: ConversationQueue) {
        this.#handle = handle;
        this.queue = queue;
    }

    static async open(
        url: string,
        workerId = "clinic",
        timings: Partial<QueueTimings> = {},
    ): Promise<Clinic> {
        const handle = await ensureRedis({ url, dataFolder: "/nonexistent", packageRoot, logger });
        const queue = await openConversationQueue(handle, {
            keyPrefix: "faults:",
            workerId,
            expireAfterMs: 3_600_000,
            maxTurns: 20,
            cipher: testCipher,
            quietMs: 10,
            atMostMs: 100,
            timings: { ...quickTimings, ...timings },
            logger,
        });
        const clinic = new Clinic(handle, queue);
        endings.push(() => clinic.close());
        return clinic;
    }

    /** Answers messages with their texts. */
    answer(): this {
        const model = { name: "", device: "", contextTokens: 1, demonstration: true } as const;
        const vision = { status: "unavailable", reason: "", remedy: "" } as const;
        const joining = { model: { ...model, vision }, slots: 4 };
        this.#shifts.push(
            new Shift(({ signal }) => this.queue.fleet.join(joining, signal)),
            new Shift((options) =>
                this.queue.turns.work(
                    "model",
                    async (turn) => {
                        const texts = turn.messages.map(({ message }) => message.text);
                        this.taken.push(`${turn.id} ${turn.deaths}`);
                        await this.#busy;
                        await turn.commit({
                            settled: texts.length,
                            reply: replyOf(texts.join("|")),
                        });
                        this.committed.push(...texts);
                        return "done";
                    },
                    options,
                ),
            ),
        );
        return this;
    }

    /** Lets turns take until the returned function is called. */
    beBusy(): () => void {
        const finish = gate();
        this.#busy = finish.opened;
        return () => finish.open();
    }

    /** Notes what is delivered. */
    deliver(): this {
        this.#shifts.push(
            new Shift((options) =>
                this.queue.outbox.work(
                    "telegram:clinic",
                    async (delivery) => {
                        const committed = await delivery.reply();
                        this.delivered.push(...(committed?.reply.text.split("|") ?? []));
                        return "delivered";
                    },
                    options,
                ),
            ),
        );
        return this;
    }

    /** Sends numbered messages to a few chats, again and again until each is accepted. */
    async send(count: number, during: (sent: number) => Promise<void>): Promise<string[]> {
        const chats = [freshChat(), freshChat(), freshChat(), freshChat(), freshChat()];
        const texts: string[] = [];
        for (let number = 0; number < count; number++) {
            const chat = chats[number % chats.length] ?? freshChat();
            const message = messageIn(chat, String(number));
            await eventually(() => this.#accepted(message));
            texts.push(message.text);
            await during(number);
            await sleep(5);
        }
        return texts;
    }

    async endWork(): Promise<void> {
        await Promise.all(this.#shifts.splice(0).map((shift) => shift.end()));
    }

    async close(): Promise<void> {
        await this.endWork();
        await this.queue.close();
        await this.#handle.close();
    }

    async #accepted(
        message: Parameters<ConversationQueue["inbox"]["accept"]>[0],
    ): Promise<boolean> {
        try {
            await this.queue.inbox.accept(message);
            return true;
        } catch (error) {
            if (isAppError(error, "store-unavailable")) return false;
            throw error;
        }
    }
}

function startWorker(node: RedisNode, turnMs: number, account?: string): Child {
    const url = `redis://127.0.0.1:${node.port}`;
    const values = [url, packageRoot, "faults:", String(turnMs)];
    const child = new Child(program, account === undefined ? values : [...values, account]);
    endings.push(() => child.kill());
    return child;
}

describe("nothing is lost and nothing is answered twice", () => {
    it("when Redis is killed in the middle of traffic", async () => {
        const node = await startNode();
        const clinic = (await Clinic.open(`redis://127.0.0.1:${node.port}`)).answer().deliver();
        const texts = await clinic.send(120, async (sent) => {
            if (sent !== 40 && sent !== 80) return;
            await node.kill();
            setTimeout(() => void node.start(), 300);
        });
        await eventually(() => new Set(clinic.delivered).size === texts.length);
        // An answer can be out before its worker has heard that it is stored.
        await eventually(() => clinic.committed.length >= texts.length);
        expect(clinic.committed.toSorted()).toEqual(texts.toSorted());
        expect(new Set(clinic.delivered)).toEqual(new Set(texts));
    });

    it("when Redis freezes for longer than every lease", async () => {
        const node = await startNode();
        const clinic = (await Clinic.open(`redis://127.0.0.1:${node.port}`)).answer().deliver();
        const texts = await clinic.send(30, async (sent) => {
            if (sent !== 15) return;
            node.freeze();
            setTimeout(() => node.thaw(), 4_000);
        });
        await eventually(() => new Set(clinic.delivered).size === texts.length);
        // An answer can be out before its worker has heard that it is stored.
        await eventually(() => clinic.committed.length >= texts.length);
        expect(clinic.committed.toSorted()).toEqual(texts.toSorted());
        expect(new Set(clinic.delivered)).toEqual(new Set(texts));
    });

    it("when a Sentinel makes the replica the master", async () => {
        const topology = await startSentinelTopology();
        endings.push(() => topology.close());
        const clinic = (await Clinic.open(topology.url)).answer().deliver();
        const texts = await clinic.send(60, async (sent) => {
            if (sent === 20) await topology.nodes[0]?.kill();
        });
        await eventually(() => new Set(clinic.delivered).size === texts.length);
        expect(new Set(clinic.delivered)).toEqual(new Set(texts));
    });

    it("when a replica takes over a third of a Redis Cluster", async () => {
        const topology = await startClusterTopology();
        endings.push(() => topology.close());
        const clinic = (await Clinic.open(topology.url)).answer().deliver();
        const texts = await clinic.send(60, async (sent) => {
            if (sent === 20) await topology.nodes[0]?.kill();
        });
        await eventually(() => new Set(clinic.delivered).size === texts.length);
        expect(new Set(clinic.delivered)).toEqual(new Set(texts));
    });

    it("when a worker is killed in the middle of a turn", async () => {
        const node = await startNode();
        const victim = startWorker(node, 600_000);
        await eventually(() => victim.said("ready"));
        const clinic = (await Clinic.open(`redis://127.0.0.1:${node.port}`)).deliver();
        await clinic.queue.inbox.accept(messageIn(freshChat(), "1"));
        await eventually(() => victim.said("took 1 0"));
        await victim.kill();
        clinic.answer();
        await eventually(() => clinic.delivered.length === 1);
        expect(clinic.taken).toEqual(["1 1"]);
    });

    it("when a worker is frozen, and wakes after another has taken over", async () => {
        const node = await startNode();
        const victim = startWorker(node, 3_000);
        await eventually(() => victim.said("ready"));
        const clinic = (await Clinic.open(`redis://127.0.0.1:${node.port}`)).deliver();
        await clinic.queue.inbox.accept(messageIn(freshChat(), "1"));
        await eventually(() => victim.said("took 1 0"));
        victim.freeze();
        clinic.answer();
        await eventually(() => clinic.delivered.length === 1);
        victim.thaw();
        await eventually(() => victim.said("aborted 1"));
        expect(victim.said("committed")).toBe(false);
        expect(clinic.delivered).toEqual(["Text 1"]);
    });

    it("when Redis has lost the calls to conversations, but not the conversations", async () => {
        const node = await startNode();
        const url = `redis://127.0.0.1:${node.port}`;
        const clinic = (await Clinic.open(url, "clinic", { rescueMs: 500 })).answer();
        await clinic.queue.inbox.accept(messageIn(freshChat(), "1"));
        await eventually(() => clinic.committed.length === 1);
        await clinic.endWork();
        await clinic.queue.inbox.accept(messageIn(freshChat(), "2"));
        for (const key of (await node.ask("KEYS", "faults:{queue}*")) as string[]) {
            await node.ask("DEL", key);
        }
        clinic.answer().deliver();
        await eventually(() => clinic.delivered.length === 2);
        expect(new Set(clinic.delivered)).toEqual(new Set(["Text 1", "Text 2"]));
    });

    it("when a deliverer is killed while it waits for the reply", async () => {
        const node = await startNode();
        const victim = startWorker(node, 600_000, "telegram:clinic");
        await eventually(() => victim.said("ready"));
        const clinic = await Clinic.open(`redis://127.0.0.1:${node.port}`);
        await clinic.queue.inbox.accept(messageIn(freshChat(), "1"));
        await eventually(() => victim.said("took 1 0"));
        await victim.kill();
        clinic.deliver().answer();
        await eventually(() => clinic.delivered.length === 1);
        expect(clinic.delivered).toEqual(["Text 1"]);
    });
});

describe("a conversation stays with the worker that knows it", () => {
    it("as long as that worker lives", async () => {
        const node = await startNode();
        const url = `redis://127.0.0.1:${node.port}`;
        const first = (await Clinic.open(url, "first")).answer();
        const chat = freshChat();
        const ask = async (number: number): Promise<void> => {
            await first.queue.inbox.accept(messageIn(chat, String(number)));
            await eventually(() => both().length > number);
        };
        const second = await Clinic.open(url, "second");
        const both = (): string[] => [...first.taken, ...second.taken];
        await eventually(async () => (await first.queue.fleet.workers()).length === 1);
        await ask(0);
        second.answer();
        await eventually(async () => (await first.queue.fleet.workers()).length === 2);
        for (let number = 1; number < 8; number++) await ask(number);
        expect(second.taken).toEqual([]);
        await first.endWork();
        await ask(8);
        expect(second.taken).toEqual(["8 0"]);
    });
});

describe("a conversation does not wait for the worker that knows it", () => {
    /** Two workers of which the first has answered the chat, and who takes it for free and alive. */
    async function acquainted() {
        const node = await startNode();
        const url = `redis://127.0.0.1:${node.port}`;
        const first = (await Clinic.open(url, "first")).answer();
        const chat = freshChat();
        await eventually(async () => (await first.queue.fleet.workers()).length === 1);
        const stale = await Clinic.open(url, "gate", { glanceMs: 3_600_000 });
        await stale.queue.inbox.accept(messageIn(chat, "1"));
        await eventually(() => first.taken.length === 1);
        // A conversation with a past makes the gate look who is alive, for the last time.
        await stale.queue.inbox.accept(messageIn(chat, "2"));
        await eventually(() => first.taken.length === 2);
        return { first, door: stale, chat, second: await Clinic.open(url, "second") };
    }

    it("when that worker is busy with others", async () => {
        const { first, door, chat, second } = await acquainted();
        const finish = first.beBusy();
        for (let other = 0; other < 4; other++) {
            await door.queue.inbox.accept(messageIn(freshChat(), "1"));
        }
        await eventually(() => first.taken.length === 6);
        await door.queue.inbox.accept(messageIn(chat, "3"));
        second.answer();
        await eventually(() => second.taken.includes("3 0"));
        finish();
    });

    it("when that worker has ended", async () => {
        const { first, door, chat, second } = await acquainted();
        await first.endWork();
        second.answer();
        await door.queue.inbox.accept(messageIn(chat, "3"));
        await eventually(() => second.taken.includes("3 0"));
    });
});

describe("a name that one process holds", () => {
    const timings = { leaseMs: 300, renewMs: 50 };

    /** A process whose task runs; how often it began, and the signals that it got. */
    async function holder() {
        const node = await startNode();
        const clinic = await Clinic.open(`redis://127.0.0.1:${node.port}`, "clinic", timings);
        const over = new AbortController();
        const signals: AbortSignal[] = [];
        const task = async (signal: AbortSignal): Promise<void> => {
            signals.push(signal);
            while (!signal.aborted) await sleep(5);
        };
        const held = clinic.queue.fleet.hold("name", task, over.signal);
        endings.push(async () => {
            over.abort();
            await held;
        });
        await eventually(() => signals.length === 1);
        return { node, signals };
    }

    it("stays with it while Redis is away, however long that is", async () => {
        const { node, signals } = await holder();
        await node.kill();
        await sleep(4 * timings.leaseMs);
        expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
        await node.start();
        const key = "faults:{fleet}:hold:name";
        await eventually(async () => Number(await node.ask("PTTL", key)) > 0);
        expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
    });

    it("is another's as soon as Redis says so", async () => {
        const { node, signals } = await holder();
        const key = "faults:{fleet}:hold:name";
        await node.ask("SET", key, "another process");
        await eventually(() => signals[0]?.aborted);
        expect(signals).toHaveLength(1);
        await node.ask("DEL", key);
        await eventually(() => signals.length === 2);
    });
});

describe("a call while Redis is away", () => {
    it("fails as unavailable, and is made good by its repetition", async () => {
        const node = await startNode();
        const clinic = await Clinic.open(`redis://127.0.0.1:${node.port}`);
        await node.kill();
        const message = messageIn(freshChat(), "1");
        const { inbox } = clinic.queue;
        await expect(inbox.accept(message)).rejects.toMatchObject({ code: "store-unavailable" });
        await node.start();
        clinic.answer().deliver();
        await inbox.accept(message);
        await eventually(() => clinic.delivered.length === 1);
        expect(clinic.delivered).toEqual(["Text 1"]);
    });

    it("does not keep a process from ending", async () => {
        const node = await startNode();
        const clinic = (await Clinic.open(`redis://127.0.0.1:${node.port}`)).answer().deliver();
        await clinic.queue.inbox.accept(messageIn(freshChat(), "1"));
        await eventually(() => clinic.delivered.length === 1);
        await node.kill();
        await clinic.endWork();
        await clinic.queue.close();
    });
});
