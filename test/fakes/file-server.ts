/** A web server for files, with ranges, on the loopback: the far end of `bimedix2 pull`. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

/** A file as the server shows it. */
export interface ServedFile {
    readonly content: Buffer;
    /** Sent with HEAD: what Hugging Face states for large files. */
    readonly headers?: Readonly<Record<string, string>>;
    /** Only who sends this bearer token gets it. */
    readonly token?: string;
    /** Sends no more after so many bytes of the file, once. */
    stallAt?: number;
}

/** One request for a part of a file. */
export interface ServedRange {
    readonly path: string;
    readonly start: number;
    /** Bytes that were sent. */
    sent: number;
}

export class FileServer {
    readonly files = new Map<string, ServedFile>();
    readonly ranges: ServedRange[] = [];
    /** All requests, as `METHOD path`. */
    readonly requests: string[] = [];
    /** The bearer tokens that came with requests. */
    readonly tokens: string[] = [];
    /** Paths that lead to others. */
    readonly redirections = new Map<string, string>();
    readonly address: string;
    readonly #server: ReturnType<typeof createServer>;
    #onStall: (() => void) | undefined;

    private constructor(server: ReturnType<typeof createServer>) {
        this.#server = server;
        this.address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        server.on("request", (request: IncomingMessage, response: ServerResponse) =>
            this.#answer(request, response),
        );
    }

    static async open(): Promise<FileServer> {
        const server = createServer().listen(0, "127.0.0.1");
        await once(server, "listening");
        return new FileServer(server);
    }

    /** Resolves when a file stalls. */
    stalled(): Promise<void> {
        return new Promise((resolve) => (this.#onStall = resolve));
    }

    async close(): Promise<void> {
        this.#server.closeAllConnections();
        this.#server.close();
        await once(this.#server, "close");
    }

    #answer({ method = "", url = "", headers }: IncomingMessage, response: ServerResponse): void {
        this.requests.push(`${method} ${url}`);
        if (headers.authorization !== undefined) this.tokens.push(headers.authorization);
        const location = this.redirections.get(url);
        if (location !== undefined) return void response.writeHead(307, { location }).end();
        const file = this.files.get(url);
        if (file === undefined) return void response.writeHead(404).end();
        if (file.token !== undefined && headers.authorization !== `Bearer ${file.token}`) {
            return void response.writeHead(401).end();
        }
        const { length } = file.content;
        const common = { "accept-ranges": "bytes", "content-type": "application/octet-stream" };
        if (method === "HEAD") {
            return void response
                .writeHead(200, { ...common, "content-length": length, ...file.headers })
                .end();
        }
        const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? "") ?? [];
        if (from === undefined || to === undefined) {
            return void response
                .writeHead(200, { ...common, "content-length": length })
                .end(file.content);
        }
        const [start, end] = [Number(from), Number(to) + 1];
        response.writeHead(206, {
            ...common,
            "content-length": end - start,
            "content-range": `bytes ${start}-${end - 1}/${length}`,
        });
        const range: ServedRange = { path: url, start, sent: 0 };
        // Who asks for one byte only wants to know where the file lies.
        if (end - start > 1) this.ranges.push(range);
        this.#send(file, range, end, response);
    }

    #send(file: ServedFile, range: ServedRange, end: number, response: ServerResponse): void {
        const { stallAt } = file;
        const stop = stallAt === undefined ? end : Math.min(end, stallAt);
        const part = file.content.subarray(range.start, stop);
        response.write(part, () => {
            range.sent = part.length;
            if (stop === end) return void response.end();
            delete file.stallAt;
            this.#onStall?.();
        });
    }
}
