/** The composition root's part for Redis: the store of conversations, and the queue. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { RedisClient } from "../adapters/redis/client.ts";
import {
    type ConversationQueue,
    openConversationQueue,
} from "../adapters/redis/conversation-queue.ts";
import { createConversationStore } from "../adapters/redis/conversation-store.ts";
import { openConversationNames } from "../adapters/redis/conversation-names.ts";
import { createCounters } from "../adapters/redis/counters.ts";
import { ensureRedis, type RedisHandle } from "../adapters/redis/embedded-server.ts";
import { createPatientData } from "../adapters/redis/patient-data.ts";
import { createLimits } from "../adapters/redis/rate-limits.ts";
import { type Reencryption, reencrypt } from "../adapters/redis/reencrypt.ts";
import { createReceiptLedger } from "../adapters/redis/receipt-ledger.ts";
import { createStatusBoard } from "../adapters/redis/status-board.ts";
import type { Config } from "./config.ts";
import { lateStore, reached } from "./conversation/late-store.ts";
import { AppError, isAppError } from "./errors.ts";
import { describeError, type Logger } from "./log.ts";
import { packageRoot } from "./package-root.ts";
import type { PlatformAccount } from "./message.ts";
import type { ConversationStore, MessageLedger, ReceiptLedger } from "./ports.ts";
import type { Cipher, PatientData } from "./privacy-ports.ts";
import { openCipher } from "./privacy/open-cipher.ts";
import type { Limits, LimitSettings, SafetyCounters } from "./safety-ports.ts";
import type { Exchange } from "./serve.ts";
import type { CaseBook, Postbox, SummaryQueue } from "./staff-ports.ts";
import type { StatusBoard } from "./status-ports.ts";
import { wait } from "./wait.ts";

/** What is being done, for a progress line. */
export type OnProgress = (step: string, percent?: number) => void;

/** What is kept outside the process, until it is closed. */
export interface Storage {
    readonly store: ConversationStore;
    /** Which Redis is used, for the administrator. */
    readonly description: string;
    /** Names this process among the clinic's; people read it in `bimedix2 queue` and `status`. */
    readonly processId: string;
    /**
     * The queue that all processes of the clinic share. Resolves when Redis has been reached.
     *
     * @throws `aborted` when the storage was closed before.
     */
    openExchange(): Promise<Exchange>;
    /** What all processes know of an account's messages; knows nothing before the queue is open. */
    ledger(account: PlatformAccount): MessageLedger;
    /** Writes into conversations; possible once the queue is open. */
    readonly postbox: Postbox;
    /** Which conversation a code means; known once the queue is open. */
    readonly cases: CaseBook;
    /** Asks workers for summaries; possible once the queue is open. */
    readonly summaries: Pick<SummaryQueue, "ask">;
    /** What platforms have confirmed. */
    readonly receipts: ReceiptLedger;
    /** What is kept of each patient; for the patient and the clinic. */
    readonly data: PatientData;
    /** Seals everything with the current key. Tells now and then how many conversations are done. */
    reencrypt(onConversations: (count: number) => void): Promise<Reencryption>;
    /** Of all processes together, with these settings; none while Redis is away. */
    openLimits(settings: LimitSettings): Limits;
    /** Of all processes together; what is counted while Redis is away waits for it. */
    readonly counters: SafetyCounters;
    /** How all processes of the clinic are; known while Redis can be reached. */
    readonly statusBoard: StatusBoard;
    /** Closes everything. Never fails. */
    close(): Promise<void>;
}

/** How patient the program is with Redis. */
export interface StorageOptions {
    /**
     * `fail`: an unreachable Redis is an error. `serve`: the assistant starts all the same, tells
     * patients that the answer will come later, and goes on trying.
     */
    readonly withoutRedis: "fail" | "serve";
    /**
     * Whether nothing is started or made: no Redis of our own where none runs, which is an error then,
     * and no keys. Default: no.
     */
    readonly looksOnly?: boolean;
}

/** What of the configuration the storage needs. */
export type StorageConfig = Pick<
    Config,
    "conversation" | "dataFolder" | "dataKeys" | "messages" | "redis"
>;

/**
 * Finds or starts Redis. Makes the key that encrypts what is stored, where there is none (both unless
 * it {@link StorageOptions.looksOnly}).
 *
 * @throws `redis-missing`, `store-unavailable`, `store-failed`, `config-invalid`.
 */
