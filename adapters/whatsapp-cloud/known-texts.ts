/** What was written in a message of a chat. */
export interface KnownText {
    readonly text: string;
    readonly fromAssistant: boolean;
}

/** Longer texts are cut: it is about recognising what is meant. */
const mostUnits = 4_096;

/**
 * The latest messages of an account, by their ids. A webhook about a reply to a message names that
 * message and does not hold its text. Kept in the process's memory alone, never written down.
 */
export class KnownTexts {
    readonly #texts = new Map<string, KnownText>();
    readonly #capacity: number;

    /** @param capacity How many messages are remembered. */
    constructor(capacity: number) {
        this.#capacity = capacity;
    }

    /** Remembers a message; the oldest is forgotten when there are too many. */
    add(id: string, { text, fromAssistant }: KnownText): void {
        this.#texts.delete(id);
        this.#texts.set(id, { text: text.slice(0, mostUnits), fromAssistant });
        const [oldest] = this.#texts.keys();
        if (this.#texts.size > this.#capacity && oldest !== undefined) this.#texts.delete(oldest);
    }

    /** The message with this id, while it is remembered. */
    get(id: string): KnownText | undefined {
        return this.#texts.get(id);
    }
}
