import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Payload, Refusal } from "./bot-api-chats.ts";
import { BotApiGate } from "./bot-api-gate.ts";

/** A request that the bot made. */
export interface BotCall {
    readonly method: string;
    readonly payload: Payload;
    /** When it arrived (`performance.now()`). */
    readonly atMs: number;
    /** Requests for the same chat that were under way when this one arrived. */
    readonly during: readonly string[];
}

/** How a request goes wrong. */
export type Fault =
    /** Refused by the server. */
    | { readonly code: number; readonly description?: string; readonly retryAfter?: number }
    /** No answer, ever. */
    | "hang"
    /** The connection breaks before the request is carried out. */
    | "reset"
    /** The request is carried out, but the connection breaks before the answer. */
    | "lose-answer"
    /** The answer is no JSON, as from a proxy. */
    | "garbage"
    /** The request is carried out late. */
    | { readonly delayMs: number }
    /** The request is carried out at once and answered late. */
    | { readonly answerAfterMs: number };

/** The HTTP side of the Bot API on the loopback interface: records requests, makes faults. */
export abstract class BotApiServer {
    /** The only token that is accepted. */
    abstract readonly token: string;
    /** All requests except `getUpdates`, in the order of their arrival. */
    readonly calls: BotCall[] = [];
    /** All `getUpdates`. */
    readonly polls: Payload[] = [];
    readonly #faults: { readonly method: string; readonly fault: Fault; times: number }[] = [];
    readonly #gates = new Map<string, BotApiGate>();
    #disturb: (method: string, payload: Payload) => Fault | undefined = () => undefined;
    readonly #underWay = new Set<{ readonly method: string; readonly chat: unknown }>();
    readonly #server = createServer((request, response) => {
        void this.#answer(request, response).catch(() => response.destroy());
    });

    /** Where the bot finds the server. */
    get apiRoot(): string {
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
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

    /** The next requests of a method (or `file`, a download) go wrong. */
    fail(method: string, fault: Fault, times = 1): void {
        this.#faults.push({ method, fault, times });
    }

    /** Decides for each request without an ordered fault whether and how it goes wrong. */
    disturb(decide: (method: string, payload: Payload) => Fault | undefined): void {
        this.#disturb = decide;
    }

    /** Ends all faults that were ordered. */
    recover(): void {
        this.#faults.length = 0;
        this.#disturb = () => undefined;
    }

    /** Another way to the same server, for one process: it can be cut without the others. */
    openGate(): BotApiGate {
        const name = `gate-${String(this.#gates.size + 1)}`;
        const gate = new BotApiGate(`${this.apiRoot}/${name}`);
        this.#gates.set(name, gate);
        return gate;
    }

    /**
     * Waits until `observe` gives something.
     *
     * @throws `Error` after `timeoutMs`.
     */
    async waitFor<Seen>(
        observe: () => Seen | false | undefined,
        timeoutMs = 20_000,
    ): Promise<Seen> {
        const deadlineMs = performance.now() + timeoutMs;
        for (;;) {
            const seen = observe();
            if (seen !== false && seen !== undefined) return seen;
            if (performance.now() > deadlineMs) {
                const methods = this.calls.map(({ method }) => method).join(", ");
                throw new Error(`Waited for ${String(observe)} in vain. Requests: ${methods}`);
            }
            await sleep(2);
        }
    }

    /** Carries out a method; `closed` aborts when the bot has gone. */
    protected abstract carryOut(
        method: string,
        payload: Payload,
        closed: AbortSignal,
    ): Promise<unknown>;

    /** The bytes of a file. */
    protected abstract readFile(path: string): Uint8Array | undefined;

    async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const atMs = performance.now();
        const { gate: gateName, method, token, payload } = await readCall(request);
        const gate = this.#gates.get(gateName);
        gate?.track(response);
        const passage = gate?.pass(method) ?? "open";
        if (passage === "closed") return void response.destroy();

        const chat = payload["chat_id"];
        const during = [...this.#underWay].filter((call) => call.chat === chat);
        const call = { method, payload, atMs, during: during.map((other) => other.method) };
        if (method === "getUpdates") this.polls.push(payload);
        else this.calls.push(call);
        const entry = { method, chat };
        this.#underWay.add(entry);
        response.on("close", () => this.#underWay.delete(entry));

        const fault = this.#nextFault(method) ?? this.#disturb(method, payload);
        if (fault === "reset") response.destroy();
        if (fault === "reset" || fault === "hang") return;
        if (typeof fault === "object" && "delayMs" in fault) await sleep(fault.delayMs);
        const closed = new AbortController();
        response.on("close", () => closed.abort());
        const answer = await this.#carryOut(method, token, payload, fault, closed.signal);
        if (typeof fault === "object" && "answerAfterMs" in fault) await sleep(fault.answerAfterMs);
        this.#underWay.delete(entry);
        if (fault === "lose-answer" || passage !== "open") response.destroy();
        else {
            response.statusCode = answer.status;
            response.end(fault === "garbage" ? "<html>" : answer.body);
        }
    }

    async #carryOut(
        method: string,
        token: string,
        payload: Payload,
        fault: Fault | undefined,
        closed: AbortSignal,
    ): Promise<{ readonly status: number; readonly body: Uint8Array | string }> {
        try {
            if (token !== this.token) throw new Refusal(401, "Unauthorized");
            if (typeof fault === "object" && "code" in fault) {
                throw new Refusal(fault.code, fault.description ?? "Fault", fault.retryAfter);
            }
            if (method === "file") {
                const bytes = this.readFile(String(payload["path"]));
                return bytes ? { status: 200, body: bytes } : { status: 404, body: "" };
            }
            const result = await this.carryOut(method, payload, closed);
            return { status: 200, body: JSON.stringify({ ok: true, result }) };
        } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            return { status: error.code, body: describe(error) };
        }
    }

    #nextFault(method: string): Fault | undefined {
        const ordered = this.#faults.find((entry) => entry.method === method && entry.times > 0);
        if (!ordered) return undefined;
        ordered.times -= 1;
        return ordered.fault;
    }
}

/** What a request asks for; downloads appear as the method `file`. */
interface ReadCall {
    readonly gate: string;
    readonly method: string;
    readonly token: string;
    readonly payload: Payload;
}

async function readCall(request: IncomingMessage): Promise<ReadCall> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const [, gate = "", kind, token = "", rest = ""] =
        /^(?:\/(gate-\d+))?\/(file\/)?bot([^/]+)\/(.*)$/.exec(request.url ?? "") ?? [];
    if (kind !== undefined) {
        return { gate, method: "file", token, payload: { path: decodeURIComponent(rest) } };
    }
    const body = Buffer.concat(chunks).toString();
    const payload = body === "" ? {} : (JSON.parse(body) as Payload);
    return { gate, method: rest, token, payload };
}

function describe({ code, message, retryAfter }: Refusal): string {
    return JSON.stringify({
        ok: false,
        error_code: code,
        description: message,
        ...(retryAfter === undefined ? {} : { parameters: { retry_after: retryAfter } }),
    });
}
