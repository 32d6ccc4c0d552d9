import { randomUUID } from "node:crypto";
import type { Logger } from "../../src/log.ts";
import type { PlatformAccount } from "../../src/message.ts";
import type { MessageLedger } from "../../src/ports.ts";
import type { Cipher } from "../../src/privacy-ports.ts";
import type {
    DeadLetters,
    Fleet,
    Inbox,
    Outbox,
    PictureQueue,
    TurnQueue,
} from "../../src/queue-ports.ts";
import type { CaseBook, Postbox, SummaryQueue } from "../../src/staff-ports.ts";
import { createCaseBook } from "./case-book.ts";
import { Channels } from "./channels.ts";
import { closeClient, type RedisClient } from "./client.ts";
import { createCodec } from "./codec.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { createMailbox } from "./create-mailbox.ts";
import { FleetRegistry } from "./fleet-registry.ts";
import { createFleet } from "./fleet.ts";
import { createInboxQueue, type Gathering } from "./inbox-queue.ts";
import { JobQueues } from "./job-queues.ts";
import { createMessageLedger } from "./message-ledger.ts";
import { createOutbox } from "./outbox.ts";
import { createPictureQueue } from "./picture-queue.ts";
import { createPostbox } from "./postbox.ts";
import { closeQueueConnection, type QueueConnection } from "./queue-connection.ts";
import { createSummaryQueue } from "./summary-queue.ts";
import type { QueueParts } from "./queue-parts.ts";
import { defaultQueueTimings, type QueueTimings } from "./queue-timings.ts";
import { createTurnQueue } from "./turn-queue.ts";
import { WakeUps } from "./wake-ups.ts";
import { WorkerLoad } from "./worker-load.ts";

/** Where the connections come from; a `RedisHandle` is one. */
export interface QueueConnections {
    connect(): Promise<RedisClient>;
    openQueueConnection(): QueueConnection;
}

/** How the conversation queue is kept. */
export interface ConversationQueueOptions extends Gathering {
    /** What all keys and channels begin with; no braces. */
    readonly keyPrefix: string;
    /** Names this process; no other process has the same name. Default: a random one. */
    readonly workerId?: string;
    /** When a conversation is forgotten, counted from its last change. */
    readonly expireAfterMs: number;
    /** How many turns are kept of a conversation. */
    readonly maxTurns: number;
    readonly timings?: Partial<QueueTimings>;
    /** Seals what patients and the assistant say. */
    readonly cipher: Cipher;
    readonly logger: Logger;
}

/** What travels between the processes of a clinic, until it is closed. */
export interface ConversationQueue {
    readonly inbox: Inbox;
    readonly turns: TurnQueue;
    readonly pictures: PictureQueue;
    readonly outbox: Outbox;
    readonly deadLetters: DeadLetters;
    readonly fleet: Fleet;
    readonly postbox: Postbox;
    readonly cases: CaseBook;
    readonly summaries: SummaryQueue;
    /** The numbers of an account's messages that are written down. */
    ledger(account: PlatformAccount): MessageLedger;
    /** Ends the connections. All work must have ended. Never fails. */
    close(): Promise<void>;
}

/**
 * Opens the queue that all processes with the same Redis and key prefix share.
 *
 * @throws `store-unavailable` (retryable), `store-failed`, `config-invalid` for a prefix with braces.
 */
export async function openConversationQueue(
    connections: QueueConnections,
    options: ConversationQueueOptions,
): Promise<ConversationQueue> {
    const { keyPrefix, logger, workerId = randomUUID() } = options;
    const timings = { ...defaultQueueTimings, ...options.timings };
    const { client, subscriber } = await connectBoth(connections);
    const registry = new FleetRegistry(client, keyPrefix, timings);
    const mailbox = createMailbox(client, options);
    try {
        await compareClocks(registry, logger);
    } catch (error) {
        await Promise.all([closeClient(subscriber), closeClient(client)]);
        throw error;
    }
    const connection = connections.openQueueConnection();
    const jobs = new JobQueues(connection, { keyPrefix, timings, logger });
    const load = new WorkerLoad();
    const wakeUps = new WakeUps(jobs, registry);
    const parts: QueueParts = {
        client,
        keyPrefix,
        workerId,
        mailbox,
        jobs,
        wakeUps,
        channels: new Channels(client, subscriber, options),
        registry,
        load,
        maxTurns: options.maxTurns,
        expireAfterMs: options.expireAfterMs,
        timings,
        logger,
    };
    return {
        inbox: createInboxQueue(parts, options),
        turns: createTurnQueue(parts),
        pictures: createPictureQueue(parts),
        outbox: createOutbox(parts),
        deadLetters: createDeadLetters(parts),
        fleet: createFleet(parts),
        postbox: createPostbox(client, {
            ...options,
            codec: createCodec(options.cipher),
            wakeUps,
        }),
        cases: createCaseBook(client, options),
        summaries: createSummaryQueue(parts),
        ledger: (account) => createMessageLedger(client, { keyPrefix, account, logger }),
        async close() {
            await jobs.close();
            closeQueueConnection(connection);
            await Promise.all([closeClient(subscriber), closeClient(client)]);
        },
    };
}

async function connectBoth(
    connections: QueueConnections,
): Promise<{ readonly client: RedisClient; readonly subscriber: RedisClient }> {
    const client = await connections.connect();
    try {
        return { client, subscriber: await connections.connect() };
    } catch (error) {
        await closeClient(client);
        throw error;
    }
}

/** Quiet times and pauses are measured with the machines' own clocks. */
const toleratedClockErrorMs = 2_000;

async function compareClocks(registry: FleetRegistry, logger: Logger): Promise<void> {
    const askedAtMs = Date.now();
    const serverMs = await registry.serverTimeMs();
    const answeredAtMs = Date.now();
    const aheadMs = serverMs < askedAtMs ? askedAtMs - serverMs : answeredAtMs - serverMs;
    const wrong = serverMs < askedAtMs || serverMs > answeredAtMs;
    if (!wrong || Math.abs(aheadMs) < toleratedClockErrorMs) return;
    logger.warn(
        { aheadMs, remedy: "Let all machines of the clinic set their clocks by NTP." },
        "This machine's clock differs from that of Redis: answers may come late",
    );
}
