/** Lets the sends to one chat happen one after another, whichever reply they belong to. */
export class SendingLine {
    readonly #last = new Map<string, Promise<unknown>>();

    /** Does `send` when everything before it in the chat has ended. Rejects as `send` does. */
    async inTurn<Result>(chat: string, send: () => Promise<Result>): Promise<Result> {
        const before = this.#last.get(chat) ?? Promise.resolve();
        const sent = before.then(send);
        const ended = sent
            .catch(() => undefined)
            .finally(() => {
                if (this.#last.get(chat) === ended) this.#last.delete(chat);
            });
        this.#last.set(chat, ended);
        return await sent;
    }
}
