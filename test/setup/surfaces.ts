/** What others than the patient can read of a running clinic. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** Text that was read, and where it came from. */
export interface Surface {
    readonly path: string;
    readonly bytes: Buffer;
}

/** A collector of traces on the loopback. */
export class TraceCollector {
    readonly #server: Server;
    readonly #bodies: Buffer[] = [];

    private constructor(server: Server) {
        this.#server = server;
        server.on("request", (request, response) => {
            request.on("data", (chunk: Buffer) => this.#bodies.push(chunk));
            request.on("end", () => response.end("{}"));
        });
    }

    static async open(): Promise<TraceCollector> {
        const server = createServer();
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        return new TraceCollector(server);
    }

    get address(): string {
        return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
    }

    /** Everything that came in. */
    get received(): Surface {
        return { path: "traces", bytes: Buffer.concat(this.#bodies) };
    }

    close(): void {
        this.#server.closeAllConnections();
        this.#server.close();
    }
}

/** What the local page and its addresses for machines answer to somebody who has signed in. */
export async function readPage(address: string, password: string): Promise<readonly Surface[]> {
    const origin = { Origin: address };
    const signedIn = await fetch(`${address}/api/session`, {
        method: "POST",
        headers: { ...origin, "Content-Type": "application/json" },
        body: JSON.stringify({ password }),
    });
    const [cookie = ""] = (signedIn.headers.get("Set-Cookie") ?? "").split(";");
    if (signedIn.status !== 204) throw new Error(`The page answered ${String(signedIn.status)}.`);
    const surfaces: Surface[] = [];
    for (const path of [
        "/",
        "/api/session",
        "/api/dead-letters",
        "/healthz",
        "/readyz",
        "/metrics",
    ]) {
        const answer = await fetch(address + path, { headers: { cookie } });
        surfaces.push({ path, bytes: Buffer.from(await answer.arrayBuffer()) });
    }
    return [...surfaces, { path: "/api/events", bytes: await readEvents(address, cookie) }];
}

/** The beginning of the stream, with how everything stands and all figures. */
async function readEvents(address: string, cookie: string): Promise<Buffer> {
    const end = new AbortController();
    const stream = await fetch(`${address}/api/events`, {
        headers: { cookie },
        signal: end.signal,
    });
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream.body ?? []) {
        chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        if (/event: chat\n/.test(text) && /event: sample\n/.test(text)) break;
    }
    end.abort();
    return Buffer.concat(chunks);
}
