import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import {
    type OperationsSources,
    serveOperations,
} from "../../../adapters/operations-server/operations-server.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
});

const works: OperationsSources = {
    health: () => ({ status: 200, body: "alive" }),
    readiness: () => Promise.resolve({ status: 503, body: "not ready" }),
    metrics: () => Promise.resolve("figure 1\n"),
};

async function start(sources: () => OperationsSources | undefined) {
    const stop = new AbortController();
    const logger = createRecordingLogger();
    let serving: Promise<void> = Promise.resolve();
    const port = await new Promise<number>((resolve) => {
        const options = { host: "127.0.0.1", port: 0, sources, logger };
        serving = serveOperations(
            { ...options, onListening: (address) => resolve(address.port) },
            stop.signal,
        );
    });
    stops.push(async () => {
        stop.abort();
        await serving;
    });
    return async (path: string, method = "GET") => {
        const response = await fetch(`http://127.0.0.1:${String(port)}${path}`, { method });
        const type = response.headers.get("content-type") ?? "";
        return [response.status, type, await response.text()];
    };
}

it("answers machines, and nothing else", async () => {
    const ask = await start(() => works);
    expect(await ask("/healthz")).toEqual([200, "application/json", "alive"]);
    expect(await ask("/readyz?verbose")).toEqual([503, "application/json", "not ready"]);
    expect(await ask("/metrics")).toEqual([
        200,
        "text/plain; version=0.0.4; charset=utf-8",
        "figure 1\n",
    ]);
    expect((await ask("/metrics", "HEAD"))[2]).toBe("");
    expect((await ask("/metrics", "POST"))[0]).toBe(405);
    for (const path of ["/", "/metrics/", "/../metrics.txt", "/chat"]) {
        expect((await ask(path))[0]).toBe(404);
    }
});

it("is alive but not ready while the program starts, and when a figure cannot be had", async () => {
    let sources: OperationsSources | undefined;
    const ask = await start(() => sources);
    expect((await ask("/healthz"))[0]).toBe(200);
    expect(await ask("/readyz")).toEqual([
        503,
        "application/json",
        '{"ready":false,"reasons":["The program starts."]}\n',
    ]);
    sources = { ...works, metrics: () => Promise.reject(new Error("a secret")) };
    const failed = await ask("/metrics");
    expect(failed[0]).toBe(503);
    expect(failed[2]).not.toContain("secret");
});

it("waits for a port that is taken, says so once, and ends with the signal", async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    const stop = new AbortController();
    const logger = createRecordingLogger();
    const serving = serveOperations(
        { host: "127.0.0.1", port, sources: () => works, logger },
        stop.signal,
    );
    await expect.poll(() => logger.entries.map(({ level }) => level)).toEqual(["warn"]);
    expect(logger.entries[0]?.fields["remedy"]).toContain("BIMEDIX2_OPERATIONS_ADDRESS");
    stop.abort();
    await serving;
    other.close();
});
