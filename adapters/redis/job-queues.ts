import { DelayedError, Queue, WaitingError, Worker, type Job, type QueueOptions } from "bullmq";
import { describeError, type Logger } from "../../src/log.ts";
import { translateRedisError } from "./failures.ts";
import type { QueueConnection } from "./queue-connection.ts";
import type { QueueTimings } from "./queue-timings.ts";
import { within } from "./within.ts";

/** Names the queues: `model`, `model-<worker>`, `desk`, `deliver-<account>`, `pictures-<account>`. */
export type QueueName = string;

/** How a glance at what a job names ended. */
export type LookEnd =
    | "done"
    /** This process cannot: to the head of the line, for anybody. */
    | "put-back"
    /**
     * Not now. `soonerInMs` is asked once more after the job was laid aside, since whoever called
     * for it meanwhile may have found it busy.
     */
    | { readonly againInMs: number; readonly soonerInMs?: () => Promise<number | undefined> };

/** What became of a job before. */
export interface JobPast {
    /** Whether an earlier look did not end, failed, or laid the job aside. */
    readonly repeated: boolean;
    /** How many looks have ended without being done. */
    readonly looks: number;
    /** When it was called for, in milliseconds since 1970. */
    readonly calledAtMs: number;
}

/** Looks at what a job names. A look that fails is repeated after a pause. */
export type Look = (subject: string, past: JobPast) => Promise<LookEnd>;

/** Looks after one queue until it is closed. */
export interface Consumer {
    /** How many jobs it may take at once. */
    setConcurrency(concurrency: number): void;
    /** Takes no more jobs and resolves when the running ones have ended. Never fails. */
    close(): Promise<void>;
}

/** What is the matter with a job is found in the store: it only says where to look. */
interface JobData {
    readonly subject: string;
}

/** Practically for ever: what a job names must not be forgotten because looking failed often. */
const endlessly = 1_000_000_000;
/** BullMQ's log of events, which nobody here reads. */
const keptEvents = 100;
const evacuatedAtOnce = 500;
const closeTimeoutMs = 5_000;

/** The queues of BullMQ. A job is a call to look at a subject; one subject has one job a queue. */
export class JobQueues {
    readonly #connection: QueueConnection;
    readonly #prefix: string;
    readonly #timings: QueueTimings;
    readonly #logger: Logger;
    readonly #queues = new Map<QueueName, Queue<JobData>>();

    constructor(
        connection: QueueConnection,
        options: {
            readonly keyPrefix: string;
            readonly timings: QueueTimings;
            readonly logger: Logger;
        },
    ) {
        this.#connection = connection;
        this.#prefix = `${options.keyPrefix}{queue}`;
        this.#timings = options.timings;
        this.#logger = options.logger;
    }

