import type { ServerResponse } from "node:http";

const writing = /^(?:sendMessage|editMessageText|editMessageReplyMarkup|deleteMessage)$/;

/** How a process loses its way to the server. */
export interface Cut {
    /** At its nth request that changes a chat, counted from 0. */
    readonly atWrite: number;
    /** Whether the server still gets that request. Its answer gets lost either way. */
    readonly taken: boolean;
}

/** One process's way to a Bot API server. Once closed it stays closed. */
export class BotApiGate {
    /** What the process is given as the server's address. */
    readonly apiRoot: string;
    readonly #responses = new Set<ServerResponse>();
    #cut: Cut | undefined;
    #writes = 0;
    #open = true;

    constructor(apiRoot: string) {
        this.apiRoot = apiRoot;
    }

    /** Whether requests still pass. */
    get isOpen(): boolean {
        return this.#open;
    }

    /** Requests that change a chat, so far. */
    get writes(): number {
        return this.#writes;
    }

    /** Lets the way break at a certain request. */
    cut(cut: Cut): void {
        this.#cut = cut;
    }

    /** Breaks the way now, for requests under way as well. */
    close(): void {
        this.#open = false;
        for (const response of this.#responses) response.destroy();
    }

    /** Whether a request gets through, and its answer back. */
    pass(method: string): "open" | "one-way" | "closed" {
        if (!this.#open) return "closed";
        if (!writing.test(method)) return "open";
        const broken = this.#cut?.atWrite === this.#writes;
        this.#writes += 1;
        if (!broken) return "open";
        this.#open = false;
        return this.#cut?.taken === true ? "one-way" : "closed";
    }

    /** A request has come this way. */
    track(response: ServerResponse): void {
        this.#responses.add(response);
        response.on("close", () => this.#responses.delete(response));
    }
}
