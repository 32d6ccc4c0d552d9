/**
 * What the queue carries: messages through inbox, turn, outbox and delivery with a model and a
 * platform that answer at once, on a real Redis. The peer is the same number of jobs through a bare
 * BullMQ queue, without order, store or delivery.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Queue, Worker } from "bullmq";
import type { ConversationKey, InboundMessage } from "../src/message.ts";
import { type BenchExchange, openBenchExchange } from "./bench-exchange.ts";
import { median } from "./percentile.ts";

const conversations = 200;
const throughputMessages = 10_000;
const memoryMessages = 100_000;
const samples = 400;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Measures and prints one JSON line. */
export async function run(): Promise<void> {
    const perSecond = await withExchange({ maxTurns: 50 }, async (exchange) => {
        await carry(exchange, 1_000);
        return await rate(throughputMessages, () => carry(exchange, throughputMessages));
    });
    const bare = await withExchange({ maxTurns: 50 }, async ({ connect }) => {
        return await rate(throughputMessages, () => carryBare(connect, throughputMessages));
    });
    const memory = await withExchange({ maxTurns: 50 }, measureMemory);
    const turns = await withExchange({ maxTurns: 2_000 }, measureTurns);
    const store = await withExchange({ maxTurns: 50 }, measureStore);
    console.log(
        JSON.stringify({
            benchmark: "queue",
            conversations,
            messagesPerSecond: Math.round(perSecond),
            bareBullmqJobsPerSecond: Math.round(bare),
            ratio: round(perSecond / bare),
            memory,
            turns,
            store,
            target: { turnsRatio: 1.2, storeRatio: 1.2, memoryRatio: 1.2 },
        }),
    );
}

/** Heap and Redis after the first fifth of the messages, by which time every store is full, and at the end. */
async function measureMemory(exchange: BenchExchange): Promise<object> {
    await carry(exchange, memoryMessages / 5);
    const before = await memoryOf(exchange);
    await carry(exchange, (memoryMessages / 5) * 4);
    const after = await memoryOf(exchange);
    return {
        messages: memoryMessages,
        heapMiB: [mebibytes(before.heap), mebibytes(after.heap)],
        redisMiB: [mebibytes(before.redis), mebibytes(after.redis)],
        heapRatio: round(after.heap / before.heap),
        redisRatio: round(after.redis / before.redis),
    };
}

async function memoryOf({ redisBytes }: BenchExchange): Promise<{ heap: number; redis: number }> {
    collectGarbage();
    return { heap: process.memoryUsage().heapUsed, redis: await redisBytes() };
}

/** A message in a conversation of 10 turns and in one of 1,000, in alternation. */
async function measureTurns(exchange: BenchExchange): Promise<object> {
    const short: number[] = [];
    const long: number[] = [];
    for (let sample = 0; sample < samples; sample += 1) {
        // A fresh pair now and then: the short one must stay short.
        const pair = Math.floor(sample / 10);
        const [few, many] = [conversation(10_000 + pair), conversation(20_000 + pair)];
        if (sample % 10 === 0) {
            await exchange.fill(few, 10);
            await exchange.fill(many, 1_000);
            await oneWay(exchange, few);
            await oneWay(exchange, many);
        }
        short.push(await oneWay(exchange, few));
        long.push(await oneWay(exchange, many));
    }
    return {
        messageMs: { after10Turns: round(median(short)), after1000Turns: round(median(long)) },
        ratio: round(median(long) / median(short)),
    };
}

/** A message in a store of 100 conversations, and in one of 100,000. */
async function measureStore(exchange: BenchExchange): Promise<object> {
    const measure = async (): Promise<number> => {
        const times: number[] = [];
        for (let sample = 0; sample < samples; sample += 1) {
            times.push(await oneWay(exchange, conversation(sample % 100)));
        }
        return median(times);
    };
    for (let chat = 0; chat < 100; chat += 1) await exchange.fill(conversation(chat), 10);
    await measure();
    const small = await measure();
    for (let chat = 100; chat < 100_000; chat += 100) {
        const some = Array.from({ length: 100 }, (_, index) => conversation(chat + index));
        await Promise.all(some.map((key) => exchange.fill(key, 10)));
    }
    const large = await measure();
    return {
        messageMs: { of100Conversations: round(small), of100000Conversations: round(large) },
        ratio: round(large / small),
    };
}

let count = 0;

function message(key: ConversationKey): InboundMessage {
    count += 1;
    return {
        id: String(count),
        conversation: key,
        receivedAtMs: Date.now(),
        text: "I have had a headache since yesterday, what should I do?",
        attachments: [],
    };
}

function conversation(chat: number): ConversationKey {
    return `telegram:1:${String(chat)}`;
}

/** Milliseconds from one message's arrival to its reply's delivery. */
async function oneWay(exchange: BenchExchange, key: ConversationKey): Promise<number> {
    const one = message(key);
    const startedAtMs = performance.now();
    const delivered = exchange.delivered(key);
    await exchange.accept(one);
    await delivered;
    return performance.now() - startedAtMs;
}

/** All conversations at once, each with its next message after the reply to its last. */
async function carry(exchange: BenchExchange, messages: number): Promise<void> {
    const each = messages / conversations;
    const all = Array.from({ length: conversations }, async (_, chat) => {
        for (let sent = 0; sent < each; sent += 1) await oneWay(exchange, conversation(chat));
    });
    await Promise.all(all);
}

async function carryBare(connect: BenchExchange["connect"], jobs: number): Promise<void> {
    const connections = [connect(), connect()] as const;
    const queue = new Queue("bare", { connection: connections[0] });
    let done = 0;
    let finish = (): void => undefined;
    const finished = new Promise<void>((resolve) => {
        finish = resolve;
    });
    const worker = new Worker(
        "bare",
        () => {
            done += 1;
            if (done === jobs) finish();
            return Promise.resolve();
        },
        { connection: connections[1], concurrency: 50, removeOnComplete: { count: 0 } },
    );
    const senders = Array.from({ length: conversations }, async () => {
        for (let sent = 0; sent < jobs / conversations; sent += 1) await queue.add("job", {});
    });
    await Promise.all(senders);
    await finished;
    await worker.close();
    await queue.close();
    for (const connection of connections) connection.disconnect();
}

async function rate(messages: number, work: () => Promise<void>): Promise<number> {
    const startedAtMs = performance.now();
    await work();
    return messages / ((performance.now() - startedAtMs) / 1000);
}

async function withExchange<Result>(
    options: { readonly maxTurns: number },
    work: (exchange: BenchExchange) => Promise<Result>,
): Promise<Result> {
    const exchange = await openBenchExchange(options);
    try {
        return await work(exchange);
    } finally {
        await exchange.close();
    }
}

function mebibytes(bytes: number): number {
    return round(bytes / 2 ** 20);
}

function round(value: number): number {
    return Math.round(value * 100) / 100;
}
