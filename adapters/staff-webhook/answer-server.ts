import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { AppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import { readBody } from "../../src/messaging/read-body.ts";
import type { PlatformCondition } from "../../src/status-ports.ts";
import { backoffMs, wait } from "../../src/wait.ts";
import { type Answer, readAnswer } from "./read-answer.ts";
import { isSigned, signatureHeader } from "./signature.ts";

/** Where answers come in. */
export interface ListenAddress {
    readonly host: string;
    /** 0: any free one. */
    readonly port: number;
    readonly path: string;
}

/** What receiving answers needs. */
export interface AnswerServerParts {
    readonly listen: ListenAddress;
    readonly secret: string;
    readonly logger: Logger;
    /** Resolves when the answer is stored. */
    readonly take: (answer: Answer) => Promise<void>;
    /** Told how receiving stands, for the administrator. */
    readonly onCondition: (condition: PlatformCondition) => void;
    /** Told where it listens. */
    readonly onListening?: (address: { readonly port: number }) => void;
}

const mostBodyBytes = 256 * 1024;
const limits = {
    headersTimeout: 10_000,
    requestTimeout: 15_000,
    keepAliveTimeout: 5_000,
    connectionsCheckingInterval: 1_000,
};
const mostConnections = 50;
/** A caller that gets no answer by then sends it again. */
const takeWithinMs = 10_000;

/**
 * Receives what the clinic's system answers, until the signal aborts. TLS is for the proxy before it.
 *
 * @throws `config-invalid` when it is not possible to listen there.
 */
export async function receiveAnswers(parts: AnswerServerParts, signal: AbortSignal): Promise<void> {
    const server = await open(parts, signal);
    if (!server) return;
    const { address, port } = server.address() as { address: string; port: number };
    parts.onListening?.({ port });
    parts.onCondition({ name: "running" });
    parts.logger.info(
        { staff: "listening", address, port },
        "Waiting for answers of the clinic's system",
    );
    await aborted(signal);
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeIdleConnections();
    const late = setTimeout(() => server.closeAllConnections(), 2_000);
    await closed;
    clearTimeout(late);
}

/** Waits for a port that another process of the clinic still holds. */
async function open(parts: AnswerServerParts, signal: AbortSignal): Promise<Server | undefined> {
    for (let failures = 1; !signal.aborted; failures += 1) {
        try {
            return await listenOnce(parts);
        } catch (error) {
            const code = error instanceof Error && "code" in error ? String(error.code) : "";
            if (code !== "EADDRINUSE") throw cannotListen(parts.listen, code);
            if (failures === 5) {
                const { host, port } = parts.listen;
                parts.logger.error({ staff: "port-taken", host, port, remedy }, portTaken);
                parts.onCondition({ name: "failing", reason: `${portTaken}.`, remedy });
            }
            await wait(backoffMs(failures, { firstMs: 100, mostMs: 2_000 }), signal).catch(
                () => undefined,
            );
        }
    }
    return undefined;
}

const portTaken =
    "Another program listens at the port for answers of the clinic's system; waiting until it is free";
const remedy = "Set staff.listen.port in clinic.yaml to a free port.";

async function listenOnce(parts: AnswerServerParts): Promise<Server> {
    const { host, port } = parts.listen;
    const server = createServer(limits, (request, response) => {
        void answer(request, response, parts);
    });
    server.maxConnections = mostConnections;
    return await new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(port, host, () => {
            server.off("error", reject);
            server.on("error", (error) => {
                parts.logger.error(describeError(error), "receiving answers has failed");
            });
            resolve(server);
        });
    });
}

function cannotListen({ host, port }: ListenAddress, code: string): AppError {
    const place = `${host}:${port}`;
    return new AppError(
        "config-invalid",
        `It is not possible to listen at ${place} for answers of the clinic's system (${code}).`,
        {
            remedy: "Set staff.listen in clinic.yaml to an address of this machine and a port above 1023, like 8086.",
        },
    );
}

async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    parts: AnswerServerParts,
): Promise<void> {
    // A caller that goes away meanwhile is no fault of ours.
    response.on("error", () => undefined);
    const [status, words] = await handle(request, parts).catch((error: unknown) => {
        parts.logger.warn(describeError(error), "an answer of the clinic's system was not taken");
        return [503, "Not stored. Send it again."] as const;
    });
    response.statusCode = status;
    response.setHeader("content-type", "application/json");
    response.setHeader("cache-control", "no-store");
    if (!request.complete) response.setHeader("connection", "close");
    if (status === 405) response.setHeader("allow", "POST");
    response.end(`${JSON.stringify(status === 202 ? { accepted: true } : { error: words })}\n`);
}

async function handle(
    request: IncomingMessage,
    { listen, secret, take }: AnswerServerParts,
): Promise<readonly [status: number, words: string]> {
    const [path = ""] = (request.url ?? "").split("?");
    if (path.replace(/\/+$/, "") !== listen.path.replace(/\/+$/, "")) return [404, "Not found."];
    if (request.method !== "POST") return [405, "Only POST."];
    const signature = String(request.headers[signatureHeader] ?? "");
    if (signature === "") return [401, `The header ${signatureHeader} is missing.`];
    let body: Uint8Array;
    try {
        body = await readBody(
            request.iterator({ destroyOnReturn: false }),
            mostBodyBytes,
            () => tooLarge,
        );
    } catch (error) {
        if (error === tooLarge) return [413, "Too large."];
        throw error;
    }
    if (!isSigned(body, signature, secret)) return [401, "The signature is wrong."];
    const read = readAnswer(Buffer.from(body).toString());
    if (typeof read === "string") return [400, read];
    await within(takeWithinMs, take(read));
    return [202, ""];
}

const tooLarge = new Error("too large");

async function within(ms: number, taking: Promise<void>): Promise<void> {
    const over = new AbortController();
    const late = wait(ms, over.signal).then(() => {
        throw new AppError("store-unavailable", "An answer was not stored in time.", {
            retryable: true,
        });
    });
    try {
        await Promise.race([taking, late]);
    } finally {
        over.abort();
        late.catch(() => undefined);
    }
}

async function aborted(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
    });
}
