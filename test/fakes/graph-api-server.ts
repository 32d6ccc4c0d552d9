import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { BotApiGate } from "./bot-api-gate.ts";

/** What a request asks for. `send`: a message to a patient; `file`: the bytes of one. */
export type GraphAction = "send" | "typing" | "number" | "media" | "file" | "unknown";

/** The body of a request. */
export type GraphPayload = Readonly<Record<string, unknown>>;

/** A request that was made. */
export interface GraphCall {
    readonly action: GraphAction;
    /** The id in the path: of a phone number or a file. */
    readonly id: string;
    readonly payload: GraphPayload;
}

/** How a request goes wrong. */
export type GraphFault =
    /** Refused, with Meta's error number. */
    | {
          readonly status: number;
          readonly code?: number;
          readonly subcode?: number;
          readonly retryAfter?: number;
      }
    /** Refused by somebody on the way, such as a firewall. */
    | { readonly proxy: number }
    /** No answer, ever. */
    | "hang"
    /** The connection breaks before the request is carried out. */
    | "reset"
    /** The request is carried out, but the connection breaks before the answer. */
    | "lose-answer"
    /** The request is carried out, and answered with a fault. */
    | "fault-after"
    /** The answer is no JSON, as from a proxy. */
    | "garbage"
    /** A file comes with other bytes. */
    | "damage"
    /** A file is somewhere else. */
    | { readonly redirect: string };

/** A refused request. */
export class GraphRefusal extends Error {
    readonly status: number;
    readonly code: number;
    readonly retryAfter: number | undefined;
    readonly subcode: number | undefined;

    constructor(
        status: number,
        code: number,
        message = "Refused",
        { retryAfter, subcode }: { retryAfter?: number; subcode?: number } = {},
    ) {
        super(message);
        this.status = status;
        this.code = code;
        this.retryAfter = retryAfter;
        this.subcode = subcode;
    }
}

interface Request {
    readonly gate: string;
    readonly call: GraphCall;
    readonly token: string | undefined;
}

