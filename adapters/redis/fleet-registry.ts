import type { ModelDescription } from "../../src/ports.ts";
import type { WorkerState } from "../../src/queue-ports.ts";
import { callRedis, type RedisClient } from "./client.ts";
import type { QueueTimings } from "./queue-timings.ts";
import { defineScript, runScript } from "./script.ts";

/** Who is alive and who was, as one look at the registry shows it. */
export interface FleetView {
    readonly alive: readonly WorkerState[];
    /** Workers that have left or fallen silent, and how long ago. */
    readonly gone: readonly { readonly id: string; readonly forMs: number }[];
}

/** What a worker says of itself. */
export interface SignOfLife {
    readonly slots: number;
    readonly busy: number;
    readonly turnMs?: number;
}

/** The list of workers in Redis. All times are the server's. */
export class FleetRegistry {
    readonly #client: RedisClient;
    readonly #timings: QueueTimings;
    readonly #workersKey: string;
    readonly #modelKey: string;
    #glance: { readonly atMs: number; readonly view: Promise<FleetView> } | undefined;

    constructor(client: RedisClient, keyPrefix: string, timings: QueueTimings) {
        this.#client = client;
        this.#timings = timings;
        this.#workersKey = `${keyPrefix}{fleet}:workers`;
        this.#modelKey = `${keyPrefix}{fleet}:model`;
    }

    /** Says that a worker is alive. */
    async beat(id: string, sign: SignOfLife): Promise<void> {
        await this.#write(id, JSON.stringify(sign));
    }

    /** Says that a worker has ended; it is remembered for a while. */
    async leave(id: string): Promise<void> {
        await this.#write(id, "");
    }

    /** Forgets a worker of which nothing is left. */
    async forget(id: string): Promise<void> {
        await callRedis(this.#client, (bounded) => bounded.hDel(this.#workersKey, id));
    }

    /** Remembers which model the workers run. */
    async describeModel(model: ModelDescription): Promise<void> {
        const text = JSON.stringify(model);
        await callRedis(this.#client, (bounded) => bounded.set(this.#modelKey, text));
    }

    /** What {@link describeModel} said last. */
    async model(): Promise<ModelDescription | undefined> {
        const text = await callRedis(this.#client, (bounded) => bounded.get(this.#modelKey));
        return text === null ? undefined : (JSON.parse(text) as ModelDescription);
    }

    /** The present state. */
    async view(): Promise<FleetView> {
        const reply = await callRedis(this.#client, (bounded) =>
            runScript(bounded, viewScript, [this.#workersKey], []),
        );
        const [now = "0", ...fields] = (reply as Buffer[]).map(String);
        return readView(Number(now), fields, this.#timings.deadAfterMs);
    }

    /** The server's time, in milliseconds since 1970. */
    async serverTimeMs(): Promise<number> {
        const reply = await callRedis(this.#client, (bounded) =>
            runScript(bounded, timeScript, [this.#workersKey], []),
        );
        return Number(reply);
    }

    /** The state of at most a glance's age; calls at the same time share one look. */
    async glance(): Promise<FleetView> {
        const nowMs = performance.now();
        if (this.#glance === undefined || nowMs - this.#glance.atMs > this.#timings.glanceMs) {
            this.#glance = { atMs: nowMs, view: this.view() };
            this.#glance.view.catch(() => (this.#glance = undefined));
        }
        return await this.#glance.view;
    }

    async #write(id: string, text: string): Promise<void> {
        await callRedis(this.#client, (bounded) =>
            runScript(bounded, writeScript, [this.#workersKey], [id, text]),
        );
    }
}

const nowInLua = `
local time = redis.call('TIME')
local now = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
`;
const writeScript = defineScript(`${nowInLua}
redis.call('HSET', KEYS[1], ARGV[1], now .. ' ' .. ARGV[2])
return 1
`);
const timeScript = defineScript(`${nowInLua}
return now
`);
const viewScript = defineScript(`${nowInLua}
local reply = redis.call('HGETALL', KEYS[1])
table.insert(reply, 1, now)
return reply
`);

function readView(nowMs: number, fields: readonly string[], deadAfterMs: number): FleetView {
    const alive: WorkerState[] = [];
    const gone: { id: string; forMs: number }[] = [];
    for (let index = 0; index + 1 < fields.length; index += 2) {
        const id = fields[index] ?? "";
        const entry = fields[index + 1] ?? "";
        const space = entry.indexOf(" ");
        const seenAtMs = Number(entry.slice(0, space));
        const text = entry.slice(space + 1);
        const forMs = nowMs - seenAtMs;
        if (text === "" || forMs > deadAfterMs) gone.push({ id, forMs });
        else alive.push({ id, seenAtMs, ...(JSON.parse(text) as SignOfLife) });
    }
    return { alive, gone };
}
