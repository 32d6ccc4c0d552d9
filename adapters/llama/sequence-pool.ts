import type { LlamaContext, LlamaContextSequence } from "node-llama-cpp";

/** A sequence that belongs to one generation. Ends with exactly one call of a method. */
export interface SequenceLease {
    readonly sequence: LlamaContextSequence;
    /** Gives it back with all that it remembers. */
    release(): void;
    /** Gives it back emptied: what it remembers cannot be relied upon. */
    discard(): Promise<void>;
}

interface Slot {
    sequence: LlamaContextSequence;
    conversation: string | undefined;
    /** Rises from use to use. */
    usedAt: number;
    isBusy: boolean;
}

/**
 * The sequences of a context. A conversation gets back the one that it used last, or else the one
 * that has lain idle longest; when all are busy, requests wait in their order.
 */
export class SequencePool {
    readonly #context: LlamaContext;
    readonly #slots: Slot[];
    readonly #waiting: { readonly take: (slot: Slot) => void }[] = [];
    #uses = 0;

    constructor(context: LlamaContext) {
        this.#context = context;
        this.#slots = Array.from({ length: context.totalSequences }, () => ({
            sequence: context.getSequence(),
            conversation: undefined,
            usedAt: 0,
            isBusy: false,
        }));
    }

    /** A sequence of its own for one generation; `undefined` when `signal` aborts first. */
    async acquire(conversation: string, signal: AbortSignal): Promise<SequenceLease | undefined> {
        if (signal.aborted) return undefined;
        const slot = this.#bestIdle(conversation) ?? (await this.#wait(signal));
        if (slot === undefined) return undefined;
        slot.isBusy = true;
        slot.conversation = conversation;
        slot.usedAt = ++this.#uses;
        return this.#lease(slot);
    }

    #bestIdle(conversation: string): Slot | undefined {
        const idle = this.#slots.filter(({ isBusy }) => !isBusy);
        return (
            idle.find((slot) => slot.conversation === conversation) ??
            idle.sort((a, b) => a.usedAt - b.usedAt)[0]
        );
    }

    #wait(signal: AbortSignal): Promise<Slot | undefined> {
        return new Promise((resolve) => {
            const onAbort = (): void => {
                this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
                resolve(undefined);
            };
            const waiter = {
                take: (slot: Slot): void => {
                    signal.removeEventListener("abort", onAbort);
                    resolve(slot);
                },
            };
            this.#waiting.push(waiter);
            signal.addEventListener("abort", onAbort, { once: true });
        });
    }

    #lease(slot: Slot): SequenceLease {
        return {
            sequence: slot.sequence,
            release: () => this.#giveBack(slot),
            discard: async () => {
                slot.conversation = undefined;
                try {
                    await slot.sequence.dispose();
                    slot.sequence = this.#context.getSequence();
                } finally {
                    this.#giveBack(slot);
                }
            },
        };
    }

    /** A waiting request takes the slot while it is still busy, so that none comes between. */
    #giveBack(slot: Slot): void {
        const next = this.#waiting.shift();
        if (next === undefined) slot.isBusy = false;
        else next.take(slot);
    }
}
