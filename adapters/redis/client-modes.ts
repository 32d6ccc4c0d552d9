import { createClient, createCluster, createSentinel, type RedisClientOptions } from "redis";
import type { RedisPlace } from "./redis-address.ts";

/** How a client is built, and who hears of its connections. */
export interface ClientWishes {
    readonly name: string;
    readonly commandTimeoutMs: number;
    /** Until then a failed attempt is not repeated. */
    readonly isEstablished: () => boolean;
    /** From then on none is: a client that is closed while it reconnects would go on for ever. */
    readonly isEnding: () => boolean;
    /** Called before each attempt to restore a connection. */
    readonly onDisconnected: () => void;
    readonly onError: (error: unknown) => void;
    readonly onReady: () => void;
}

/** A client of one server. */
export type ServerClient = ReturnType<typeof buildServerClient>;

/** Longest wait for a connection. */
const connectTimeoutMs = 4_000;
/** A server that is silent for so long is taken for frozen: pings make a healthy one speak. */
const silenceTimeoutMs = 3_000;
const pingIntervalMs = 1_000;
const longestReconnectDelayMs = 500;
/** How often the Sentinels are asked who is the master; their announcements are faster. */
const scanIntervalMs = 5_000;

/**
 * A client for one server, or for several that stand in for each other. What we use of a client
 * works alike with all three kinds.
 */
export function buildClient(place: RedisPlace, wishes: ClientWishes): ServerClient {
    if (place.kind === "sentinel") return buildSentinelClient(place, wishes);
    if (place.kind === "cluster") return buildClusterClient(place, wishes);
    const client = buildServerClient(place, wishes);
    client.on("error", wishes.onError);
    client.on("ready", wishes.onReady);
    return client;
}

function buildServerClient(
    place: Extract<RedisPlace, { kind: "socket" | "server" }>,
    wishes: ClientWishes,
) {
    const target = place.kind === "socket" ? { path: place.path } : place.hosts[0];
    const database = place.kind === "server" ? place.database : undefined;
    return createClient({
        ...connectionOptions(place, wishes),
        ...(database === undefined ? {} : { database }),
        RESP: 3,
        commandOptions: { timeout: wishes.commandTimeoutMs },
        socket: { ...socketOptions(place, wishes), ...target },
    });
}

function buildSentinelClient(
    place: Extract<RedisPlace, { kind: "sentinel" }>,
    wishes: ClientWishes,
): ServerClient {
    const socket = socketOptions(place, wishes);
    const client = createSentinel({
        name: place.master,
        sentinelRootNodes: [...place.hosts],
        RESP: 3,
        commandOptions: { timeout: wishes.commandTimeoutMs },
        nodeClientOptions: { ...connectionOptions(place, wishes), socket },
        // Sentinels have users of their own, as a rule none.
        sentinelClientOptions: { name: wishes.name, socket },
        // One connection for all commands: they need not wait for each other's end.
        reserveClient: true,
        scanInterval: scanIntervalMs,
        passthroughClientErrorEvents: true,
    });
    client.on("error", (error: unknown) => {
        // Connections to servers that are out of use fail as well, and that is nobody's concern.
        if (!client.isReady) wishes.onError(error);
    });
    client.on("reconnecting", () => wishes.onError(new Error("The master is being looked for.")));
    client.on("ready", wishes.onReady);
    return client as unknown as ServerClient;
}

function buildClusterClient(
    place: Extract<RedisPlace, { kind: "cluster" }>,
    wishes: ClientWishes,
): ServerClient {
    const defaults = {
        ...connectionOptions(place, wishes),
        socket: socketOptions(place, wishes),
    };
    const client = createCluster({
        rootNodes: place.hosts.map((host) => ({
            ...defaults,
            socket: { ...defaults.socket, ...host },
        })),
        defaults,
        RESP: 3,
        commandOptions: { timeout: wishes.commandTimeoutMs },
        topologyRefreshOnReconnectionAttemptStrategy: 500,
    });
    client.on("error", wishes.onError);
    client.on("node-error", wishes.onError);
    client.on("node-ready", wishes.onReady);
    return client as unknown as ServerClient;
}

function connectionOptions(place: RedisPlace, { name }: ClientWishes) {
    const { username, password } = place.kind === "socket" ? {} : place;
    return {
        name,
        ...(username === undefined ? {} : { username }),
        ...(password === undefined ? {} : { password }),
        pingInterval: pingIntervalMs,
        maintNotifications: "disabled",
    } as const;
}

function socketOptions(place: RedisPlace, wishes: ClientWishes) {
    const encrypted = place.kind !== "socket" && place.encrypted;
    return {
        ...(encrypted ? { tls: true } : {}),
        connectTimeout: connectTimeoutMs,
        socketTimeout: silenceTimeoutMs,
        reconnectStrategy: (retries: number) => {
            if (!wishes.isEstablished() || wishes.isEnding()) return false;
            wishes.onDisconnected();
            return Math.min(25 * 2 ** Math.min(retries, 10), longestReconnectDelayMs);
        },
    } as NonNullable<RedisClientOptions["socket"]>;
}
