import { randomBytes, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { describeError, type Logger } from "../../src/log.ts";
import type { Language, PlatformAccount } from "../../src/message.ts";
import type { LinkDisplay, LinkState } from "../../src/ports.ts";
import { wait } from "../../src/wait.ts";
import { type PageTexts, pageTexts } from "./page-texts.ts";
import { pageHeaders, renderPage } from "./render-page.ts";

/** How the page is made. */
export interface LocalPageOptions {
    /** The port on 127.0.0.1. 0: any that is free (for tests; the address is known once it runs). */
    readonly port: number;
    readonly texts?: Readonly<Record<Language, PageTexts>>;
    readonly logger: Logger;
}

/** A page on this machine that shows how the accounts stand. */
export interface LocalPage extends LinkDisplay {
    /** Where it is, with a secret in it: only who is told the address can open the page. */
    readonly address: string;
    /** Serves until the signal aborts. A port that is taken is tried again; never fails. */
    run(signal: AbortSignal): Promise<void>;
}

/** Names of this machine. Any other is a foreign page that has its own name lead here. */
const hostNames: readonly string[] = ["127.0.0.1", "localhost"];
const retryMs = 5_000;
const requestMs = 5_000;

/** A page that only this machine can open. It shows codes that link a phone. */
export function createLocalPage({ port, texts = pageTexts, logger }: LocalPageOptions): LocalPage {
    const states = new Map<PlatformAccount, LinkState>();
    const path = `/${randomBytes(12).toString("base64url")}/`;
    let listeningPort = port;
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
        const status = judge(request, path);
        response.writeHead(status, status === 200 ? pageHeaders : { Connection: "close" });
        const isEmpty = status !== 200 || request.method === "HEAD";
        response.end(isEmpty ? undefined : renderPage([...states.values()], texts));
    };
    return {
        get address() {
            return `http://127.0.0.1:${listeningPort}${path}`;
        },
        show: (account, state) => {
            states.set(account, state);
        },
        run: async (signal) => {
            const server = await listen(answer, port, logger, signal);
            if (!server) return;
            listeningPort = (server.address() as AddressInfo).port;
            logger.info({ page: "open" }, "The local page is open");
            if (!signal.aborted) await once(signal, "abort");
            const closed = once(server, "close");
            server.close();
            server.closeAllConnections();
            await closed;
        },
    };
}

/** Listens on this machine alone, as soon as the port is free; `undefined`: the signal came first. */
async function listen(
    answer: (request: IncomingMessage, response: ServerResponse) => void,
    port: number,
    logger: Logger,
    signal: AbortSignal,
): Promise<Server | undefined> {
    let told = false;
    while (!signal.aborted) {
        const server = createServer({ requestTimeout: requestMs, maxHeaderSize: 8_192 }, answer);
        try {
            server.listen(port, "127.0.0.1");
            await once(server, "listening");
            return server;
        } catch (error) {
            const remedy =
                "Set another port in the configuration, or end the program that uses it.";
            const details = { ...describeError(error), port, remedy };
            logger[told ? "debug" : "warn"](details, "The local page cannot use its port");
            told = true;
            await wait(retryMs, signal).catch(() => undefined);
        }
    }
    return undefined;
}

/** The HTTP status of a request: 200 for who knows the address and comes from this machine. */
function judge({ method, headers, url }: IncomingMessage, path: string): number {
    const host = (headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    // A page elsewhere could have its own name resolve to 127.0.0.1 and read what we answer.
    if (!hostNames.includes(host)) return 421;
    if (!isEqual(url ?? "", path)) return 404;
    return method === "GET" || method === "HEAD" ? 200 : 405;
}

/** Takes equally long wherever two texts differ. */
function isEqual(given: string, expected: string): boolean {
    const [a, b] = [Buffer.from(given), Buffer.from(expected)];
    return a.length === b.length && timingSafeEqual(a, b);
}