/** The HTTP side of a Graph API on the loopback interface: records requests, makes faults. */
export abstract class GraphApiServer {
    /** The only token that is accepted. */
    abstract accessToken: string;
    /** All requests, in the order of their arrival. */
    readonly calls: GraphCall[] = [];
    readonly #faults: {
        readonly action: GraphAction;
        readonly fault: GraphFault;
        times: number;
    }[] = [];
    readonly #gates = new Map<string, BotApiGate>();
    readonly #server = createServer((request, response) => {
        void this.#answer(request, response).catch(() => response.destroy());
    });

    /** Where this machine's Graph API is. */
    get origin(): string {
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    }

    /** What the product gets as the Graph API's address. */
    get graphRoot(): string {
        return `${this.origin}/v24.0`;
    }

    /** Begins to listen. */
    async listen(): Promise<void> {
        await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    }

    /** Ends all connections. */
    async close(): Promise<void> {
        this.#server.closeAllConnections();
        await new Promise((resolve) => this.#server.close(resolve));
    }

    /** The next requests of a kind go wrong. */
    fail(action: GraphAction, fault: GraphFault, times = 1): void {
        this.#faults.push({ action, fault, times });
    }

    /** Ends all faults. */
    recover(): void {
        this.#faults.length = 0;
    }

    /** The payloads of all requests of one kind. */
    callsOf(action: GraphAction): GraphPayload[] {
        return this.calls.filter((call) => call.action === action).map(({ payload }) => payload);
    }

    /** Another way to the same server, for one process: it can be cut without the others. */
    openGate(): { readonly gate: BotApiGate; readonly graphRoot: string } {
        const name = `gate-${String(this.#gates.size + 1)}`;
        const gate = new BotApiGate(`${this.origin}/${name}`);
        this.#gates.set(name, gate);
        return { gate, graphRoot: `${gate.apiRoot}/v24.0` };
    }

    /**
     * Waits until the condition holds.
     *
     * @throws `Error` after `timeoutMs`.
     */
    async until(condition: () => boolean, timeoutMs = 20_000): Promise<void> {
        const deadlineMs = performance.now() + timeoutMs;
        while (!condition()) {
            if (performance.now() > deadlineMs) {
                const actions = this.calls.map(({ action }) => action).join(", ");
                throw new Error(`Waited for ${String(condition)} in vain. Requests: ${actions}`);
            }
            await sleep(2);
        }
    }

    /** Carries out a request. */
    protected abstract carryOut(call: GraphCall): object;

    /** The bytes of a file. */
    protected abstract readFile(id: string): Uint8Array | undefined;

    async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const { gate: gateName, call, token } = await readRequest(request);
        const gate = this.#gates.get(gateName);
        gate?.track(response);
        const passage = gate?.pass(call.action === "send" ? "sendMessage" : "other") ?? "open";
        if (passage === "closed") return void response.destroy();
        this.calls.push(call);
        const fault = this.#nextFault(call.action);
        if (fault === "reset") response.destroy();
        if (fault === "reset" || fault === "hang") return;
        const answer = this.#carryOut(call, token, fault);
        if (fault === "lose-answer" || passage !== "open") return void response.destroy();
        response.statusCode = fault === "fault-after" ? 500 : answer.status;
        for (const [name, value] of Object.entries(answer.headers ?? {})) {
            response.setHeader(name, value);
        }
        response.end(fault === "garbage" ? "<html>" : answer.body);
    }

    #carryOut(
        call: GraphCall,
        token: string | undefined,
        fault: GraphFault | undefined,
    ): { status: number; headers?: Record<string, string>; body: Uint8Array | string } {
        try {
            if (token !== this.accessToken) throw new GraphRefusal(401, 190, "Invalid token");
            if (typeof fault === "object" && "redirect" in fault) {
                return { status: 302, headers: { location: fault.redirect }, body: "" };
            }
            if (typeof fault === "object" && "proxy" in fault) {
                return { status: fault.proxy, body: "<html>Blocked</html>" };
            }
            if (typeof fault === "object") {
                throw new GraphRefusal(fault.status, fault.code ?? 1, "Fault", fault);
            }
            if (call.action !== "file") {
                return { status: 200, body: JSON.stringify(this.carryOut(call)) };
            }
            const bytes = this.readFile(call.id);
            if (bytes === undefined) return { status: 404, body: "" };
            return {
                status: 200,
                body: fault === "damage" ? bytes.map((byte) => byte ^ 1) : bytes,
            };
        } catch (error) {
            if (!(error instanceof GraphRefusal)) throw error;
            return describe(error);
        }
    }

    #nextFault(action: GraphAction): GraphFault | undefined {
        const ordered = this.#faults.find((entry) => entry.action === action && entry.times > 0);
        if (!ordered) return undefined;
        ordered.times -= 1;
        return ordered.fault;
    }
}

async function readRequest(request: IncomingMessage): Promise<Request> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const [, gate = "", path = ""] = /^(?:\/(gate-\d+))?\/(.*)$/.exec(request.url ?? "") ?? [];
    const [, token] = /^Bearer (.+)$/.exec(request.headers.authorization ?? "") ?? [];
    const text = Buffer.concat(chunks).toString();
    const payload = text === "" ? {} : (JSON.parse(text) as GraphPayload);
    return { gate, token, call: { ...route(request.method ?? "", path, payload), payload } };
}

function route(
    method: string,
    path: string,
    payload: GraphPayload,
): Pick<GraphCall, "action" | "id"> {
    const [, file] = /^files\/([^/]+)$/.exec(path) ?? [];
    if (method === "GET" && file !== undefined) return { action: "file", id: file };
    const [, id = "", rest = ""] = /^v\d+\.\d+\/([^/?]+)(.*)$/.exec(path) ?? [];
    if (method === "POST" && rest === "/messages") {
        return { action: payload["status"] === "read" ? "typing" : "send", id };
    }
    if (method === "GET" && rest.startsWith("?fields=")) return { action: "number", id };
    if (method === "GET" && rest === "") return { action: "media", id };
    return { action: "unknown", id };
}

function describe({ status, code, subcode, message, retryAfter }: GraphRefusal): {
    status: number;
    headers: Record<string, string>;
    body: string;
} {
    const error = {
        message: `(#${code}) ${message}`,
        type: "OAuthException",
        code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        error_data: { messaging_product: "whatsapp", details: message },
        fbtrace_id: "AbCdEfGhIjKlMnOpQrStUvWx",
    };
    return {
        status,
        headers: retryAfter === undefined ? {} : { "retry-after": String(retryAfter) },
        body: JSON.stringify({ error }),
    };
}
