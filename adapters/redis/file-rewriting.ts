import { describeError, type Logger } from "../../src/log.ts";
import { callRedis, type RedisClient } from "./client.ts";

/** Half a day: with several processes that come and go, a rewrite still happens each day. */
const intervalMs = 12 * 60 * 60 * 1000;

/**
 * Lets a server of ours write its files anew from time to time. Redis only appends to them, so that
 * what was erased or has expired would otherwise lie on the disk until they have doubled.
 */
export class FileRewriting {
    readonly #client: RedisClient;
    readonly #logger: Logger;
    readonly #timer: NodeJS.Timeout;

    constructor(client: RedisClient, logger: Logger) {
        this.#client = client;
        this.#logger = logger;
        this.#timer = setInterval(() => void this.rewrite(), intervalMs).unref();
    }

    /** Begins a rewrite in the background, unless nothing has changed since the last. Never fails. */
    async rewrite(): Promise<void> {
        try {
            const info = await callRedis(this.#client, (bounded) => bounded.info("persistence"));
            if (readField(info, "aof_last_bgrewrite_status") === "err") {
                this.#logger.warn("Redis could not write its files anew; erased text stays there");
            }
            const running = readField(info, "aof_rewrite_in_progress") === "1";
            const size = Number(readField(info, "aof_current_size"));
            const sizeAfterLast = Number(readField(info, "aof_base_size"));
            if (running || size <= sizeAfterLast) return;
            await callRedis(this.#client, (bounded) => bounded.bgRewriteAof());
        } catch (error) {
            this.#logger.warn(describeError(error), "Redis was not asked to write its files anew");
        }
    }

    stop(): void {
        clearInterval(this.#timer);
    }
}

function readField(info: string, name: string): string | undefined {
    return new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1];
}
