import type { ChatPost } from "../wire.ts";
import { act, codeOf, sendFile } from "./server.ts";
import type { Texts } from "./texts-shape.ts";

/** A message on its way to the server. */
export interface OutgoingMessage {
    readonly post: ChatPost;
    readonly files: readonly File[];
    readonly state: "sending" | "waiting" | "failed";
    readonly code?: keyof Texts["refusals"];
}

/** What passes by itself. */
const passing: readonly string[] = [
    "not-taken-yet",
    "chat-closed",
    "store-away",
    "unreachable",
    "too-many",
];
const retryMs = 2_000;

/** Brings messages to the server one after another, each until it is taken, and once. */
export class Outgoing {
    messages: readonly OutgoingMessage[] = [];
    readonly #listeners = new Set<() => void>();
    #isRunning = false;

    subscribe(listener: () => void): () => void {
        this.#listeners.add(listener);
        return () => this.#listeners.delete(listener);
    }

    send(post: ChatPost, files: readonly File[] = []): void {
        this.#set([...this.messages, { post, files, state: "sending" }]);
        void this.#run();
    }

    /** Tries a message again that has failed. */
    again(id: string): void {
        this.#change(id, { state: "sending" });
        void this.#run();
    }

    remove(id: string): void {
        this.#set(this.messages.filter(({ post }) => post.id !== id));
    }

    /** Forgets everything: another conversation begins. */
    clear(): void {
        this.#set([]);
    }

    async #run(): Promise<void> {
        if (this.#isRunning) return;
        this.#isRunning = true;
        for (;;) {
            const next = this.messages.find(({ state }) => state !== "failed");
            if (!next) break;
            const { id } = next.post;
            try {
                await this.#bring(next);
                this.remove(id);
            } catch (error) {
                const code = codeOf(error);
                const mayPass = passing.includes(code);
                this.#change(id, { state: mayPass ? "waiting" : "failed", code });
                if (mayPass) await new Promise((resolve) => setTimeout(resolve, retryMs));
            }
        }
        this.#isRunning = false;
    }

    /** Files first: a message names them. */
    async #bring({ post, files }: OutgoingMessage): Promise<void> {
        const sent = [...(post.files ?? [])];
        for (const file of files.slice(sent.length)) {
            sent.push(await sendFile(file));
            this.#change(post.id, { post: { ...post, files: [...sent] } });
        }
        await act("POST", "/api/chat/messages", { ...post, files: sent });
    }

    #change(id: string, change: Partial<OutgoingMessage>): void {
        this.#set(this.messages.map((one) => (one.post.id === id ? { ...one, ...change } : one)));
    }

    #set(messages: readonly OutgoingMessage[]): void {
        this.messages = messages;
        for (const listener of this.#listeners) listener();
    }
}

/** An id that no other message has. */
export function createId(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(12));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
