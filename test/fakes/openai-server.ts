import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A part of a message, as the interface takes it. */
export type ContentPart =
    | { readonly type: "text"; readonly text: string }
    | { readonly type: "image_url"; readonly image_url: { readonly url: string } };

/** The body of `POST /v1/chat/completions`. */
export interface CompletionBody {
    readonly model: string;
    readonly messages: readonly {
        readonly role: string;
        readonly content: string | readonly ContentPart[];
    }[];
    readonly max_tokens: number;
    readonly temperature: number;
    readonly top_p: number;
    readonly stream: boolean;
    readonly stream_options: { readonly include_usage: boolean };
}

/** Tokens as servers count them. */
export interface CountedTokens {
    readonly prompt: number;
    readonly generated: number;
    readonly cached?: number;
}

/** One answer of the server, event by event. */
export class CompletionStream {
    readonly #response: ServerResponse;
    /** Aborts when the client has gone before the end. */
    readonly left: AbortSignal;

    constructor(response: ServerResponse) {
        this.#response = response;
        const leaving = new AbortController();
        response.once("close", () => {
            if (!response.writableFinished) leaving.abort();
        });
        this.left = leaving.signal;
    }

    /** Sends the status and nothing else yet. */
    begin(): void {
        if (this.#response.headersSent) return;
        this.#response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
        this.#response.flushHeaders();
    }

    piece(content: string): void {
        this.event({ choices: [{ index: 0, delta: { content }, finish_reason: null }] });
    }

    /** The end of an answer, as vLLM and llama-server send it. */
    end(reason: string, tokens?: CountedTokens): void {
        this.event({ choices: [{ index: 0, delta: {}, finish_reason: reason }] });
        if (tokens) this.usage(tokens);
        this.raw("data: [DONE]\n\n");
        this.#response.end();
    }

    usage({ prompt, generated, cached }: CountedTokens): void {
        this.event({
            choices: [],
            usage: {
                prompt_tokens: prompt,
                completion_tokens: generated,
                total_tokens: prompt + generated,
                ...(cached === undefined
                    ? {}
                    : { prompt_tokens_details: { cached_tokens: cached } }),
            },
        });
    }

    event(event: object): void {
        const common = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1 };
        this.raw(`data: ${JSON.stringify({ ...common, model: "served", ...event })}\n\n`);
    }

    raw(bytes: string | Uint8Array): void {
        this.begin();
        this.#response.write(bytes);
    }

    /** Ends the stream wherever it is. */
    stop(): void {
        this.begin();
        this.#response.end();
    }

    /** Breaks the connection. */
    cut(): void {
        this.#response.destroy();
    }

    /** Answers as a web site does that knows nothing of the protocol. */
    page(html: string): void {
        this.#response.writeHead(200, { "content-type": "text/html" });
        this.#response.end(html);
    }

    refuse(status: number, body: string | object, headers: Record<string, string> = {}): void {
        const text = typeof body === "string" ? body : JSON.stringify(body);
        this.#response.writeHead(status, { "content-type": "application/json", ...headers });
        this.#response.end(text);
    }
}

/** How the server answers; a handler that does nothing leaves the client waiting. */
export type Handler = (body: CompletionBody, stream: CompletionStream) => unknown;

/** A request that came in. */
export interface ReceivedRequest {
    readonly body: CompletionBody;
    readonly authorization: string | undefined;
}

/** A loopback server that speaks the OpenAI-compatible protocol; a handler gives the answers. */
export class OpenAiServer {
    readonly #server: Server;
    readonly requests: ReceivedRequest[] = [];
    handler: Handler;
    /** What `GET /v1/models` lists; `undefined`: it is not there. */
    models: readonly object[] | undefined = [{ id: "served", object: "model" }];
    /** The key that is asked for. */
    apiKey: string | undefined;

    private constructor(handler: Handler) {
        this.handler = handler;
        this.#server = createServer((request, response) => void this.#answer(request, response));
    }

    static async start(handler: Handler, port = 0): Promise<OpenAiServer> {
        const server = new OpenAiServer(handler);
        server.#server.listen(port, "127.0.0.1");
        await once(server.#server, "listening");
        return server;
    }

    get port(): number {
        return (this.#server.address() as AddressInfo).port;
    }

    get url(): string {
        return `http://127.0.0.1:${this.port}/v1`;
    }

    async stop(): Promise<void> {
        const closed = once(this.#server, "close");
        this.#server.close();
        this.#server.closeAllConnections();
        await closed;
    }

    async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const chunks: Buffer[] = [];
        for await (const chunk of request) chunks.push(chunk as Buffer);
        const stream = new CompletionStream(response);
        const { authorization } = request.headers;
        if (this.apiKey !== undefined && authorization !== `Bearer ${this.apiKey}`) {
            stream.refuse(401, { error: { message: "Invalid API Key", code: 401 } });
            return;
        }
        if (request.url === "/v1/models" && this.models !== undefined) {
            stream.refuse(200, { object: "list", data: this.models });
            return;
        }
        if (request.method !== "POST" || request.url !== "/v1/chat/completions") {
            stream.refuse(404, { detail: "Not Found" });
            return;
        }
        const body = JSON.parse(Buffer.concat(chunks).toString()) as CompletionBody;
        this.requests.push({ body, authorization });
        await this.handler(body, stream);
    }
}
