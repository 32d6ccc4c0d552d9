import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
    type ConversationQueue,
    openConversationQueue,
} from "../adapters/redis/conversation-queue.ts";
import { createConversationStore } from "../adapters/redis/conversation-store.ts";
import { ensureRedis, type RedisHandle } from "../adapters/redis/embedded-server.ts";
import { createLogger } from "../src/log.ts";
import type { ConversationKey, InboundMessage, Turn } from "../src/message.ts";
import { packageRoot } from "../src/package-root.ts";
import type { OpenTurn, TurnEnd } from "../src/queue-ports.ts";
import { testCipher } from "../test/setup/cipher.ts";

/** The real queue on a Redis of its own, with a model and a platform that do nothing else. */
export interface BenchExchange {
    readonly connect: RedisHandle["openQueueConnection"];
    /** Bytes that Redis uses. */
    readonly redisBytes: () => Promise<number>;
    accept(message: InboundMessage): Promise<void>;
    /** Resolves at the conversation's next delivery. */
    delivered(key: ConversationKey): Promise<void>;
    /** Appends turns to a conversation. */
    fill(key: ConversationKey, turns: number): Promise<void>;
    close(): Promise<void>;
}

/** How it is set up. */
export interface BenchExchangeOptions {
    readonly maxTurns: number;
    /** Conversations that are answered at once. */
    readonly places?: number;
    /** How long the model takes; called when a turn begins. */
    readonly answerMs?: (key: ConversationKey) => number;
}

const keyPrefix = "bench:";
const account = "telegram:1";

/** Starts a Redis and one process's worth of the product. */
export async function openBenchExchange({
    maxTurns,
    places = 32,
    answerMs,
}: BenchExchangeOptions): Promise<BenchExchange> {
    const logger = createLogger("silent");
    const dataFolder = await mkdtemp(join(tmpdir(), "bimedix2-bench-"));
    const redis = await ensureRedis({ dataFolder, packageRoot: packageRoot(), logger });
    const kept = { cipher: testCipher, keyPrefix, expireAfterMs: 86_400_000, maxTurns, logger };
    const queue = await openConversationQueue(redis, { ...kept, quietMs: 0, atMostMs: 0 });
    const client = await redis.connect();
    const store = createConversationStore(client, kept);
    const deliveries = new Map<ConversationKey, () => void>();
    const stop = new AbortController();
    const working = work(queue, { places, answerMs, deliveries }, stop.signal);
    return {
        connect: () => redis.openQueueConnection(),
        redisBytes: async () =>
            Number(/^used_memory:(\d+)/m.exec(await client.info("memory"))?.[1]),
        accept: async (message) => {
            await queue.inbox.accept(message);
        },
        delivered: async (key) => {
            await new Promise<void>((resolve) => deliveries.set(key, resolve));
        },
        fill: async (key, turns) => {
            await store.update(key, { turns: Array.from({ length: turns }, exampleTurn) });
        },
        close: async () => {
            stop.abort();
            await working;
            await queue.close();
            await redis.close();
            await rm(dataFolder, { recursive: true, force: true });
        },
    };
}

interface Duties {
    readonly places: number;
    readonly answerMs: BenchExchangeOptions["answerMs"];
    readonly deliveries: Map<ConversationKey, () => void>;
}

async function work(
    queue: ConversationQueue,
    { places, answerMs, deliveries }: Duties,
    signal: AbortSignal,
): Promise<void> {
    const options = (concurrency: number) => ({ concurrency, signal, finishWithinMs: 5_000 });
    const answer = async (turn: OpenTurn): Promise<TurnEnd> => {
        if (answerMs) await sleep(answerMs(turn.conversation));
        const text = "Rest in a quiet room and drink water.";
        await turn.commit({
            settled: turn.messages.length,
            reply: { text, language: "en" },
            change: { turns: [exampleTurn({}, 0), exampleTurn({}, 1)] },
        });
        return "done";
    };
    await Promise.all([
        queue.turns.work("model", answer, options(places)),
        queue.outbox.work(
            account,
            async (delivery) => {
                await delivery.reply();
                const { conversation } = delivery.to;
                const resolve = deliveries.get(conversation);
                deliveries.delete(conversation);
                resolve?.();
                return "delivered";
            },
            options(500),
        ),
    ]);
}

function exampleTurn(_: unknown, index: number): Turn {
    return {
        role: index % 2 === 0 ? "user" : "assistant",
        text: "I have had a headache since yesterday, what should I do?",
        language: "en",
        atMs: 1_700_000_000_000 + index,
        images: [],
    };
}
