import { randomUUID } from "node:crypto";
import { AppError, isAppError } from "../../src/errors.ts";
import type { Logger } from "../../src/log.ts";
import { closeClient, connectClient, readServerVersion, type RedisClient } from "./client.ts";
import { FileRewriting } from "./file-rewriting.ts";
import {
    closeQueueConnection,
    openQueueConnection,
    type QueueConnection,
} from "./queue-connection.ts";
import { describeAddress, type RedisAddress } from "./redis-address.ts";
import { ServerKeeper } from "./server-keeper.ts";
import { type EmbeddedServer, ensureServer, findServer } from "./server-search.ts";

/** Which Redis the product uses. */
export interface RedisOptions {
    /** The administrator's own server (REDIS_URL, see redis-address.ts); absent: one of ours. */
    readonly url?: string;
    /** Whether a server of ours is started where none runs; else that is an error. Default: yes. */
    readonly startsServer?: boolean;
    /** The product's data folder; a server of ours keeps its files in `redis` within. */
    readonly dataFolder: string;
    /** The package's folder, which holds `vendor/redis-server`. */
    readonly packageRoot: string;
    readonly logger: Logger;
    /** Told what is going on, in one short line for the administrator. */
    readonly onProgress?: (text: string) => void;
}

/** The Redis that the product uses, until it is closed. */
export interface RedisHandle {
    /** `running`: a server of ours that another process had started. */
    readonly source: "url" | "running" | "system" | "bundled";
    readonly version: string;
    /** The server's address without user name and password, for people. */
    readonly description: string;
    /**
     * A further connection; closed together with the handle. A server of ours that vanished is
     * brought up again while its clients reconnect.
     *
     * @throws `store-unavailable` (retryable), `store-failed`
     */
    connect(): Promise<RedisClient>;
    /** A further connection, for the job queues; closed together with the handle. */
    openQueueConnection(): QueueConnection;
    /**
     * Closes all connections. A server of ours is stopped, with its data saved, when no other
     * process uses it. Never fails.
     */
    close(): Promise<void>;
}

/**
 * Makes sure that there is a Redis: `url`, else the server that already runs on the data folder,
 * else one started there with the system's redis-server or valkey-server (7 or newer), else with
 * the bundled one.
 *
 * @throws `config-invalid` (malformed url), `redis-missing`, `store-unavailable` (retryable; cannot
 * be reached), `store-failed` (refuses us, cannot start); each with the remedy.
 */
export async function ensureRedis(options: RedisOptions): Promise<RedisHandle> {
    const name = `bimedix2-${process.pid}-${randomUUID().slice(0, 8)}`;
    if (options.url !== undefined) {
        const connections = new Connections({ url: options.url }, name, options.logger);
        return await openHandle(connections, "url", options.logger);
    }
    const { startsServer = true } = options;
    const server = startsServer ? await ensureServer(options) : await runningServer(options);
    const keeper = new ServerKeeper({ ...options, startsServer }, name);
    const address = { socketPath: server.socketPath };
    const connections = new Connections(address, name, options.logger, keeper);
    return await openHandle(connections, server.source, options.logger);
}

async function runningServer({ dataFolder }: RedisOptions): Promise<EmbeddedServer> {
    const server = await findServer(dataFolder);
    if (server) return server;
    throw new AppError("store-unavailable", "The program's own Redis is not running.", {
        retryable: true,
        remedy: "Start the program: it starts its Redis.",
    });
}

async function openHandle(
    connections: Connections,
    source: RedisHandle["source"],
    logger: Logger,
): Promise<RedisHandle> {
    try {
        // Stays open: it tells other processes that the server is in use.
        const presence = await connections.connect();
        const version = await readServerVersion(presence);
        const rewriting = source === "url" ? undefined : new FileRewriting(presence, logger);
        if (source !== "running") await rewriting?.rewrite();
        return {
            source,
            version,
            description: describeAddress(connections.address),
            connect: () => connections.connect(),
            openQueueConnection: () => connections.openQueueConnection(),
            close: async () => {
                rewriting?.stop();
                await connections.close();
            },
        };
    } catch (error) {
        await connections.close();
        throw error;
    }
}

/** The connections of one handle. */
class Connections {
    readonly address: RedisAddress;
    readonly #name: string;
    readonly #logger: Logger;
    readonly #keeper: ServerKeeper | undefined;
    readonly #clients = new Set<RedisClient>();
    readonly #queueConnections = new Set<QueueConnection>();
    #closed = false;

    constructor(address: RedisAddress, name: string, logger: Logger, keeper?: ServerKeeper) {
        this.address = address;
        this.#name = name;
        this.#logger = logger;
        this.#keeper = keeper;
    }

    async connect(): Promise<RedisClient> {
        try {
            return await this.#open();
        } catch (error) {
            const restorable = this.#keeper !== undefined && !this.#closed;
            if (!restorable || !isAppError(error, "store-unavailable")) throw error;
            // The last process that used the server may have stopped it this very moment.
            await this.#keeper?.ensure();
            return await this.#open();
        }
    }

    openQueueConnection(): QueueConnection {
        const connection = openQueueConnection(this.address, this.#name, this.#logger);
        this.#queueConnections.add(connection);
        return connection;
    }

    async close(): Promise<void> {
        this.#closed = true;
        for (const connection of this.#queueConnections) closeQueueConnection(connection);
        this.#queueConnections.clear();
        await Promise.all([...this.#clients].map(closeClient));
        this.#clients.clear();
        await this.#keeper?.leave(this.address);
    }

    async #open(): Promise<RedisClient> {
        const client = await connectClient({
            address: this.address,
            name: this.#name,
            logger: this.#logger,
            onDisconnected: () => this.#keeper?.restore(),
        });
        if (this.#closed) {
            await closeClient(client);
            throw new AppError("store-unavailable", "Redis is not used any more.", {
                retryable: true,
            });
        }
        this.#clients.add(client);
        return client;
    }
}
