import { randomBytes } from "node:crypto";
import { z } from "zod";
import { AppError, isAppError } from "../../src/errors.ts";
import type { Language, Reply } from "../../src/message.ts";
import { type FormattedText, isBlank } from "../../src/messaging/formatted-text.ts";
import { readMarkdown } from "../../src/messaging/read-markdown.ts";
import { directLines, mainLanguage } from "../../src/messaging/text-direction.ts";
import { Typing } from "../../src/messaging/typing.ts";
import { closeMarkdown } from "../../src/messaging/unfinished-markdown.ts";
import { withRetries } from "../../src/messaging/with-retries.ts";
import type { Journal, ReplyWriter } from "../../src/ports.ts";
import { type Backoff, wait } from "../../src/wait.ts";
import type { KeptEntry, ReplyBoard } from "./chat-room.ts";

/** How replies are shown. */
export interface ReplyTimings {
    /** Between two states of a growing reply. */
    readonly growMs: number;
    readonly typingDelayMs: number;
    readonly typingMs: number;
    readonly retry: Backoff;
}

export const defaultReplyTimings: ReplyTimings = {
    growMs: 80,
    typingDelayMs: 200,
    typingMs: 4_000,
    retry: { firstMs: 50, mostMs: 500 },
};

/** What a journal keeps: in which entry the reply stands, and whether it is complete. */
const journalState = z.object({
    entry: z.string().regex(/^[\w-]{16}$/),
    isOut: z.boolean().default(false),
});

/**
 * One reply on the page. Its entry has an id that the journal keeps: whoever puts it there again puts
 * it into its place, so that it is seen once.
 */
export class ChatReply implements ReplyWriter {
    readonly #board: ReplyBoard;
    readonly #chat: string;
    readonly #journal: Journal | undefined;
    readonly #timings: ReplyTimings;
    readonly #typing: Typing;
    readonly #stopped = new AbortController();
    readonly #atMs = Date.now();
    #entry: string | undefined;
    #latest = "";
    #shown = "";
    #growing: Promise<void> | undefined;
    #isOut: boolean;
    #takenOver = false;

    constructor(
        board: ReplyBoard,
        chat: string,
        journal: Journal | undefined,
        timings: ReplyTimings,
    ) {
        this.#board = board;
        this.#chat = chat;
        this.#journal = journal;
        this.#timings = timings;
        const kept = journalState.safeParse(journal?.state).data;
        this.#entry = kept?.entry;
        this.#isOut = kept?.isOut ?? false;
        const { typingDelayMs: delayMs, typingMs: everyMs } = timings;
        this.#typing = new Typing({
            show: () => board.typing(chat, everyMs * 2),
            delayMs,
            everyMs,
        });
        this.#typing.start();
    }

    show(textSoFar: string): void {
        if (this.#stopped.signal.aborted || this.#isOut || textSoFar === this.#latest) return;
        this.#latest = textSoFar;
        this.#growing ??= this.#grow();
    }

    async finish(reply: Reply, signal: AbortSignal): Promise<void> {
        this.#typing.start();
        this.#stopped.abort();
        await this.#growing;
        try {
            const text = render(reply.text, reply.language);
            if (isBlank(text)) {
                throw new AppError("platform-rejected", "There was nothing to see in a reply.");
            }
            const choices = reply.choices ?? [];
            const put = async (): Promise<void> =>
                await this.#put({
                    text,
                    choices: choices.map(({ label }) => label),
                    commands: choices.map(({ command }) => command),
                    growing: false,
                });
            const retries = { retry: this.#timings.retry, tries: 3, longestRetryAfterMs: 1_000 };
            if (!this.#isOut) await withRetries(put, retries, signal);
            this.#isOut = true;
            await this.#save({ entry: await this.#ownEntry(), isOut: true });
        } finally {
            await this.#typing.stop();
        }
    }

    async abandon({ left = false }: { readonly left?: boolean } = {}): Promise<void> {
        this.#stopped.abort();
        await this.#growing;
        await this.#typing.stop();
        if (this.#entry === undefined || this.#takenOver || (left && this.#journal)) return;
        await this.#board.remove(this.#chat, this.#entry);
    }

    async #grow(): Promise<void> {
        const { signal } = this.#stopped;
        try {
            while (this.#latest !== this.#shown) {
                this.#shown = this.#latest;
                const text = render(closeMarkdown(this.#shown), mainLanguage(this.#shown));
                if (!isBlank(text)) {
                    await this.#put({ text, choices: [], commands: [], growing: true });
                }
                await wait(this.#timings.growMs, signal);
            }
        } catch {
            // Stopped, or it cannot be shown: what counts is the end.
        }
        this.#growing = undefined;
    }

    async #put(shown: Pick<KeptEntry, "text" | "choices" | "commands" | "growing">): Promise<void> {
        const id = await this.#ownEntry();
        const entry = { id, from: "assistant", atMs: this.#atMs, files: [], ...shown } as const;
        await this.#board.put(this.#chat, entry);
    }

    /** The id of the entry, which the journal has kept before it is used. */
    async #ownEntry(): Promise<string> {
        if (this.#takenOver) throw new AppError("aborted", "Another process has the reply.");
        if (this.#entry !== undefined) return this.#entry;
        const entry = randomBytes(12).toString("base64url");
        await this.#save({ entry, isOut: false });
        this.#entry = entry;
        return entry;
    }

    async #save(state: z.infer<typeof journalState>): Promise<void> {
        try {
            await this.#journal?.save(state);
        } catch (error) {
            if (isAppError(error, "aborted")) this.#takenOver = true;
            throw error;
        }
    }
}

/** Markdown as the page shows it, each line in its direction. What Markdown hides is shown as it is. */
export function render(markdown: string, language: Language): FormattedText {
    const formatted = readMarkdown(markdown);
    const shown = isBlank(formatted) ? [{ text: markdown, styles: [] }] : formatted;
    return directLines(shown, language);
}
