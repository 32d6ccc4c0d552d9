import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { once } from "node:events";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
    openConversationQueue,
    type ConversationQueue,
} from "../../../adapters/redis/conversation-queue.ts";
import { createMailbox } from "../../../adapters/redis/create-mailbox.ts";
import { ensureRedis } from "../../../adapters/redis/embedded-server.ts";
import { claimDeliveryScript } from "../../../adapters/redis/mailbox-delivery-scripts.ts";
import { claimScript } from "../../../adapters/redis/mailbox-turn-scripts.ts";
import type { QueueTimings } from "../../../adapters/redis/queue-timings.ts";
import type { ConversationKey } from "../../../src/message.ts";
import { isAppError } from "../../../src/errors.ts";
import { createLogger } from "../../../src/log.ts";
import type { DeliveryEnd, QueueLane } from "../../../src/queue-ports.ts";
import {
    account,
    eventually,
    freshChat,
    messageIn,
    replyOf,
    Shift,
} from "../../contracts/exchange-bench.ts";
import { quickTimings } from "../../setup/queue.ts";
import { packageRoot } from "../../setup/redis.ts";
import { startRedisNode, type RedisNode } from "../../setup/redis-topologies.ts";
import { testCipher } from "../../setup/cipher.ts";

vi.setConfig({ testTimeout: 120_000 });
const logger = createLogger("silent");
const limits = {
    cipher: testCipher,
    keyPrefix: "turns:",
    expireAfterMs: 3_600_000,
    maxTurns: 20,
    logger,
};
/** A call of Redis is given up after 5 s. */
const longerThanACallMs = 6_500;
const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
    for (const end of endings.splice(0).toReversed()) await end();
});

/** A relay to Redis, behind which the server seems to be frozen for a while. */
class Relay {
    readonly #server = createServer((incoming) => this.#join(incoming));
    readonly #toPort: number;
    readonly #waiting: (() => void)[] = [];
    #mark: string | undefined;
    #frozen = false;

    private constructor(toPort: number) {
        this.#toPort = toPort;
    }

