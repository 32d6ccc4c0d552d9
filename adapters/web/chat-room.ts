import { AppError } from "../../src/errors.ts";
import type { Command } from "../../src/message.ts";
import { plainText } from "../../src/messaging/formatted-text.ts";
import type { ChatEntry } from "./wire.ts";

/** An entry with what the page does not see of it. */
export interface KeptEntry extends ChatEntry {
    /** What its buttons do, in their order. */
    readonly commands: readonly Command[];
}

/** What happens in a chat. */
export type ChatChange =
    | { readonly kind: "entry"; readonly entry: ChatEntry }
    | { readonly kind: "removed"; readonly id: string }
    | { readonly kind: "typing"; readonly forMs: number };

/** Where replies are put before whoever looks at the page. */
export interface ReplyBoard {
    /**
     * Puts an entry at the end of a chat, or in the place of the one with its id.
     *
     * @throws `patient-unreachable` when the chat is over.
     */
    put(chat: string, entry: KeptEntry): Promise<void>;
    /** Takes an entry away, if it is there. Never fails. */
    remove(chat: string, id: string): Promise<void>;
    /** Shows that somebody writes. Never fails. */
    typing(chat: string, forMs: number): Promise<void>;
}

interface Chat {
    readonly entries: Map<string, KeptEntry>;
    readonly listeners: Set<(change: ChatChange) => void>;
}

/** A longer conversation loses its beginning; what the assistant knows of it is another matter. */
const mostEntries = 300;

/** The chats of the page, as whoever looks at them sees them. In memory, as the sessions are. */
export class ChatRoom implements ReplyBoard {
    readonly #chats = new Map<string, Chat>();

    /** Begins a chat. */
    open(chat: string): void {
        this.#chats.set(chat, { entries: new Map(), listeners: new Set() });
    }

    /** Forgets a chat. */
    close(chat: string): void {
        this.#chats.delete(chat);
    }

    has(chat: string): boolean {
        return this.#chats.has(chat);
    }

    /** The entries, oldest first. */
    entries(chat: string): readonly KeptEntry[] {
        return [...(this.#chats.get(chat)?.entries.values() ?? [])];
    }

    find(chat: string, id: string): KeptEntry | undefined {
        return this.#chats.get(chat)?.entries.get(id);
    }

    /** Tells of every change from now on, until the function that it gives is called. */
    listen(chat: string, listener: (change: ChatChange) => void): () => void {
        const listeners = this.#chats.get(chat)?.listeners;
        listeners?.add(listener);
        return () => listeners?.delete(listener);
    }

    /** As {@link put}, at once. `false`: the chat is over. */
    add(chat: string, entry: KeptEntry): boolean {
        const kept = this.#chats.get(chat);
        if (!kept) return false;
        kept.entries.set(entry.id, entry);
        const [oldest] = kept.entries.keys();
        if (kept.entries.size > mostEntries && oldest !== undefined) kept.entries.delete(oldest);
        tell(kept, { kind: "entry", entry: withoutCommands(entry) });
        return true;
    }

    put(chat: string, entry: KeptEntry): Promise<void> {
        if (this.add(chat, entry)) return Promise.resolve();
        return Promise.reject(
            new AppError("patient-unreachable", "The conversation on the local page is over."),
        );
    }

    remove(chat: string, id: string): Promise<void> {
        const kept = this.#chats.get(chat);
        if (kept?.entries.delete(id)) tell(kept, { kind: "removed", id });
        return Promise.resolve();
    }

    typing(chat: string, forMs: number): Promise<void> {
        const kept = this.#chats.get(chat);
        if (kept) tell(kept, { kind: "typing", forMs });
        return Promise.resolve();
    }
}

/** What the page gets of an entry. */
export function withoutCommands({ commands: _commands, ...entry }: KeptEntry): ChatEntry {
    return entry;
}

/** The text of an entry, as it is quoted. */
export function textOf({ text }: ChatEntry): string {
    return plainText(text).replaceAll(/[\u200E\u200F\u2066\u2069]/g, "");
}

function tell({ listeners }: Chat, change: ChatChange): void {
    for (const listener of listeners) listener(change);
}
