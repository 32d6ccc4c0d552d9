import { setTimeout as sleep } from "node:timers/promises";
import { createLogger, describeError, type Logger } from "../../src/log.ts";
import { closeClient, connectClient } from "./client.ts";
import { readLock } from "./folder-lock.ts";
import type { RedisAddress } from "./redis-address.ts";
import { ensureServer, serverFolder, type EmbeddedServerOptions } from "./server-search.ts";

/** The name of a connection that only asks whether the server may be stopped. */
const leavingName = "bimedix2-leaving";
const stopTimeoutMs = 10_000;
const pollMs = 20;
/** A fault that lasts, such as a full disk, is an error in the log once in this time. */
const reportEveryMs = 60_000;

interface KeeperOptions extends EmbeddedServerOptions {
    readonly logger: Logger;
    /** Whether a vanished server is brought up again. */
    readonly startsServer: boolean;
}

/** Keeps a server of our own alive while this process uses it, and stops it when nobody does. */
export class ServerKeeper {
    readonly #options: KeeperOptions;
    /** What this process's own connections are called. */
    readonly #name: string;
    #ensuring: Promise<void> | undefined;
    #left = false;
    #reportedAtMs = -Infinity;

    constructor(options: KeeperOptions, name: string) {
        this.#options = options;
        this.#name = name;
    }

    /**
     * Brings a vanished server up again, where that is wanted. Concurrent calls are one.
     *
     * @throws as `ensureServer`.
     */
    async ensure(): Promise<void> {
        if (!this.#options.startsServer) return;
        this.#ensuring ??= this.#bringUp().finally(() => {
            this.#ensuring = undefined;
        });
        await this.#ensuring;
    }

    /** {@link ensure} in the background, for connections that repeat their attempts anyway. */
    restore(): void {
        if (this.#left || this.#ensuring !== undefined) return;
        this.ensure().catch((error: unknown) => this.#report(error));
    }

    /** Stops the server unless other processes use it; to be called without connections. Never fails. */
    async leave(address: RedisAddress): Promise<void> {
        this.#left = true;
        try {
            await this.#ensuring;
            await this.#stopIfUnused(address);
        } catch (error) {
            // It stays, and the next start finds it running.
            this.#options.logger.debug(describeError(error), "Redis was left running");
        }
    }

    /** Several times a second it is tried again: a log that tells each would fill the disk. */
    #report(error: unknown): void {
        const { logger } = this.#options;
        const nowMs = performance.now();
        const sentence = "Redis could not be started again";
        if (nowMs - this.#reportedAtMs < reportEveryMs) {
            logger.debug(describeError(error), sentence);
            return;
        }
        this.#reportedAtMs = nowMs;
        logger.error(describeError(error), sentence);
    }

    async #bringUp(): Promise<void> {
        // Told to the log alone: by now the terminal may show a conversation.
        const { dataFolder, packageRoot } = this.#options;
        const { source, version } = await ensureServer({ dataFolder, packageRoot });
        if (source !== "running") {
            this.#reportedAtMs = -Infinity;
            this.#options.logger.warn({ source, version }, "Redis had ended and was started again");
        }
    }

    async #stopIfUnused(address: RedisAddress): Promise<void> {
        // Its connection is lost on purpose, which is nothing to report.
        const logger = createLogger("silent");
        const client = await connectClient({ address, name: leavingName, logger });
        try {
            const connections = await client.clientList();
            const own = [this.#name, leavingName];
            if (connections.some((connection) => !own.includes(connection.name))) return;
            // The server answers by closing the connection.
            await client.sendCommand(["SHUTDOWN"]).catch(() => undefined);
        } finally {
            await closeClient(client);
        }
        await this.#waitUntilStopped();
    }

    async #waitUntilStopped(): Promise<void> {
        const deadlineMs = performance.now() + stopTimeoutMs;
        const folder = serverFolder(this.#options.dataFolder);
        while (performance.now() < deadlineMs) {
            if ((await readLock(folder)).holder === undefined) return;
            await sleep(pollMs);
        }
    }
}