export async function openStorage(
    config: StorageConfig,
    logger: Logger,
    onProgress: OnProgress,
    { withoutRedis, looksOnly = false }: StorageOptions,
): Promise<Storage> {
    onProgress("Starting Redis");
    const stop = new AbortController();
    const cipher = await openCipher(config.dataKeys, !looksOnly);
    const open = (): Promise<OpenRedis> => openRedis(config, cipher, logger, onProgress, looksOnly);
    let redis: OpenRedis | undefined;
    let reaching: Promise<OpenRedis>;
    const { keyPrefix } = config.redis;
    const counters = createCounters(() => redis?.client, { keyPrefix, logger });
    const statusBoard = createStatusBoard(() => redis?.client, { keyPrefix, logger });
    let away = "";
    let opening: Promise<ConversationQueue> | undefined;
    let queue: ConversationQueue | undefined;
    const processId = nameProcess();
    const openIts = (handle: RedisHandle): Promise<ConversationQueue> =>
        openQueue(handle, config, { cipher, workerId: processId, logger });
    try {
        redis = await open();
        reaching = Promise.resolve(redis);
    } catch (error) {
        const mayCome = isAppError(error) && error.retryable && withoutRedis === "serve";
        if (!mayCome) throw error;
        away = error.message;
        logger.error(describeError(error), "starting without Redis; trying on");
        reaching = keepTrying(open, logger, stop.signal, 500).then((opened) => {
            redis = opened;
            return opened;
        });
        reaching.catch(() => undefined);
    }
    return {
        store: lateStore(() => redis?.store),
        postbox: { post: async (to, letter) => reached(queue).postbox.post(to, letter) },
        cases: {
            name: async (conversation, reason) => reached(queue).cases.name(conversation, reason),
            find: async (code) => reached(queue).cases.find(code),
            mark: async (code, sinceMs) => reached(queue).cases.mark(code, sinceMs),
            open: async () => reached(queue).cases.open(),
        },
        summaries: { ask: async (code) => reached(queue).summaries.ask(code) },
        receipts: {
            keep: async (token) => reached(redis).receipts.keep(token),
            has: async (token) => reached(redis).receipts.has(token),
        },
        data: {
            list: () => later(() => reached(redis).data.list()),
            export: async (key) => reached(redis).data.export(key),
            cacheKey: async (key) => reached(redis).data.cacheKey(key),
            erase: async (key, options) => reached(redis).data.erase(key, options),
        },
        reencrypt: async (onConversations) =>
            await reencrypt(reached(redis).client, {
                keyPrefix,
                cipher,
                onProgress: onConversations,
            }),
        openLimits: (settings) => {
            let opened: Limits | undefined;
            const limits = (): Limits | undefined =>
                (opened ??= redis && createLimits(redis.client, { keyPrefix, settings, logger }));
            return {
                take: async (conversation, kind) =>
                    (await limits()?.take(conversation, kind)) ?? { allowed: true },
                spend: async (conversation, tokens) => limits()?.spend(conversation, tokens),
            };
        },
        counters,
        statusBoard,
        description: redis
            ? `${redis.handle.version}, ${redis.handle.description}`
            : `${away} Patients are told that their answer will come later.`,
        processId,
        openExchange: async () => {
            const { handle } = await reaching;
            opening ??=
                withoutRedis === "serve"
                    ? keepTrying(() => openIts(handle), logger, stop.signal)
                    : openIts(handle);
            queue = await opening;
            return queue;
        },
        ledger: (account) => {
            let ledger: MessageLedger | undefined;
            const current = (): MessageLedger | undefined => (ledger ??= queue?.ledger(account));
            return {
                note: (messageId) => current()?.note(messageId),
                noted: async (floor, below) =>
                    (await current()?.noted(floor, below)) ?? new Set<number>(),
            };
        },
        close: async () => {
            stop.abort();
            const opened = await reaching.catch(() => undefined);
            await (await opening?.catch(() => undefined))?.close();
            await counters.close();
            await opened?.handle.close();
        },
    };
}

interface OpenRedis {
    readonly handle: RedisHandle;
    readonly store: ConversationStore;
    readonly receipts: ReceiptLedger;
    readonly data: PatientData;
    readonly client: RedisClient;
}

async function openRedis(
    config: StorageConfig,
    cipher: Cipher,
    logger: Logger,
    onProgress: OnProgress,
    looksOnly: boolean,
): Promise<OpenRedis> {
    const handle = await ensureRedis({
        ...(config.redis.url === undefined ? {} : { url: config.redis.url }),
        dataFolder: config.dataFolder,
        packageRoot: packageRoot(),
        logger,
        onProgress,
        startsServer: !looksOnly,
    });
    try {
        const client = await handle.connect();
        const { keyPrefix } = config.redis;
        const kept = { keyPrefix, ...config.conversation, cipher, logger };
        const nameOf = await openConversationNames(client, keyPrefix, cipher, !looksOnly);
        const store = createConversationStore(client, kept);
        const data = createPatientData(client, { ...kept, nameOf });
        const receipts = createReceiptLedger(client, keyPrefix);
        return { handle, store, receipts, data, client };
    } catch (error) {
        await handle.close();
        throw error;
    }
}

async function openQueue(
    handle: RedisHandle,
    { messages, conversation, redis }: StorageConfig,
    parts: { readonly cipher: Cipher; readonly workerId: string; readonly logger: Logger },
): Promise<ConversationQueue> {
    return await openConversationQueue(handle, {
        quietMs: messages.quietMs,
        atMostMs: messages.gatherAtMostMs,
        ...conversation,
        keyPrefix: redis.keyPrefix,
        ...parts,
    });
}

/** What is asked for only when it is read. */
async function* later<Item>(open: () => AsyncIterable<Item>): AsyncGenerator<Item> {
    yield* open();
}

/**
 * Until it works: what the administrator must mend may be mended later.
 *
 * @param firstPauseMs Before the first try.
 * @throws `aborted`.
 */
async function keepTrying<Result>(
    open: () => Promise<Result>,
    logger: Logger,
    signal: AbortSignal,
    firstPauseMs = 0,
): Promise<Result> {
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(Math.max(pauseMs, 250) * 2, 30_000)) {
        if (pauseMs > 0) await wait(pauseMs, signal);
        try {
            return await open();
        } catch (error) {
            logger.error(describeError(error), "still without Redis");
        }
        if (signal.aborted) throw new AppError("aborted", "The program stops.");
    }
}

function nameProcess(): string {
    const host = hostname()
        .replace(/[^\w.-]/g, "")
        .slice(0, 40);
    return `${host}-${String(process.pid)}-${randomBytes(2).toString("hex")}`;
}
