import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import { CountedWarnings } from "./counted-warnings.ts";
import { asObject, type JsonObject } from "./json-object.ts";
import { type ListenAddress, openPort } from "./open-port.ts";
import { isSameSecret, isSignedByMeta } from "./signature.ts";
import type { CloudTimings } from "./timings.ts";

/** What receiving webhooks needs. */
export interface WebhookServerParts {
    readonly listen: ListenAddress;
    readonly appSecret: string;
    readonly verifyToken: string;
    readonly logger: Logger;
    readonly timings: CloudTimings;
    /** Resolves with whether everything in a webhook is taken. Never fails. */
    readonly take: (payload: JsonObject) => Promise<boolean>;
}

/** Meta's webhooks have at most 3 MB ("Webhooks: payload size"). */
const mostBodyBytes = 4 * 1024 * 1024;
/** Bodies that are being read at one time: their senders are not known yet. */
const mostBufferedBytes = 64 * 1024 * 1024;
const mostConnections = 200;
const requestsPerConnection = 1_000;

/** An answer that says no more than its status. */
class HttpRefusal extends Error {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;

    constructor(status: number, reason: string, headers: Readonly<Record<string, string>> = {}) {
        super(reason);
        this.status = status;
        this.headers = headers;
    }
}

/**
 * Receives Meta's webhooks. One server for all phone numbers of a clinic: it listens for as long as
 * somebody has opened it. TLS is for the proxy before it.
 */
export class WebhookServer {
    readonly #parts: WebhookServerParts;
    readonly #warnings: CountedWarnings;
    #users = 0;
    #opening: Promise<Server> | undefined;
    #closing: Promise<void> = Promise.resolve();
    #bufferedBytes = 0;
    #isClosing = false;

    constructor(parts: WebhookServerParts) {
        this.#parts = parts;
        this.#warnings = new CountedWarnings(parts.logger);
    }

