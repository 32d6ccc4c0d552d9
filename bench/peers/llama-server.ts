import { type ChildProcess, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { Agent, request } from "node:http";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { GpuChoice } from "../../adapters/llama/device.ts";
import { buildLlamaServer } from "./build-llama-server.ts";

/** How llama-server is started; all else is its default. */
export interface ServerOptions {
    readonly modelPath: string;
    readonly projectorPath?: string;
    readonly gpu: GpuChoice;
    readonly threads: number;
    /** Conversations at a time. */
    readonly slots: number;
    /** Positions of each. */
    readonly contextTokens: number;
}

/** A prompt as text; with pictures, their files in base64, one for each marker in the text. */
export interface ServerPrompt {
    readonly text: string;
    readonly pictures: readonly string[];
}

/** What is asked of the server. */
export interface ServerRequest {
    readonly prompt: ServerPrompt;
    readonly maxTokens: number;
    /** The answer goes on behind its end. */
    readonly ignoresEnd: boolean;
    /** The place whose memory is used; absent: the server chooses. */
    readonly slot?: number;
    /** Called with each piece of text; absent: the answer comes as a whole. */
    readonly onText?: (piece: string) => void;
    readonly signal?: AbortSignal;
}

/** What the server answered. */
export interface ServerAnswer {
    readonly text: string;
    readonly tokens: {
        readonly prompt: number;
        readonly cached: number;
        readonly generated: number;
    };
    /** By the server's own clock. */
    readonly timingsMs: { readonly prompt: number; readonly generation: number };
}

/** llama.cpp's own server on a loopback port. */
export interface LlamaServer {
    /** What stands for a picture in a prompt's text. */
    readonly pictureMarker: string;
    /**
     * Always the likeliest token.
     *
     * @throws when the server refuses or the signal aborts.
     */
    complete(request: ServerRequest): Promise<ServerAnswer>;
    /** Resolves when the process has ended. */
    close(): Promise<void>;
}

/**
 * Starts llama-server, built if need be, and resolves when it answers.
 *
 * @throws when it ends before.
 */
export async function startLlamaServer(options: ServerOptions): Promise<LlamaServer> {
    const { path, variantFolder } = await buildLlamaServer(options.gpu);
    const { threads, slots, contextTokens, projectorPath } = options;
    // prettier-ignore
    const args = [
        "--model", options.modelPath, ...(projectorPath ? ["--mmproj", projectorPath] : []),
        "--ctx-size", String(contextTokens * slots), "--parallel", String(slots),
        "--threads", String(threads), "--threads-batch", String(threads),
        "--host", "127.0.0.1", "--port", "0",
    ];
    // Its backends are looked for in the working folder.
    const child = spawn(path, args, { cwd: variantFolder, stdio: ["ignore", "pipe", "pipe"] });
    const stop = (): void => void child.kill("SIGKILL");
    // A process that is told to end does not pass "exit" by itself.
    const leave = (): void => process.exit(1);
    process.once("exit", stop).once("SIGTERM", leave);
    const close = async (): Promise<void> => {
        process.off("exit", stop).off("SIGTERM", leave);
        await end(child);
    };
    try {
        const url = await address(child, join(dirname(path), "llama-server.log"));
        // Without Nagle's algorithm and with connections kept, as a client in earnest would do.
        const agent = new Agent({ keepAlive: true, noDelay: true });
        const properties = JSON.parse(await call(agent, new URL("/props", url))) as Properties;
        return {
            pictureMarker: properties.media_marker,
            complete: (one) => complete(agent, new URL("/completion", url), one),
            close: async () => {
                agent.destroy();
                await close();
            },
        };
    } catch (error) {
        await close();
        throw error;
    }
}

interface Properties {
    readonly media_marker: string;
}

/** Also keeps the server's log. */
function address(child: ChildProcess, logPath: string): Promise<string> {
    const log = createWriteStream(logPath);
    return new Promise((resolve, reject) => {
        child.once("error", reject);
        child.once("exit", () => reject(new Error(`llama-server ended: ${logPath} says why.`)));
        for (const input of [child.stdout, child.stderr]) {
            if (input === null) continue;
            createInterface({ input }).on("line", (line) => {
                log.write(`${line}\n`);
                const url = /listening on (http:\S+)/.exec(line)?.[1];
                if (url !== undefined) resolve(url);
            });
        }
    });
}

async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    const impatience = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await ended;
    clearTimeout(impatience);
}

/** The fields of llama-server's answer that are used here. */
interface CompletionEvent {
    readonly content: string;
    readonly stop: boolean;
    readonly tokens_evaluated?: number;
    readonly timings?: {
        readonly cache_n: number;
        readonly prompt_ms: number;
        readonly predicted_n: number;
        readonly predicted_ms: number;
    };
}

async function complete(agent: Agent, url: URL, one: ServerRequest): Promise<ServerAnswer> {
    const { prompt, onText } = one;
    const body = {
        prompt:
            prompt.pictures.length === 0
                ? prompt.text
                : { prompt_string: prompt.text, multimodal_data: prompt.pictures },
        n_predict: one.maxTokens,
        ignore_eos: one.ignoresEnd,
        temperature: 0,
        samplers: ["temperature"],
        cache_prompt: true,
        stream: onText !== undefined,
        ...(one.slot === undefined ? {} : { id_slot: one.slot }),
    };
    let text = "";
    let last: CompletionEvent | undefined;
    const read = (event: CompletionEvent): void => {
        text += event.content;
        if (event.content !== "") onText?.(event.content);
        last = event;
    };
    const options = { body: JSON.stringify(body), signal: one.signal };
    if (onText === undefined) read(JSON.parse(await call(agent, url, options)) as CompletionEvent);
    else await call(agent, url, { ...options, onEvent: (data) => read(JSON.parse(data) as never) });
    if (last?.timings === undefined) throw new Error("llama-server's answer did not end.");
    const { cache_n, prompt_ms, predicted_n, predicted_ms } = last.timings;
    return {
        text,
        tokens: { prompt: last.tokens_evaluated ?? 0, cached: cache_n, generated: predicted_n },
        timingsMs: { prompt: prompt_ms, generation: predicted_ms },
    };
}

interface Call {
    readonly body?: string | undefined;
    readonly signal?: AbortSignal | undefined;
    /** The data of each server-sent event. */
    readonly onEvent?: ((data: string) => void) | undefined;
}

function call(agent: Agent, url: URL, { body, signal, onEvent }: Call = {}): Promise<string> {
    return new Promise((resolve, reject) => {
        const method = body === undefined ? "GET" : "POST";
        const headers = { "content-type": "application/json" };
        const sent = request(url, { agent, method, headers, ...(signal && { signal }) });
        sent.once("error", (error: NodeJS.ErrnoException) => {
            // The server has closed the connection that was kept, in the same moment.
            if (sent.reusedSocket && error.code === "ECONNRESET") {
                resolve(call(agent, url, { body, signal, onEvent }));
            } else reject(error);
        });
        sent.once("response", (response) => {
            let unread = "";
            response.setEncoding("utf8").once("error", reject);
            response.on("data", (chunk: string) => {
                unread += chunk;
                if (onEvent === undefined) return;
                const events = unread.split("\n\n");
                unread = events.pop() ?? "";
                for (const event of events) {
                    if (event.startsWith("data: {")) onEvent(event.slice("data: ".length));
                }
            });
            response.once("end", () => {
                if (response.statusCode === 200) resolve(unread);
                else reject(new Error(`llama-server refused: ${unread}`));
            });
        });
        sent.end(body);
    });
}
