import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describeError, type Logger } from "../../src/log.ts";
import { wait } from "../../src/wait.ts";

/** What machines are answered; absent while the process starts. */
export interface OperationsSources {
    health(): { readonly status: number; readonly body: string };
    readiness(): Promise<{ readonly status: number; readonly body: string }>;
    /** In Prometheus' text format 0.0.4. */
    metrics(): Promise<string>;
}

/** How they are answered. */
export interface OperationsServerOptions {
    readonly host: string;
    /** 0: any free one. */
    readonly port: number;
    /** `undefined` while the process starts. */
    readonly sources: () => OperationsSources | undefined;
    readonly logger: Logger;
    /** Told where it listens. */
    readonly onListening?: (address: { readonly port: number }) => void;
}

type Answer = readonly [status: number, contentType: string, body: string];

const json = "application/json";
const metricsType = "text/plain; version=0.0.4; charset=utf-8";
const starting = `${JSON.stringify({ ready: false, reasons: ["The program starts."] })}\n`;
const limits = { headersTimeout: 5_000, requestTimeout: 5_000, maxHeaderSize: 8_192 };
const mostConnections = 50;
const retryMs = 5_000;

/**
 * Answers `/healthz`, `/readyz` and `/metrics` until the signal aborts. A port that is taken is
 * tried again; never fails.
 */
export async function serveOperations(
    options: OperationsServerOptions,
    signal: AbortSignal,
): Promise<void> {
    const server = await listen(options, signal);
    if (!server) return;
    const { address, port } = server.address() as AddressInfo;
    options.onListening?.({ port });
    options.logger.info({ address, port }, "/healthz, /readyz and /metrics are answered");
    if (!signal.aborted) await once(signal, "abort");
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
}

/** As soon as the port is free; `undefined`: the signal came first. */
async function listen(
    { host, port, sources, logger }: OperationsServerOptions,
    signal: AbortSignal,
): Promise<Server | undefined> {
    let told = false;
    while (!signal.aborted) {
        const server = createServer(limits, (request, response) => {
            void respond(request, response, sources, logger);
        });
        server.maxConnections = mostConnections;
        try {
            server.listen(port, host);
            await once(server, "listening");
            return server;
        } catch (error) {
            const remedy =
                "Set BIMEDIX2_OPERATIONS_ADDRESS to an address of this machine and a free port; each process on a machine needs a port of its own.";
            const fields = { ...describeError(error), host, port, remedy };
            logger[told ? "debug" : "warn"](fields, "/healthz and /metrics cannot be answered");
            told = true;
            await wait(retryMs, signal).catch(() => undefined);
        }
    }
    return undefined;
}

/** Never fails. */
async function respond(
    request: IncomingMessage,
    response: ServerResponse,
    sources: OperationsServerOptions["sources"],
    logger: Logger,
): Promise<void> {
    // A caller that goes away meanwhile is no fault of ours.
    response.on("error", () => undefined);
    const [status, contentType, body] = await answer(request, sources()).catch(
        (error: unknown): Answer => {
            logger.debug(describeError(error), "A machine could not be answered");
            return [503, json, starting];
        },
    );
    response.writeHead(status, { "Content-Type": contentType, "Cache-Control": "no-store" });
    response.end(request.method === "HEAD" ? undefined : body);
}

async function answer(
    { method, url = "" }: IncomingMessage,
    sources: OperationsSources | undefined,
): Promise<Answer> {
    const [path] = url.split("?");
    if (path !== "/healthz" && path !== "/readyz" && path !== "/metrics") {
        return [404, json, '{"error":"Not found."}\n'];
    }
    if (method !== "GET" && method !== "HEAD") return [405, json, '{"error":"Only GET."}\n'];
    if (path === "/healthz") {
        const { status, body } = sources?.health() ?? { status: 200, body: '{"alive":true}\n' };
        return [status, json, body];
    }
    if (!sources) return [503, json, starting];
    if (path === "/metrics") return [200, metricsType, await sources.metrics()];
    const { status, body } = await sources.readiness();
    return [status, json, body];
}
