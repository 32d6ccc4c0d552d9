import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { createLocalPage, type LocalPage } from "../../../adapters/web/local-page.ts";
import type { LocalPageOptions, PageSources } from "../../../adapters/web/page-options.ts";
import type { AdministrativeAct } from "../../../src/status-ports.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import { packageRoot } from "../../setup/redis.ts";

/** What a program got. */
export interface Answer {
    readonly status: number;
    readonly text: string;
    readonly headers: IncomingMessage["headers"];
}

/** What a program sends. */
export interface Sent {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
}

/** A page that runs before sources of the test's own. */
export interface PageWorld {
    readonly page: LocalPage;
    readonly origin: string;
    readonly acts: AdministrativeAct[];
    readonly logger: ReturnType<typeof createRecordingLogger>;
    /** Speaks HTTP as any program can, whatever it says of itself. */
    readonly ask: (path: string, sent?: Sent) => Promise<Answer>;
    /** Signs in; gives the headers of whoever has. */
    readonly signIn: () => Promise<Record<string, string>>;
    close(): Promise<void>;
}

/** Where nothing is there yet. */
const emptySources: Omit<PageSources, "audit"> = {
    readStatus: () => Promise.resolve([]),
    readBacklog: () => Promise.resolve({ conversations: 0, waitMs: 0, workers: 0 }),
    readCounters: () => Promise.resolve([]),
    outbox: {
        dead: () => Promise.resolve([]),
        resend: () => Promise.resolve(false),
        discard: () => Promise.resolve(false),
    },
    deadLetters: { open: () => Promise.resolve(undefined) },
    health: () => ({ status: 200, body: "alive\n" }),
    ready: () => ({ status: 503, body: "not yet\n" }),
    metrics: () => ({ status: 200, body: "erased_total 3\n", contentType: "text/plain" }),
};

const compiledClient = join(packageRoot, "dist/adapters/web/client");
const pageAssets = join(packageRoot, "adapters/web/assets");

/** Starts a page on any free port. */
export async function startPage(
    options: Partial<LocalPageOptions> = {},
    sources: Partial<PageSources> = {},
): Promise<PageWorld> {
    const logger = createRecordingLogger();
    const acts: AdministrativeAct[] = [];
    const audit: PageSources["audit"] = {
        record: (act) => {
            acts.push(act);
            return Promise.resolve();
        },
    };
    const page = createLocalPage({
        host: "127.0.0.1",
        port: 0,
        clientFolder: compiledClient,
        assetsFolder: pageAssets,
        version: "1.2.3",
        maxFileBytes: 1_000_000,
        sampleMs: 50,
        logger,
        ...options,
        sources: { ...emptySources, audit, ...sources },
    });
    const stop = new AbortController();
    const running = page.run(stop.signal);
    while (!logger.entries.some(({ fields }) => fields["page"] === "open")) {
        await new Promise(setImmediate);
    }
    const { port } = new URL(options.publicAddress === undefined ? page.address : "http://x");
    const origin = `http://127.0.0.1:${port}`;
    const ask: PageWorld["ask"] = async (path, { method = "GET", headers = {}, body } = {}) => {
        const sent = request(`${origin}${path}`, { method, headers, agent: false });
        sent.on("error", () => undefined);
        sent.end(body);
        const [response] = (await once(sent, "response")) as [IncomingMessage];
        const chunks: Buffer[] = [];
        for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
        const text = Buffer.concat(chunks).toString();
        return { status: response.statusCode ?? 0, text, headers: response.headers };
    };
    return {
        page,
        origin,
        acts,
        logger,
        ask,
        signIn: async () => {
            const { hash } = new URL(page.address);
            const token = hash.replace("#sign-in=", "");
            const secret = options.password === undefined ? { token } : options;
            const { status, headers } = await ask("/api/session", {
                method: "POST",
                headers: { Origin: origin },
                body: JSON.stringify(secret),
            });
            if (status !== 204) throw new Error(`Signing in was answered with ${status}.`);
            const [cookie = ""] = headers["set-cookie"] ?? [];
            return { Cookie: cookie.split(";")[0] ?? "", Origin: origin };
        },
        close: async () => {
            stop.abort();
            await running;
        },
    };
}
