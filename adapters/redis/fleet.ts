import { randomUUID } from "node:crypto";
import { JoinedSignal } from "../../src/joined-signal.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { Fleet } from "../../src/queue-ports.ts";
import { callRedis, type RedisClient } from "./client.ts";
import type { FleetRegistry } from "./fleet-registry.ts";
import { pause } from "./pause.ts";
import type { QueueTimings } from "./queue-timings.ts";
import { defineScript, runScript } from "./script.ts";
import type { WorkerLoad } from "./worker-load.ts";

/** What a fleet consists of. */
export interface FleetParts {
    readonly client: RedisClient;
    readonly keyPrefix: string;
    readonly registry: FleetRegistry;
    readonly workerId: string;
    readonly load: WorkerLoad;
    readonly timings: QueueTimings;
    readonly logger: Logger;
}

/** The processes that share one Redis. */
export function createFleet(parts: FleetParts): Fleet {
    const { registry, workerId, load, timings, logger } = parts;
    return {
        async join(worker, signal) {
            let described = false;
            while (!signal.aborted) {
                try {
                    await registry.beat(workerId, { slots: worker.slots, ...load.tell() });
                    if (!described) await registry.describeModel(worker.model);
                    described = true;
                } catch (error) {
                    logger.debug(describeError(error), "The sign of life was not stored");
                }
                await load.untilNews(timings.glanceMs, timings.renewMs, signal);
            }
            try {
                await registry.leave(workerId);
            } catch (error) {
                // The others notice it by the silence.
                logger.debug(describeError(error), "The farewell was not stored");
            }
        },
        model: async () => await registry.model(),
        workers: async () => (await registry.view()).alive,
        async hold(name, task, signal) {
            const key = `${parts.keyPrefix}{fleet}:hold:${name}`;
            while (!signal.aborted) {
                const hold = new NameHold(parts, key);
                if (await hold.take()) await hold.during(task, signal);
                else await pause(timings.renewMs, signal);
            }
        },
    };
}

/** One process's hold on a name, from taking it to giving it back or losing it. */
class NameHold {
    readonly #parts: FleetParts;
    readonly #key: string;
    readonly #token = randomUUID();
    readonly #lost = new AbortController();

    constructor(parts: FleetParts, key: string) {
        this.#parts = parts;
        this.#key = key;
    }

    /** Whether the name is ours now: for a lease's time, and until somebody else has taken it. */
    async take(): Promise<boolean> {
        try {
            return await this.#run(prolongScript);
        } catch (error) {
            this.#parts.logger.debug(describeError(error), "A hold could not be taken");
            return false;
        }
    }

    /** Runs the task as long as the name is ours and `signal` does not abort. */
    async during(task: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
        const ended = new AbortController();
        const keeping = this.#keep(ended.signal);
        const over = new JoinedSignal(signal, this.#lost.signal);
        try {
            await task(over.signal);
        } catch (error) {
            // A task that was told to stop may say that it was stopped.
            if (!signal.aborted && !this.#lost.signal.aborted) throw error;
        } finally {
            over.release();
            ended.abort();
            await keeping;
            await this.#giveBack();
        }
        // A task that ends by itself is started again, but not in a hurry.
        if (!this.#lost.signal.aborted) await pause(this.#parts.timings.firstRetryMs, signal);
    }

    async #keep(ended: AbortSignal): Promise<void> {
        for (;;) {
            await pause(this.#parts.timings.renewMs, ended);
            if (ended.aborted || this.#lost.signal.aborted) return;
            try {
                if (!(await this.#run(prolongScript))) this.#lost.abort();
            } catch (error) {
                // Who takes patients' messages must be there to tell them that Redis is away.
                this.#parts.logger.debug(describeError(error), "A hold could not be renewed");
            }
        }
    }

    async #giveBack(): Promise<void> {
        try {
            await this.#run(giveBackScript);
        } catch (error) {
            // It runs out by itself.
            this.#parts.logger.debug(describeError(error), "A hold could not be given back");
        }
    }

    async #run(script: typeof prolongScript): Promise<boolean> {
        const { client, timings } = this.#parts;
        const values = [this.#token, String(timings.leaseMs)];
        return (
            (await callRedis(client, (bounded) =>
                runScript(bounded, script, [this.#key], values),
            )) === 1
        );
    }
}

const prolongScript = defineScript(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`);
const giveBackScript = defineScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
`);
