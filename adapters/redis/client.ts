import { setTimeout as sleep } from "node:timers/promises";
import { isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import { translateConnectError, translateRedisError } from "./failures.ts";
import { buildClient, type ServerClient } from "./client-modes.ts";
import { readVersion } from "./probe.ts";
import { describeAddress, parseAddress, type RedisAddress } from "./redis-address.ts";
import { within } from "./within.ts";

/**
 * A connected client (RESP3) that reconnects by itself until it is closed. With Sentinel it follows
 * the master; with a cluster it sends each command to the server that has the first key.
 */
export type RedisClient = ServerClient;

/** How a client is connected. */
export interface ConnectOptions {
    readonly address: RedisAddress;
    /** The connection's name on the server (`CLIENT LIST`). */
    readonly name: string;
    readonly logger: Logger;
    /** Called at each lost connection and each failed attempt to restore it. Must not throw. */
    readonly onDisconnected?: () => void;
}

/** Longest that a call waits for Redis, repetitions and reconnections included. */
const callTimeoutMs = 5_000;
const repeatDelayMs = 50;

/**
 * Connects to a Redis server. The first connection is tried once; a lost one is restored for ever.
 *
 * @throws `config-invalid` for a malformed address, `store-unavailable` (retryable) when the server
 * cannot be reached, `store-failed` when it refuses us; each with the remedy.
 */
export async function connectClient(options: ConnectOptions): Promise<RedisClient> {
    const where = describeAddress(options.address);
    let established = false;
    let reported = false;
    const client = buildClient(parseAddress(options.address), {
        name: options.name,
        commandTimeoutMs: callTimeoutMs,
        isEstablished: () => established,
        isEnding: () => ending.has(client),
        onDisconnected: () => options.onDisconnected?.(),
        onError: (error) => {
            if (!established || ending.has(client)) return;
            const entry = { redis: where, ...describeError(translateRedisError(error)) };
            if (reported) options.logger.debug(entry, "Redis is still away");
            else options.logger.warn(entry, "The connection to Redis was lost; reconnecting");
            reported = true;
        },
        onReady: () => {
            established = true;
            if (reported) options.logger.info({ redis: where }, "Redis is back");
            reported = false;
        },
    });
    try {
        await client.connect();
        established = true;
        return client;
    } catch (error) {
        await destroyClient(client);
        throw translateConnectError(error, where);
    }
}

/** Clients that end because they shall: nothing of it is worth a warning. */
const ending = new WeakSet<RedisClient>();

/** Ends a client: waits shortly for running calls, then cuts the connection. Never fails. */
export async function closeClient(client: RedisClient): Promise<void> {
    ending.add(client);
    try {
        if (client.isReady) await within(1_000, client.close());
    } catch {
        // What matters is that the connection ends, which destroy does.
    } finally {
        await destroyClient(client);
    }
}

async function destroyClient(client: RedisClient): Promise<void> {
    try {
        // With Sentinel it takes its time; else it is over at once.
        await (client.destroy() as unknown);
    } catch {
        // It was closed already.
    }
}

/**
 * Runs one call of Redis within bounded time: repeats it while Redis is away or starting, for at
 * most 5 s in all. `work` may therefore run more than once and must be safe to repeat; it must use
 * the client that it is given.
 *
 * @throws `store-unavailable` (retryable; whether the call took effect is unknown), `store-failed`.
 */
export async function callRedis<Result>(
    client: RedisClient,
    work: (client: RedisClient) => Promise<Result>,
): Promise<Result> {
    const deadlineMs = performance.now() + callTimeoutMs;
    for (;;) {
        const remainingMs = Math.max(1, Math.ceil(deadlineMs - performance.now()));
        try {
            // The timeout withdraws a command that still waits for a connection: none is carried
            // out after its caller has been told that it failed. One that is sent at once cannot be
            // withdrawn, and a timer of its own would cost as much as the command.
            const bounded = client.isReady
                ? client
                : client.withCommandOptions({ timeout: remainingMs });
            return await within(remainingMs, work(bounded));
        } catch (error) {
            const failure = translateRedisError(error);
            const delayMs = failure.retryAfterMs ?? repeatDelayMs;
            const repeatable = failure.retryable && client.isOpen;
            if (!repeatable || performance.now() + delayMs >= deadlineMs) throw failure;
            await sleep(delayMs);
        }
    }
}

/**
 * The server's version; `unknown` where it does not tell us.
 *
 * @throws `store-unavailable` (retryable)
 */
export async function readServerVersion(client: RedisClient): Promise<string> {
    try {
        return (
            readVersion(await callRedis(client, (bounded) => bounded.info("server"))) ?? "unknown"
        );
    } catch (error) {
        // Someone else's server may keep INFO from us; nothing depends on it.
        if (isAppError(error, "store-failed")) return "unknown";
        throw error;
    }
}
