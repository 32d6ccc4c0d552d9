import type { ServerResponse } from "node:http";

const writing = /^(?:sendMessage|editMessageText|editMessageReplyMarkup|deleteMessage)$/;

/** What happens to a request that changes a chat. */
export type Passage =
    | "open"
    /** The server gets it, but its answer gets lost. */
    | "one-way"
    /** Like `one-way`, and nothing passes any more. */
    | "closing"
    /** Neither it nor anything else passes any more. */
    | "closed";

/** One process's way to a Bot API server. Once closed it stays closed. */
export class BotApiGate {
    /** What the process is given as the server's address. */
    readonly apiRoot: string;
    readonly #responses = new Set<ServerResponse>();
    readonly #planned = new Map<
        number,
        { readonly passage: Passage; readonly alongside: () => void }
    >();
    #writes = 0;
    #open = true;

    constructor(apiRoot: string) {
        this.apiRoot = apiRoot;
    }

    /** Whether requests still pass. */
    get isOpen(): boolean {
        return this.#open;
    }

    /** Decides what happens to the nth request that changes a chat, counted from 0. */
    plan(write: number, passage: Passage, alongside: () => void): void {
        this.#planned.set(write, { passage, alongside });
    }

    /** Breaks the way now, for requests under way as well. */
    close(): void {
        this.#open = false;
        for (const response of this.#responses) response.destroy();
    }

    /** What happens to a request that has come. */
    pass(method: string): Passage {
        if (!this.#open) return "closed";
        if (!writing.test(method)) return "open";
        const planned = this.#planned.get(this.#writes);
        this.#writes += 1;
        if (planned === undefined) return "open";
        const { passage, alongside } = planned;
        if (passage === "closing" || passage === "closed") this.#open = false;
        alongside();
        return passage;
    }

    /** A request has come this way. */
    track(response: ServerResponse): void {
        this.#responses.add(response);
        response.on("close", () => this.#responses.delete(response));
    }
}
