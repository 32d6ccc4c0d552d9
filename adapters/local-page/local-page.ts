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
    /**
     * What Prometheus reads behind the page's address with `metrics` at its end (text exposition
     * format 0.0.4). Absent: there is nothing at that address.
     */
    readonly metrics?: () => Promise<string>;
    readonly logger: Logger;
}

/** A page on this machine that shows how the accounts stand. */
export interface LocalPage extends LinkDisplay {
    /** Where it is, with a secret in it: only who is told the address can open the page. */
    readonly address: string;
    /** Serves until the signal aborts. A port that is taken is tried again; never fails. */
    run(signal: AbortSignal): Promise<void>;
}

/** What is behind one address. */
interface Content {
    readonly headers: Readonly<Record<string, string>>;
    readonly read: () => string | Promise<string>;
}

/** The page's, but for the type. */
const metricsHeaders: Content["headers"] = {
    ...pageHeaders,
    "Content-Type": "text/plain; version=0.0.4; charset=utf-8",
};

/** Names of this machine. Any other is a foreign page that has its own name lead here. */
const hostNames: readonly string[] = ["127.0.0.1", "localhost"];
const retryMs = 5_000;
const requestMs = 5_000;

/** A page that only this machine can open. It shows codes that link a phone. */
export function createLocalPage({
    port,
    texts = pageTexts,
    metrics,
    logger,
}: LocalPageOptions): LocalPage {
    const states = new Map<PlatformAccount, LinkState>();
    const path = `/${randomBytes(12).toString("base64url")}/`;
    let listeningPort = port;
    const contents: ReadonlyMap<string, Content> = new Map([
        [path, { headers: pageHeaders, read: () => renderPage([...states.values()], texts) }],
        ...(metrics
            ? [[`${path}metrics`, { headers: metricsHeaders, read: metrics }] as const]
            : []),
    ]);
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
        void respond(request, response, contents, logger);
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

/** Answers whoever knows the address and comes from this machine. Never fails. */
async function respond(
    request: IncomingMessage,
    response: ServerResponse,
    contents: ReadonlyMap<string, Content>,
    logger: Logger,
): Promise<void> {
    const found = judge(request, contents);
    if (typeof found === "number") return refuse(response, found);
    try {
        const text = await found.read();
        response.writeHead(200, found.headers);
        response.end(request.method === "HEAD" ? undefined : text);
    } catch (error) {
        logger.debug(describeError(error), "The local page cannot show the figures just now");
        refuse(response, 503);
    }
}

function refuse(response: ServerResponse, status: number): void {
    response.writeHead(status, { Connection: "close" });
    response.end();
}

/** What a request asks for, or the HTTP status of its refusal. */
function judge(
    { method, headers, url }: IncomingMessage,
    contents: ReadonlyMap<string, Content>,
): Content | number {
    const host = (headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
    // A page elsewhere could have its own name resolve to 127.0.0.1 and read what we answer.
    if (!hostNames.includes(host)) return 421;
    const [, content] = [...contents].find(([path]) => isEqual(url ?? "", path)) ?? [];
    if (!content) return 404;
    return method === "GET" || method === "HEAD" ? content : 405;
}

/** Takes equally long wherever two texts differ. */
function isEqual(given: string, expected: string): boolean {
    const [a, b] = [Buffer.from(given), Buffer.from(expected)];
    return a.length === b.length && timingSafeEqual(a, b);
}
