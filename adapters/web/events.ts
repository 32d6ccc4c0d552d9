import type { Context } from "hono";
import { type SSEStreamingApi, streamSSE } from "hono/streaming";
import { wait } from "../../src/wait.ts";
import type { ChatChange } from "./chat-room.ts";
import type { PageEnvironment } from "./sign-in.ts";
import { Refusal } from "./refusal.ts";
import type { PageEvents } from "./wire.ts";

/** What a stream of events has to tell. */
export interface EventSources {
    /** What stands at the beginning of a stream. */
    begin(chat: string): {
        readonly [Name in "overview" | "samples" | "chat"]: PageEvents[Name];
    };
    /** Tells what is new, until the function that it gives is called. */
    listenAll(tell: Tell): () => void;
    listenChat(chat: string, tell: (change: ChatChange) => void): () => void;
    /** Whether the session goes on. */
    isValid(secret: string): boolean;
    /** Aborts when the page closes. */
    readonly closing: AbortSignal;
}

/** Tells one event. */
export type Tell = <Name extends keyof PageEvents>(name: Name, data: PageEvents[Name]) => void;

/** Streams of one session: a browser opens no more than six. */
const mostStreams = 12;
/** Whoever reads so slowly is cut off, and begins anew. */
const mostUntold = 2_000;
const heartbeatMs = 10_000;

/** Answers with what happens from now on, as server-sent events. */
export class EventStreams {
    readonly #sources: EventSources;
    readonly #open = new Map<string, Set<() => void>>();

    constructor(sources: EventSources) {
        this.#sources = sources;
    }

    /** @throws `Refusal` when the session has too many streams already. */
    answer(context: Context<PageEnvironment>): Response {
        const { session, secret } = context.var;
        const streams = this.#open.get(session.id) ?? new Set();
        if (streams.size >= mostStreams) throw new Refusal("too-many");
        this.#open.set(session.id, streams);
        return streamSSE(context, async (stream) => {
            const ended = new AbortController();
            const end = (): void => ended.abort();
            streams.add(end);
            stream.onAbort(end);
            this.#sources.closing.addEventListener("abort", end, { once: true });
            const tell = tellInto(stream, end);
            const { chat } = session;
            const start = this.#sources.begin(chat);
            tell("overview", start.overview);
            tell("samples", start.samples);
            tell("chat", start.chat);
            const stops = [
                this.#sources.listenAll(tell),
                this.#sources.listenChat(chat, (change) => tellChange(change, tell)),
            ];
            try {
                await this.#beat(stream, secret, tell, ended.signal);
            } finally {
                for (const stop of stops) stop();
                this.#sources.closing.removeEventListener("abort", end);
                streams.delete(end);
                if (streams.size === 0) this.#open.delete(session.id);
            }
        });
    }

    /** Lets the streams of a session begin anew. */
    restart(sessionId: string): void {
        for (const end of this.#open.get(sessionId) ?? []) end();
    }

    /** Holds the connection open as long as the session lasts. */
    async #beat(
        stream: SSEStreamingApi,
        secret: string,
        tell: Tell,
        signal: AbortSignal,
    ): Promise<void> {
        while (!signal.aborted) {
            await wait(heartbeatMs, signal).catch(() => undefined);
            if (signal.aborted) return;
            if (!this.#sources.isValid(secret)) {
                tell("signed-out", {});
                return;
            }
            await stream.write(": \n\n");
        }
    }
}

function tellInto(stream: SSEStreamingApi, end: () => void): Tell {
    let untold = 0;
    return (event, data) => {
        untold += 1;
        if (untold > mostUntold) return end();
        void stream
            .writeSSE({ event, data: JSON.stringify(data) })
            .catch(end)
            .finally(() => {
                untold -= 1;
            });
    };
}

function tellChange(change: ChatChange, tell: Tell): void {
    switch (change.kind) {
        case "entry":
            return tell("entry", change.entry);
        case "removed":
            return tell("removed", { id: change.id });
        case "typing":
            return tell("typing", { forMs: change.forMs });
    }
}
