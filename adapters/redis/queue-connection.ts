import { Cluster, Redis, type RedisOptions } from "ioredis";
import type { Logger } from "../../src/log.ts";
import { describeError } from "../../src/log.ts";
import { translateRedisError } from "./failures.ts";
import { parseAddress, type RedisAddress, type RedisHost } from "./redis-address.ts";

/** A connection for the job queues: BullMQ's own driver, since it knows Sentinel and Cluster. */
export type QueueConnection = Redis | Cluster;

const connectTimeoutMs = 4_000;
const longestReconnectDelayMs = 500;
/**
 * A server that owes an answer for so long is taken for frozen. Above the longest time that BullMQ
 * lets a server wait before it answers (10 s).
 */
const silenceTimeoutMs = 12_000;

/**
 * Opens a connection for the job queues. It restores itself for ever: what is asked for meanwhile
 * waits, so callers bound their waiting themselves.
 *
 * @throws `config-invalid` for a malformed address.
 */
export function openQueueConnection(
    address: RedisAddress,
    name: string,
    logger: Logger,
): QueueConnection {
    return watched(build(address, name), logger);
}

/** Ends a connection at once. Never fails. */
export function closeQueueConnection(connection: QueueConnection): void {
    connection.disconnect();
}

/** What every connection needs, also the copies that BullMQ makes of one. */
function watched<Connection extends QueueConnection>(
    connection: Connection,
    logger: Logger,
): Connection {
    // Without a listener an outage would end the process. The log has it from the other client.
    connection.on("error", (error: unknown) => {
        logger.debug(describeError(translateRedisError(error)), "The queue's connection failed");
    });
    if (connection instanceof Redis) connection.on("close", () => forgetSilence(connection));
    else connection.on("+node", (node: Redis) => node.on("close", () => forgetSilence(node)));
    const duplicate = connection.duplicate.bind(connection) as (...values: unknown[]) => Connection;
    connection.duplicate = ((...values: unknown[]) =>
        watched(duplicate(...values), logger)) as Connection["duplicate"];
    return connection;
}

/** ioredis 5.11 leaves a lost connection's timer running, which then ends the next connection. */
function forgetSilence(connection: Redis): void {
    const timed = connection as unknown as { socketTimeoutTimer?: NodeJS.Timeout | undefined };
    clearTimeout(timed.socketTimeoutTimer);
    timed.socketTimeoutTimer = undefined;
}

function build(address: RedisAddress, connectionName: string): QueueConnection {
    const place = parseAddress(address);
    const common: RedisOptions = {
        connectionName,
        connectTimeout: connectTimeoutMs,
        socketTimeout: silenceTimeoutMs,
        maxRetriesPerRequest: null,
        enableOfflineQueue: true,
        retryStrategy: reconnectDelayMs,
    };
    if (place.kind === "socket") return new Redis({ ...common, path: place.path });
    const { hosts, username, password, encrypted } = place;
    const access: RedisOptions = {
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
        ...(encrypted ? { tls: {} } : {}),
    };
    if (place.kind === "server") {
        const { database: db } = place;
        return new Redis({
            ...common,
            ...access,
            ...hosts[0],
            ...(db === undefined ? {} : { db }),
        });
    }
    if (place.kind === "sentinel") {
        return new Redis({
            ...common,
            ...access,
            name: place.master,
            sentinels: [...hosts],
            // A Sentinel without users of its own refuses a password, so it gets none; see the
            // documentation of REDIS_URL.
            enableTLSForSentinelMode: encrypted,
            sentinelRetryStrategy: reconnectDelayMs,
            failoverDetector: true,
        });
    }
    const { retryStrategy: _alone, enableOfflineQueue: _offline, ...redisOptions } = common;
    return new Cluster(
        hosts.map(({ host, port }: RedisHost) => ({ host, port })),
        {
            redisOptions: { ...redisOptions, ...access },
            clusterRetryStrategy: reconnectDelayMs,
            enableOfflineQueue: true,
            slotsRefreshTimeout: connectTimeoutMs,
            // With encryption the certificate's host names count, not the addresses behind them.
            ...(encrypted
                ? {
                      dnsLookup: (host, done: (error: null, address: string) => void) =>
                          done(null, host),
                  }
                : {}),
        },
    );
}

function reconnectDelayMs(attempts: number): number {
    return Math.min(25 * 2 ** Math.min(attempts, 10), longestReconnectDelayMs);
}