    /**
     * Listens, unless it does already.
     *
     * @throws `config-invalid` when it cannot listen there, `aborted`.
     */
    async open(signal: AbortSignal): Promise<void> {
        this.#users += 1;
        await this.#closing;
        for (;;) {
            const opening = (this.#opening ??= this.#listen(signal));
            try {
                await opening;
                return;
            } catch (error) {
                if (this.#opening === opening) this.#opening = undefined;
                // Another user has begun to open it and does not want to any more.
                if (isAppError(error, "aborted") && !signal.aborted) continue;
                this.#users -= 1;
                throw error;
            }
        }
    }

    /** Ends when the last user has closed it; requests under way are answered first. Never fails. */
    async close(): Promise<void> {
        this.#users -= 1;
        if (this.#users > 0) return;
        const opening = this.#opening;
        this.#opening = undefined;
        this.#closing = this.#end(opening);
        await this.#closing;
    }

    async #end(opening: Promise<Server> | undefined): Promise<void> {
        const server = await opening?.catch(() => undefined);
        if (server === undefined) return;
        this.#isClosing = true;
        const closed = new Promise((resolve) => server.close(resolve));
        // A connection is idle only when its answer is out: that may take a moment.
        const idle = setInterval(() => server.closeIdleConnections(), 20);
        const late = setTimeout(() => server.closeAllConnections(), this.#parts.timings.closingMs);
        await closed;
        clearInterval(idle);
        clearTimeout(late);
        this.#isClosing = false;
    }

    async #listen(signal: AbortSignal): Promise<Server> {
        const { listen, logger, timings } = this.#parts;
        const create = (): Server => this.#createServer();
        const server = await openPort(create, listen, { timings, logger }, signal);
        server.on("error", (error) => {
            logger.error(describeError(error), "WhatsApp: receiving webhooks has failed");
        });
        const fields = { whatsapp: "listening", ...listen };
        logger.info(fields, "WhatsApp: waiting for webhooks of Meta");
        return server;
    }

    #createServer(): Server {
        const { headersMs, bodyMs, keepAliveMs } = this.#parts.timings;
        const limits = {
            headersTimeout: headersMs,
            requestTimeout: bodyMs,
            keepAliveTimeout: keepAliveMs,
            connectionsCheckingInterval: Math.min(1_000, headersMs),
        };
        const server = createServer(limits, (request, response) => {
            void this.#answer(request, response);
        });
        server.maxConnections = mostConnections;
        server.maxRequestsPerSocket = requestsPerConnection;
        return server;
    }

    async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        // A sender that goes away meanwhile is no fault of ours.
        response.on("error", () => undefined);
        try {
            if (this.#isClosing) response.setHeader("connection", "close");
            await this.#handle(request, response);
        } catch (error) {
            this.#refuse(request, response, error);
        }
    }

    async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const address = readAddress(request);
        if (!address || !isSamePath(address.pathname, this.#parts.listen.path)) {
            throw new HttpRefusal(
                404,
                looksLikeMeta(request, address) ? "wrong-path" : "not-found",
            );
        }
        if (request.method === "GET") return this.#verify(address.searchParams, response);
        if (request.method !== "POST") {
            throw new HttpRefusal(405, "wrong-method", { allow: "GET, POST" });
        }
        const payload = await this.#readPayload(request);
        const taken = await within(this.#parts.timings.ackWithinMs, this.#parts.take(payload));
        if (!taken) {
            const seconds = Math.ceil(this.#parts.timings.redeliverMs / 1000);
            throw new HttpRefusal(503, "not-taken-yet", { "retry-after": String(seconds) });
        }
        send(response, 200, "");
    }

    /** Meta asks once, when the address is entered ("Webhooks: verification requests"). */
    #verify(query: URLSearchParams, response: ServerResponse): void {
        const token = query.get("hub.verify_token");
        if (query.get("hub.mode") === null && token === null) {
            return send(response, 400, "This address is for Meta, which sends WhatsApp here.\n");
        }
        const challenge = query.get("hub.challenge") ?? "";
        const isRight = isSameSecret(token ?? "", this.#parts.verifyToken);
        if (query.get("hub.mode") !== "subscribe" || !isRight) {
            throw new HttpRefusal(403, "wrong-verify-token");
        }
        if (!/^[\w.-]{1,200}$/.test(challenge)) throw new HttpRefusal(400, "wrong-challenge");
        this.#parts.logger.info(
            { whatsapp: "verified" },
            "WhatsApp: Meta has verified the webhook's address",
        );
        send(response, 200, challenge);
    }

    async #readPayload(request: IncomingMessage): Promise<JsonObject> {
        const { headers } = request;
        if (!/^application\/json\b/i.test(headers["content-type"] ?? "")) {
            throw new HttpRefusal(415, "wrong-type");
        }
        if ((headers["content-encoding"] ?? "identity") !== "identity") {
            throw new HttpRefusal(415, "wrong-encoding");
        }
        if (Number(headers["content-length"] ?? 0) > mostBodyBytes) {
            throw new HttpRefusal(413, "too-large");
        }
        const signature = String(headers["x-hub-signature-256"] ?? "");
        if (signature === "") throw new HttpRefusal(401, "no-signature");
        const body = await this.#readBody(request);
        if (!isSignedByMeta(body, signature, this.#parts.appSecret)) {
            throw new HttpRefusal(401, "wrong-signature");
        }
        try {
            const payload = asObject(JSON.parse(body.toString()));
            if (payload !== undefined) return payload;
        } catch {
            // As below.
        }
        throw new HttpRefusal(400, "no-json");
    }

    async #readBody(request: IncomingMessage): Promise<Buffer> {
        const chunks: Buffer[] = [];
        let size = 0;
        try {
            // The connection must outlive a refusal: its sender is to hear why.
            const incoming: AsyncIterable<Buffer> = request.iterator({ destroyOnReturn: false });
            for await (const chunk of incoming) {
                size += chunk.length;
                this.#bufferedBytes += chunk.length;
                if (size > mostBodyBytes) throw new HttpRefusal(413, "too-large");
                if (this.#bufferedBytes > mostBufferedBytes) throw new HttpRefusal(503, "busy");
                chunks.push(chunk);
            }
            return Buffer.concat(chunks);
        } finally {
            this.#bufferedBytes -= size;
        }
    }

    #refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
        const refusal = error instanceof HttpRefusal ? error : undefined;
        const kind = refusal?.message ?? "broken-off";
        const sentence = sentences[kind];
        if (sentence !== undefined) this.#warnings.warn(kind, sentence);
        if (refusal === undefined || response.headersSent || response.destroyed) {
            response.destroy();
            return;
        }
        for (const [name, value] of Object.entries(refusal.headers)) {
            response.setHeader(name, value);
        }
        // What is left of the body will not be read.
        if (!request.complete) response.setHeader("connection", "close");
        send(response, refusal.status, "");
    }
}

/** Those refusals that tell the administrator something. */
const sentences: Readonly<Record<string, string>> = {
    "wrong-path":
        "WhatsApp: a call that looks like one of Meta came to another path and was refused; the callback URL at Meta, the web server and platforms.whatsappCloud.path must agree",
    "no-signature":
        "WhatsApp: a webhook without a signature was refused; Meta signs all of its own",
    "wrong-signature":
        "WhatsApp: a webhook with a wrong signature was refused; if no messages arrive, check WHATSAPP_APP_SECRET",
    "wrong-verify-token":
        "WhatsApp: a verification was refused; the verify token at Meta must be the one in WHATSAPP_VERIFY_TOKEN",
    "too-large": "WhatsApp: a webhook was refused because of its size",
    busy: "WhatsApp: webhooks were refused because too much arrived at once",
    "not-taken-yet":
        "WhatsApp: a message could not be stored in time; Meta was asked to deliver it again",
};

function send(response: ServerResponse, status: number, text: string): void {
    response.statusCode = status;
    response.setHeader("content-type", "text/plain; charset=utf-8");
    response.setHeader("x-content-type-options", "nosniff");
    response.setHeader("cache-control", "no-store");
    response.end(text);
}

function readAddress({ url = "" }: IncomingMessage): URL | undefined {
    try {
        // A path may begin with two slashes; alone they would be the name of a host.
        return new URL(url.startsWith("/") ? `http://localhost${url}` : url);
    } catch {
        return undefined;
    }
}

/** Whoever writes the address into Meta's form or a web server may end it with a slash. */
function isSamePath(one: string, other: string): boolean {
    return one.replace(/\/+$/, "") === other.replace(/\/+$/, "");
}

function looksLikeMeta({ headers }: IncomingMessage, address: URL | undefined): boolean {
    return "x-hub-signature-256" in headers || address?.searchParams.has("hub.mode") === true;
}

async function within(ms: number, taking: Promise<boolean>): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), ms);
    });
    try {
        return await Promise.race([taking, late]);
    } finally {
        clearTimeout(timer);
    }
}
