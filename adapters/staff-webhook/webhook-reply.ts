import { randomUUID } from "node:crypto";
import type { Reply } from "../../src/message.ts";
import { plainText } from "../../src/messaging/formatted-text.ts";
import { readMarkdown } from "../../src/messaging/read-markdown.ts";
import { type Retries, withRetries } from "../../src/messaging/with-retries.ts";
import type { Journal, ReplyWriter } from "../../src/ports.ts";
import { sendNote, type WebhookTarget } from "./send-note.ts";

/** One note to the clinic's system. Whoever goes on with it sends it under the same id. */
export class WebhookReply implements ReplyWriter {
    readonly #target: WebhookTarget;
    readonly #retries: Retries;
    readonly #journal: Journal | undefined;
    #id: string | undefined;

    constructor(target: WebhookTarget, retries: Retries, journal: Journal | undefined) {
        this.#target = target;
        this.#retries = retries;
        this.#journal = journal;
        this.#id = readId(journal?.state);
    }

    show(): void {
        // A system has no use for half a note.
    }

    async finish(reply: Reply, signal: AbortSignal): Promise<void> {
        const { language, text, note = { kind: "notice" } } = reply;
        const id = (this.#id ??= await this.#newId());
        const send = async (): Promise<void> =>
            await sendNote(
                {
                    id,
                    ...note,
                    language,
                    text: plainText(readMarkdown(text)).replaceAll(/[\u2066-\u2069]/g, ""),
                    at: new Date().toISOString(),
                },
                this.#target,
                signal,
            );
        await withRetries(send, this.#retries, signal);
    }

    async abandon(): Promise<void> {
        // Nothing half-written is out.
    }

    /** Written down before the first try: afterwards nobody would know that there was one. */
    async #newId(): Promise<string> {
        const id = randomUUID();
        await this.#journal?.save({ id });
        return id;
    }
}

function readId(state: unknown): string | undefined {
    if (typeof state !== "object" || state === null || !("id" in state)) return undefined;
    return typeof state.id === "string" ? state.id : undefined;
}
