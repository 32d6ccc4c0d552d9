import { once } from "node:events";
import type { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import type { Hono } from "hono";
import { describeError, type Logger } from "../../src/log.ts";
import { wait } from "../../src/wait.ts";
import type { PageEnvironment } from "./sign-in.ts";

/** Where the page is served. */
export interface ListenPlace {
    readonly host: string;
    readonly port: number;
}

const retryMs = 5_000;
/** A slow sender is not waited for; a picture over a slow line still comes through. */
const headersMs = 10_000;
const requestMs = 120_000;
const mostConnections = 256;

/** A server for the page that does not listen yet. */
export function createPageServer(app: Hono<PageEnvironment>): Server {
    const server = createAdaptorServer({
        fetch: app.fetch,
        serverOptions: {
            headersTimeout: headersMs,
            requestTimeout: requestMs,
            connectionsCheckingInterval: 5_000,
            keepAliveTimeout: 10_000,
            maxHeaderSize: 8_192,
        },
    }) as Server;
    server.maxConnections = mostConnections;
    return server;
}

/** Listens, if the place is free. */
export async function tryToListen(server: Server, { host, port }: ListenPlace): Promise<unknown> {
    try {
        server.listen(port, host);
        await once(server, "listening");
        return undefined;
    } catch (error) {
        return error;
    }
}

/**
 * Listens as soon as the place is free.
 *
 * @returns Whether it listens; if not, the signal came first.
 */
export async function listen(
    server: Server,
    place: ListenPlace,
    logger: Logger,
    signal: AbortSignal,
): Promise<boolean> {
    for (let told = false; !signal.aborted; told = true) {
        const error = await tryToListen(server, place);
        if (error === undefined) return true;
        const remedy =
            "Set another localPage.port in clinic.yaml, or end the program that uses this one. If that is another process of this clinic on this machine, all is well: its page shows this one too.";
        const details = { ...describeError(error), ...place, remedy };
        logger[told ? "debug" : "warn"](details, "The local page cannot use its port");
        await wait(retryMs, signal).catch(() => undefined);
    }
    return false;
}
