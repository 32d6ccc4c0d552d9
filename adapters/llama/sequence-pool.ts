import type { SequenceMemory } from "./runner.ts";

/** A sequence that belongs to one generation. Ends with exactly one call of a method. */
export interface SequenceLease {
    readonly sequence: SequenceMemory;
    /** Gives it back with all that it remembers. */
    release(): void;
    /** Gives it back emptied: what it remembers cannot be relied upon. */
    discard(): Promise<void>;
}

/** What a generation needs. */
export interface SequenceNeed {
    readonly conversation: string;
    /** The greatest number of positions that it may come to hold. */
    readonly positions: number;
}

interface Slot {
    readonly sequence: SequenceMemory;
    conversation: string | undefined;
    /** Rises from use to use. */
    usedAt: number;
    isBusy: boolean;
    /** What it may come to hold while it is busy. */
    reserved: number;
}

interface Waiter {
    readonly need: SequenceNeed;
    readonly take: (slot: Slot) => void;
}

/**
 * The sequences of a model. A conversation gets back the one that it used last, or else the one
 * that has lain idle longest; when all are busy, requests wait in their order. All sequences together
 * hold at most `positions`: idle ones are emptied where another one needs their room.
 */
export class SequencePool {
    readonly #slots: readonly Slot[];
    readonly #positions: number;
    readonly #waiting: Waiter[] = [];
    #uses = 0;

    constructor(sequences: readonly SequenceMemory[], positions: number) {
        this.#positions = positions;
        this.#slots = sequences.map((sequence) => ({
            sequence,
            conversation: undefined,
            usedAt: 0,
            isBusy: false,
            reserved: 0,
        }));
    }

    /** A sequence of its own for one generation; `undefined` when `signal` aborts first. */
    async acquire(need: SequenceNeed, signal: AbortSignal): Promise<SequenceLease | undefined> {
        if (signal.aborted) return undefined;
        const slot = await this.#wait(need, signal);
        return slot && this.#lease(slot);
    }

    /** The sequence that holds the longest beginning of `tokens`, and how long that is. */
    longestPrefix(tokens: readonly number[]): {
        readonly sequence?: SequenceMemory;
        readonly length: number;
    } {
        let best: { sequence?: SequenceMemory; length: number } = { length: 0 };
        for (const { sequence } of this.#slots) {
            let length = 0;
            while (length < tokens.length && sequence.tokens[length] === tokens[length]) length++;
            if (length > best.length) best = { sequence, length };
        }
        return best;
    }

    #wait(need: SequenceNeed, signal: AbortSignal): Promise<Slot | undefined> {
        return new Promise((resolve) => {
            const onAbort = (): void => {
                this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
                resolve(undefined);
                // Whoever stood behind may need less
                this.#serve();
            };
            const waiter: Waiter = {
                need,
                take: (slot) => {
                    signal.removeEventListener("abort", onAbort);
                    resolve(slot);
                },
            };
            this.#waiting.push(waiter);
            signal.addEventListener("abort", onAbort, { once: true });
            this.#serve();
        });
    }

    /** Gives sequences to those who wait, in their order, as long as there are any. */
    #serve(): void {
        for (;;) {
            const [next] = this.#waiting;
            const slot = next && this.#bestIdle(next.need.conversation);
            if (next === undefined || slot === undefined || !this.#makeRoom(slot, next.need))
                return;
            this.#waiting.shift();
            slot.isBusy = true;
            slot.conversation = next.need.conversation;
            slot.reserved = next.need.positions;
            slot.usedAt = ++this.#uses;
            next.take(slot);
        }
    }

    #bestIdle(conversation: string): Slot | undefined {
        const idle = this.#idle();
        return idle.find((slot) => slot.conversation === conversation) ?? idle[0];
    }

    /** The one unused longest first. */
    #idle(): Slot[] {
        return this.#slots.filter(({ isBusy }) => !isBusy).sort((a, b) => a.usedAt - b.usedAt);
    }

    /** Whether the positions suffice, when idle sequences have been emptied for them. */
    #makeRoom(chosen: Slot, { positions }: SequenceNeed): boolean {
        const others = this.#slots.filter((slot) => slot !== chosen);
        const busy = others.filter(({ isBusy }) => isBusy);
        const reserved = busy.reduce((sum, slot) => sum + slot.reserved, 0);
        let free = this.#positions - positions - reserved;
        // A conversation alone always gets what there is
        if (free < 0 && busy.length > 0) return false;
        for (const slot of this.#idle().toReversed()) {
            if (slot === chosen) continue;
            free -= slot.sequence.tokens.length;
            if (free < 0) this.#empty(slot);
        }
        return true;
    }

    #empty(slot: Slot): void {
        slot.isBusy = true;
        slot.conversation = undefined;
        slot.reserved = 0;
        void slot.sequence
            .keep(0)
            .catch(() => undefined)
            .finally(() => this.#giveBack(slot));
    }

    #lease(slot: Slot): SequenceLease {
        return {
            sequence: slot.sequence,
            release: () => this.#giveBack(slot),
            discard: async () => {
                slot.conversation = undefined;
                try {
                    await slot.sequence.keep(0);
                } finally {
                    this.#giveBack(slot);
                }
            },
        };
    }

    #giveBack(slot: Slot): void {
        slot.isBusy = false;
        this.#serve();
    }
}
