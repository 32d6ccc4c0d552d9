import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readScript } from "./peer-page.ts";

/** What the page is told: its kind and whatever belongs to it. */
export type PeerEvent = { readonly kind: string } & Readonly<Record<string, unknown>>;

/** What the page asks for. */
export interface PeerHandlers {
    /** The first event for each page that opens. */
    readonly snapshot: () => PeerEvent;
    /** Answers a call; what it gives reaches the page as JSON. */
    readonly call: (name: string, values: readonly unknown[]) => unknown;
    /** The bytes of a message's file; `undefined`: gone. */
    readonly file: (id: string) => Uint8Array | undefined;
}

/** The loopback server that the page talks to. What it knows survives the page. */
export class PeerServer {
    readonly #pages = new Set<ServerResponse>();
    readonly #handlers: PeerHandlers;
    readonly #server = createServer((request, response) => {
        this.#answer(request, response).catch(() => response.destroy());
    });

    constructor(handlers: PeerHandlers) {
        this.#handlers = handlers;
    }

    /** Where the page finds the server. */
    get address(): string {
        return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    }

    /** How many pages are open. */
    get pages(): number {
        return this.#pages.size;
    }

    /** Begins to listen. */
    async listen(): Promise<void> {
        await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    }

    /** Tells the pages something. */
    tell(event: PeerEvent): void {
        for (const page of this.#pages) page.write(encode(event));
    }

    /** Ends all connections. */
    async close(): Promise<void> {
        this.#server.closeAllConnections();
        await new Promise((resolve) => this.#server.close(resolve));
    }

    async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        response.setHeader("Access-Control-Allow-Origin", "*");
        const [, kind, name = ""] = (request.url ?? "").split("/");
        if (kind === "events") return this.#open(response);
        if (kind === "page") {
            response.setHeader("Content-Type", "text/javascript");
            return void response.end(await readScript(name));
        }
        if (kind === "media") {
            const bytes = this.#handlers.file(decodeURIComponent(name));
            response.statusCode = bytes ? 200 : 404;
            return void response.end(bytes);
        }
        const value = await this.#handlers.call(name, await readValues(request));
        response.end(JSON.stringify({ value }));
    }

    #open(response: ServerResponse): void {
        response.writeHead(200, { "Content-Type": "text/event-stream" });
        response.write(encode(this.#handlers.snapshot()));
        this.#pages.add(response);
        response.on("close", () => this.#pages.delete(response));
    }
}

async function readValues(request: IncomingMessage): Promise<readonly unknown[]> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown[];
}

function encode(event: PeerEvent): string {
    return `data: ${JSON.stringify(event)}\n\n`;
}
