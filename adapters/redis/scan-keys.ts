import { callRedis, type RedisClient } from "./client.ts";

const scannedAtOnce = 500;

/** What we need of a client of a cluster, beyond what all three kinds have. */
interface ClusterPart {
    readonly masters: readonly unknown[];
    nodeClient(master: unknown): RedisClient | Promise<RedisClient>;
}

/**
 * All keys that match a pattern, in bounded steps, of all servers of a cluster. A key may come
 * twice; one that comes or goes meanwhile may be missed.
 *
 * @throws `store-unavailable` (retryable), `store-failed`
 */
export async function* scanKeys(client: RedisClient, pattern: string): AsyncGenerator<string> {
    for (const server of await serversOf(client)) {
        const options = { MATCH: pattern, COUNT: scannedAtOnce };
        let cursor = "0";
        do {
            const from = cursor;
            const found = await callRedis(server, (bounded) => bounded.scan(from, options));
            cursor = found.cursor;
            yield* found.keys;
        } while (cursor !== "0");
    }
}

/** A text as a pattern that matches nothing else. */
export function literally(text: string): string {
    return text.replace(/[\\*?[\]]/g, "\\$&");
}

async function serversOf(client: RedisClient): Promise<readonly RedisClient[]> {
    if (!("masters" in client)) return [client];
    const cluster = client as unknown as ClusterPart;
    return await Promise.all(cluster.masters.map(async (one) => await cluster.nodeClient(one)));
}
