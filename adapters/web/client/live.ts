import { useEffect, useState } from "preact/hooks";
import type { ChatEntry, ChatView, Overview, PageEvents, Sample } from "../wire.ts";

/** What the server has told last. */
export interface LiveState {
    readonly connection: "connecting" | "open" | "lost" | "signed-out";
    readonly overview?: Overview;
    readonly samples: readonly Sample[];
    readonly chat?: ChatView;
    /** Until when somebody writes, in milliseconds since 1970. */
    readonly typingUntilMs: number;
}

/** As many as the server keeps. */
const mostSamples = 900;
/** After an answer of the server that ends the stream. */
const retryMs = 3_000;

/** Listens to the server as long as the page is seen, and keeps what it tells. */
export class Live {
    state: LiveState = { connection: "connecting", samples: [], typingUntilMs: 0 };
    readonly #listeners = new Set<() => void>();
    #source: EventSource | undefined;
    #retry: number | undefined;
    #typing: number | undefined;

    /** Begins, until the function that it gives is called. */
    start(): () => void {
        const look = (): void => (document.hidden ? this.#close() : this.#open());
        document.addEventListener("visibilitychange", look);
        this.#open();
        return () => {
            document.removeEventListener("visibilitychange", look);
            this.#close();
        };
    }

    subscribe(listener: () => void): () => void {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    #open(): void {
        if (this.#source) return;
        const source = new EventSource("/api/events");
        this.#source = source;
        source.addEventListener("open", () => this.#set({ connection: "open" }));
        source.addEventListener("error", () => {
            if (this.state.connection === "signed-out") return;
            this.#set({ connection: "lost" });
            if (source.readyState !== EventSource.CLOSED) return;
            this.#close();
            this.#retry = window.setTimeout(() => this.#open(), retryMs);
        });
        const on = <Name extends keyof PageEvents>(
            name: Name,
            take: (data: PageEvents[Name]) => void,
        ): void => {
            source.addEventListener(name, ({ data }: MessageEvent<string>) =>
                take(JSON.parse(data) as PageEvents[Name]),
            );
        };
        on("overview", (overview) => this.#set({ overview }));
        on("samples", (samples) => this.#set({ samples }));
        on("sample", (sample) =>
            this.#set({ samples: [...this.state.samples, sample].slice(-mostSamples) }),
        );
        on("chat", (chat) => this.#set({ chat, typingUntilMs: 0 }));
        on("entry", (entry) => this.#putEntry(entry));
        on("removed", ({ id }) => this.#setEntries((all) => all.filter((one) => one.id !== id)));
        on("typing", ({ forMs }) => this.#setTyping(forMs));
        on("signed-out", () => {
            this.#set({ connection: "signed-out" });
            this.#close();
        });
    }

    #close(): void {
        this.#source?.close();
        this.#source = undefined;
        window.clearTimeout(this.#retry);
    }

    #putEntry(entry: ChatEntry): void {
        const isAnswer = entry.from === "assistant" && !entry.growing;
        if (isAnswer) this.#setTyping(0);
        this.#setEntries((all) => {
            const known = all.some(({ id }) => id === entry.id);
            return known ? all.map((one) => (one.id === entry.id ? entry : one)) : [...all, entry];
        });
    }

    #setEntries(change: (entries: readonly ChatEntry[]) => readonly ChatEntry[]): void {
        const { chat } = this.state;
        if (chat) this.#set({ chat: { ...chat, entries: change(chat.entries) } });
    }

    #setTyping(forMs: number): void {
        window.clearTimeout(this.#typing);
        this.#set({ typingUntilMs: forMs === 0 ? 0 : Date.now() + forMs });
        if (forMs > 0) this.#typing = window.setTimeout(() => this.#setTyping(0), forMs);
    }

    #set(change: Partial<LiveState>): void {
        this.state = { ...this.state, ...change };
        for (const listener of this.#listeners) listener();
    }
}

/** What the server has told last, renewed as it tells more. */
export function useLive(live: Live): LiveState {
    const [state, setState] = useState(live.state);
    useEffect(() => live.subscribe(() => setState(live.state)), [live]);
    return state;
}