    static async start(toPort: number): Promise<Relay> {
        const relay = new Relay(toPort);
        relay.#server.listen(0, "127.0.0.1");
        await once(relay.#server, "listening");
        endings.push(async () => {
            const closed = once(relay.#server, "close");
            relay.#server.close();
            await closed;
        });
        return relay;
    }

    get port(): number {
        return (this.#server.address() as AddressInfo).port;
    }

    /** Freezes at the next request that contains the mark, until its caller has given up. */
    freezeAt(mark: string): void {
        this.#mark = mark;
    }

    get hasFrozen(): boolean {
        return this.#mark === undefined;
    }

    #join(incoming: Socket): void {
        const outgoing = connect(this.#toPort, "127.0.0.1");
        incoming.on("error", () => outgoing.destroy());
        outgoing.on("error", () => incoming.destroy());
        // A frozen server has in its socket what came before the client hung up.
        incoming.on("close", () => this.#pass(() => outgoing.end()));
        outgoing.on("data", (reply) => incoming.write(reply));
        incoming.on("data", (request) => {
            if (this.#mark !== undefined && request.includes(this.#mark)) {
                this.#mark = undefined;
                this.#frozen = true;
                setTimeout(() => this.#thaw(), longerThanACallMs);
            }
            this.#pass(() => outgoing.write(request));
        });
    }

    #pass(step: () => void): void {
        if (this.#frozen) this.#waiting.push(step);
        else step();
    }

    #thaw(): void {
        this.#frozen = false;
        for (const step of this.#waiting.splice(0)) step();
    }
}

/** A queue whose mailbox, but not whose jobs, goes through a relay. */
async function openBehindRelay(
    node: RedisNode,
    timings: Partial<QueueTimings> = {},
    workerId = "worker",
) {
    const relay = await Relay.start(node.port);
    const common = { dataFolder: "/nonexistent", packageRoot, logger };
    const [direct, relayed] = await Promise.all(
        [node.port, relay.port].map((port) =>
            ensureRedis({ ...common, url: `redis://127.0.0.1:${port}` }),
        ),
    );
    if (direct === undefined || relayed === undefined) return expect.unreachable();
    const queue = await openConversationQueue(
        {
            connect: () => relayed.connect(),
            openQueueConnection: () => direct.openQueueConnection(),
        },
        {
            ...limits,
            workerId,
            quietMs: 0,
            atMostMs: 0,
            timings: { ...quickTimings, ...timings },
        },
    );
    endings.push(async () => {
        await queue.close();
        await relayed.close();
        await direct.close();
    });
    return { relay, queue, mailbox: createMailbox(await direct.connect(), limits) };
}

/** Answers every turn; notes each, and how many processes are said to have died of it. */
function answerAll(queue: ConversationQueue, lane: QueueLane): string[] {
    const taken: string[] = [];
    const shift = new Shift((options) =>
        queue.turns.work(
            lane,
            async (turn) => {
                taken.push(`${turn.id} ${turn.deaths}`);
                await turn.commit({ settled: turn.messages.length, reply: replyOf(turn.id) });
                return "done";
            },
            options,
        ),
    );
    endings.push(() => shift.end());
    return taken;
}

/** Ends every delivery in one way, and notes what was to be delivered. */
function deliverAll(queue: ConversationQueue, end: DeliveryEnd): string[] {
    const delivered: string[] = [];
    const shift = new Shift((options) =>
        queue.outbox.work(
            account,
            async (delivery) => {
                delivered.push((await delivery.reply())?.reply.text ?? "nothing");
                return end;
            },
            options,
        ),
    );
    endings.push(() => shift.end());
    return delivered;
}

async function startNode(): Promise<RedisNode> {
    const node = await startRedisNode();
    endings.push(() => node.remove());
    return node;
}

async function send(
    queue: ConversationQueue,
    conversation: ConversationKey,
    id: string,
    parts = {},
): Promise<void> {
    await queue.inbox.accept(messageIn(conversation, id, parts));
}

/** Sends a message as a platform does: again when the claim that freezes Redis came before it. */
async function sendPersistently(queue: ConversationQueue, id: string): Promise<void> {
    const message = messageIn(freshChat(), id);
    try {
        await queue.inbox.accept(message);
    } catch (error) {
        if (!isAppError(error, "store-unavailable")) throw error;
        await queue.inbox.accept(message);
    }
}

describe("a claim that failed, and that a frozen Redis carries out later", () => {
    it("is this process's all the same, and counts as no death", async () => {
        const { relay, queue } = await openBehindRelay(await startNode(), { leaseMs: 60_000 });
        const taken = answerAll(queue, "model");
        // Only a script that the server knows is carried out without a further round trip.
        await send(queue, freshChat(), "before");
        await eventually(() => taken.length === 1);
        relay.freezeAt(claimScript.sha1);
        await sendPersistently(queue, "1");
        await eventually(() => taken.length === 2);
        expect(relay.hasFrozen).toBe(true);
        expect(taken).toEqual(["before 0", "1 0"]);
    });

    it("is this process's all the same when it is one of deliveries", async () => {
        const { relay, queue } = await openBehindRelay(await startNode(), { leaseMs: 60_000 });
        answerAll(queue, "model");
        const delivered = deliverAll(queue, "delivered");
        await send(queue, freshChat(), "before");
        await eventually(() => delivered.length === 1);
        relay.freezeAt(claimDeliveryScript.sha1);
        await sendPersistently(queue, "1");
        await eventually(() => delivered.length === 2);
        expect(relay.hasFrozen).toBe(true);
        expect(delivered).toEqual(["before", "1"]);
    });
});

describe("a delivery whose end could not be stored", () => {
    it("is handed out again when its lease has run out", async () => {
        const node = await startNode();
        const { queue } = await openBehindRelay(node);
        answerAll(queue, "model");
        const index = `${limits.keyPrefix}{dead}`;
        await node.ask("SET", index, "not what is expected there");
        const delivered = deliverAll(queue, "dead");
        await send(queue, freshChat(), "1");
        await eventually(() => delivered.length === 1);
        await node.ask("DEL", index);
        await eventually(async () => (await queue.outbox.dead()).length === 1);
    });
});

describe("a command that is answered without a model", () => {
    it("leaves the conversation with the worker that knows it", async () => {
        const node = await startNode();
        // Else the look for forgotten conversations, at the start, may call the model for the command.
        await node.ask("SET", `${limits.keyPrefix}{fleet}:rescue`, "1");
        const { queue, mailbox } = await openBehindRelay(node, {}, "worker");
        const { queue: adapter } = await openBehindRelay(node, {}, "adapter");
        const [byModel, atDesk] = [answerAll(queue, "model"), answerAll(adapter, "desk")];
        const chat = freshChat();
        await send(queue, chat, "1");
        await eventually(async () => (await mailbox.ripeness(chat)).worker === "worker");
        await eventually(async () => (await mailbox.ripeness(chat)).holder === undefined);
        expect(byModel).toHaveLength(1);
        await send(queue, chat, "2", { command: { name: "language", argument: "ar" } });
        await eventually(() => atDesk.length === 1);
        await eventually(async () => (await mailbox.ripeness(chat)).waiting === 0);
        expect((await mailbox.ripeness(chat)).worker).toBe("worker");
    });
});