    /**
     * Has somebody look at a subject. A job that waits is brought forward or put off to the new
     * time; one that is being looked at is looked at again afterwards.
     *
     * @throws `store-unavailable` (retryable), `store-failed`
     */
    async wake(name: QueueName, subject: string, delayMs = 0): Promise<void> {
        const deduplication = { id: subject, keepLastIfActive: true, reschedule: true };
        try {
            const job = this.#queue(name).add(
                "look",
                { subject },
                {
                    deduplication,
                    delay: Math.max(0, Math.ceil(delayMs)),
                    attempts: endlessly,
                    backoff: { type: "fixed", delay: this.#timings.firstRetryMs },
                    removeOnComplete: true,
                    removeOnFail: true,
                    stackTraceLimit: 0,
                },
            );
            await within(this.#timings.callMs, job);
        } catch (error) {
            throw translateRedisError(error);
        }
    }

    /**
     * How many subjects wait to be looked at now.
     *
     * @throws `store-unavailable` (retryable), `store-failed`
     */
    async waiting(name: QueueName): Promise<number> {
        const queue = this.#queue(name);
        const { keys } = queue;
        // BullMQ moves what is due only when a worker asks, and when none is free none does.
        const dueNow = delayedScore(Date.now());
        try {
            const counts = Promise.all([
                this.#connection.llen(keys["wait"] ?? ""),
                this.#connection.zcount(keys["delayed"] ?? "", "-inf", dueNow),
            ]);
            const [waiting, due] = await within(this.#timings.callMs, counts);
            return waiting + due;
        } catch (error) {
            throw translateRedisError(error);
        }
    }

    /** Looks after a queue, whatever befalls the store. */
    consume(name: QueueName, look: Look, options: { readonly concurrency: number }): Consumer {
        const { leaseMs, sweepMs, firstRetryMs } = this.#timings;
        const looks = new Set<Promise<LookEnd>>();
        const counted: Look = async (subject, past) => {
            const running = look(subject, past);
            looks.add(running);
            return await running.finally(() => looks.delete(running));
        };
        const worker = new Worker<JobData>(
            name,
            async (job, token) => await this.#look(name, job, token, counted),
            {
                ...this.#options(),
                concurrency: options.concurrency,
                lockDuration: leaseMs,
                stalledInterval: sweepMs,
                maxStalledCount: endlessly,
                runRetryDelay: Math.min(1_000, firstRetryMs),
            },
        );
        worker.on("error", (error: unknown) => this.#report(name, error));
        return {
            setConcurrency: (concurrency) => {
                worker.concurrency = Math.max(1, concurrency);
            },
            close: async () => await this.#close(worker, looks),
        };
    }

    /**
     * Moves what is left in a queue that nobody looks after.
     *
     * @returns how many subjects stay for now, since somebody may still be looking at them.
     */
    async evacuate(name: QueueName, move: (subject: string) => Promise<void>): Promise<number> {
        const queue = this.#queue(name);
        let left = 0;
        const jobs = await within(
            this.#timings.callMs,
            queue.getJobs(["wait", "delayed", "active"], 0, evacuatedAtOnce - 1),
        );
        for (const job of jobs) {
            // First the new job, then the end of the old one: twice is harmless, never is not.
            await move(job.data.subject);
            const removed = await job.remove().then(
                () => true,
                () => false,
            );
            if (!removed) left++;
        }
        return jobs.length < evacuatedAtOnce ? left : evacuatedAtOnce;
    }

    /** Erases an abandoned queue. */
    async erase(name: QueueName): Promise<void> {
        const queue = this.#queue(name);
        await within(this.#timings.callMs, queue.pause());
        await within(this.#timings.callMs, queue.obliterate());
        await queue.close();
        this.#queues.delete(name);
    }

    /** Ends the queues; the connection stays. Never fails. */
    async close(): Promise<void> {
        const closings = [...this.#queues.values()].map(async (queue) => await queue.close());
        await Promise.allSettled(closings);
        this.#queues.clear();
    }

    async #look(
        name: QueueName,
        job: Job<JobData>,
        token: string | undefined,
        look: Look,
    ): Promise<void> {
        const { subject } = job.data;
        const { attemptsMade: looks, timestamp: calledAtMs } = job;
        const repeated = job.stalledCounter > 0 || looks > 0;
        const end = await look(subject, { repeated, looks, calledAtMs }).catch((error: unknown) => {
            this.#report(name, error);
            // BullMQ stores the message of an error: a foreign one may say more than it should.
            throw translateRedisError(error);
        });
        if (end === "done") return;
        if (end === "put-back") {
            await job.moveToWait(token);
            throw new WaitingError();
        }
        await job.moveToDelayed(Date.now() + Math.max(1, Math.ceil(end.againInMs)), token);
        const soonerInMs = await end.soonerInMs?.().catch(() => 0);
        if (soonerInMs !== undefined && soonerInMs < end.againInMs) {
            await this.wake(name, subject, soonerInMs);
        }
        throw new DelayedError();
    }

    async #close(worker: Worker<JobData>, looks: Set<Promise<unknown>>): Promise<void> {
        const closing = worker.close();
        while (looks.size > 0) await Promise.allSettled(looks);
        try {
            // Without Redis BullMQ would wait for it; its jobs go to other processes all the same.
            await within(closeTimeoutMs, closing);
        } catch (error) {
            this.#report(worker.name, error);
            worker.disconnect().catch(() => undefined);
        }
    }

    #queue(name: QueueName): Queue<JobData> {
        let queue = this.#queues.get(name);
        if (queue === undefined) {
            queue = new Queue<JobData>(name, this.#options());
            queue.on("error", (error: unknown) => this.#report(name, error));
            this.#queues.set(name, queue);
        }
        return queue;
    }

    #options(): QueueOptions {
        return {
            connection: this.#connection,
            prefix: this.#prefix,
            streams: { events: { maxLen: keptEvents } },
        };
    }

    #report(queue: QueueName, error: unknown): void {
        // BullMQ tries again by itself, and an outage is reported where it is noticed first.
        this.#logger.debug({ queue, ...describeError(translateRedisError(error)) }, "queue failed");
    }
}

/** BullMQ's score of a delayed job: its time, then 12 bits that keep equal times in order. */
function delayedScore(timeMs: number): number {
    return (timeMs + 1) * 0x1000 - 1;
}
