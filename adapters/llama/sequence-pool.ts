import type { Token } from "node-llama-cpp";
import type { SequenceMemory } from "./runner.ts";
import { sharedLength } from "./shared-length.ts";
import { type SequenceNeed, SequenceSlot, type StateShelf } from "./sequence-slot.ts";

/** A sequence that belongs to one generation. Ends with exactly one call of a method. */
export interface SequenceLease {
    readonly sequence: SequenceMemory;
    /** Gives it back with all that it remembers. */
    release(): void;
    /** Gives it back emptied: what it remembers cannot be relied upon. */
    discard(): Promise<void>;
}

interface Waiter {
    readonly need: SequenceNeed;
    readonly take: (slot: SequenceSlot) => void;
}

/** How sequences are shared. */
export interface PoolOptions {
    /** Of all sequences together. */
    readonly positions: number;
    /** Whether a sequence can take any beginning of another one, however that one has gone on. */
    readonly shares: boolean;
    /** Absent: what loses its sequence is read anew. */
    readonly shelf?: StateShelf;
}

/**
 * The sequences of a model. A conversation gets back the one that it used last, or else the one
 * that has lain idle longest, with what was parked of it; when all are busy, requests wait in their
 * order. All sequences together hold at most `positions`: idle ones are parked where another one needs
 * their room.
 */
export class SequencePool {
    readonly #slots: readonly SequenceSlot[];
    readonly #options: PoolOptions;
    readonly #waiting: Waiter[] = [];
    /** Whose conversations were erased while they were waiting, answered or parked. */
    readonly #forgotten = new WeakSet<SequenceNeed>();
    readonly #emptying = new Set<Promise<void>>();
    #uses = 0;
    /** Sequences that instructions are being read into. */
    #readings = 0;

    constructor(sequences: readonly SequenceMemory[], options: PoolOptions) {
        this.#options = options;
        this.#slots = sequences.map(
            (sequence) => new SequenceSlot(sequence, options.shelf, this.#forgotten),
        );
    }

    /** A sequence of its own for one generation; `undefined` when `signal` aborts first. */
    async acquire(need: SequenceNeed, signal: AbortSignal): Promise<SequenceLease | undefined> {
        if (signal.aborted) return undefined;
        const slot = await this.#wait(need, signal);
        if (slot === undefined) return undefined;
        try {
            await slot.admit(need);
        } catch (error) {
            await this.#discard(slot);
            throw error;
        }
        // What it held before may have taken more room
        this.#serve();
        return this.#lease(slot);
    }

    /** Whether a conversation that begins with these instructions need not read them. */
    async isRead(instructions: readonly Token[]): Promise<boolean> {
        await Promise.all(this.#emptying);
        return this.#slots.some(
            ({ isFree, sequence: { tokens } }) =>
                (isFree || this.#options.shares) && isAmong(tokens, [instructions]),
        );
    }

    /**
     * A sequence to read instructions into before anybody asks, which stays nobody's: that which holds
     * most of them. Until it is given back, no conversation loses its place or its room to another one.
     * `undefined` where somebody waits, or where it would itself cost a conversation its place, or the
     * room that it took last.
     *
     * @param wanted All that are read ahead, the most usual first: none is given up for a rarer one.
     */
    async acquireFree(
        instructions: readonly Token[],
        wanted: readonly (readonly Token[])[],
    ): Promise<SequenceLease | undefined> {
        await Promise.all(this.#emptying);
        if (this.#waiting.length > 0) return undefined;
        const moreUsual = wanted.slice(0, wanted.indexOf(instructions));
        const known = ({ sequence }: SequenceSlot) => sharedLength(sequence.tokens, instructions);
        const isWanted = ({ sequence }: SequenceSlot) => Number(isAmong(sequence.tokens, wanted));
        const expected = this.#slots.reduce((sum, slot) => sum + slot.expected, 0);
        const slot = this.#idle()
            .filter(({ isFree, sequence: { tokens } }) => isFree && !isAmong(tokens, moreUsual))
            .sort(
                (one, other) =>
                    isWanted(one) - isWanted(other) ||
                    known(other) - known(one) ||
                    byLength(one, other),
            )
            .find(
                (one) => expected - one.expected + instructions.length <= this.#options.positions,
            );
        if (slot === undefined) return undefined;
        slot.reserved = Math.max(instructions.length, slot.sequence.tokens.length);
        slot.isBusy = true;
        this.#readings += 1;
        const lease = this.#lease(slot);
        return {
            sequence: lease.sequence,
            release: () => {
                this.#readings -= 1;
                lease.release();
            },
            discard: async () => {
                this.#readings -= 1;
                await lease.discard();
            },
        };
    }

    /** Empties what a conversation has, at once or when its answer has ended, and what is parked of it. */
    forget(conversation: string): void {
        this.#options.shelf?.forget(conversation);
        const waiting = this.#waiting.map(({ need }) => need);
        const needs = [...waiting, ...this.#slots.flatMap((slot) => slot.needs)];
        for (const need of needs) {
            if (need.conversation === conversation) this.#forgotten.add(need);
        }
        for (const slot of this.#idle()) {
            if (slot.isForgotten) this.#giveBack(slot);
        }
    }

    /** Parks all conversations; nobody may use the pool any more. */
    async parkAll(): Promise<void> {
        await Promise.all(this.#emptying);
        for (const slot of this.#idle()) await slot.leave();
    }

    #wait(need: SequenceNeed, signal: AbortSignal): Promise<SequenceSlot | undefined> {
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
            const slot = next && this.#bestIdle(next.need);
            if (!next || !slot) return;
            // Whoever reads ahead gives a free one back soon
            const isOthers = !slot.isFree && !slot.holds(next.need.conversation);
            if ((isOthers && this.#readings > 0) || !this.#hasRoom(slot, next.need)) return;
            this.#waiting.shift();
            slot.take(next.need);
            slot.usedAt = ++this.#uses;
            next.take(slot);
        }
    }

    /** Its own; or a free one, with its instructions if there is; or the one unused longest. */
    #bestIdle({ conversation, instructions }: SequenceNeed): SequenceSlot | undefined {
        const idle = this.#idle();
        const free = idle.filter(({ isFree }) => isFree).sort(byLength);
        return (
            idle.find((slot) => slot.holds(conversation)) ??
            free.find(({ sequence: { tokens } }) => isAmong(tokens, [instructions])) ??
            free[0] ??
            idle[0]
        );
    }

    /** The one unused longest first. */
    #idle(): SequenceSlot[] {
        return this.#slots.filter(({ isBusy }) => !isBusy).sort((a, b) => a.usedAt - b.usedAt);
    }

    /** Whether the positions suffice; if not, idle sequences are parked, which comes back here. */
    #hasRoom(chosen: SequenceSlot, need: SequenceNeed): boolean {
        const busy = this.#slots.filter(({ isBusy }) => isBusy);
        const reserved = busy.reduce((sum, slot) => sum + slot.reserved, 0);
        const left = this.#options.positions - need.positions - reserved;
        if (left < 0 && busy.length > 0) return false;
        const idle = this.#idle().filter((slot) => slot !== chosen || !slot.isReadyFor(need));
        const held = idle.reduce((sum, { sequence }) => sum + sequence.tokens.length, 0);
        if (held <= Math.max(0, left)) return true;
        if (this.#readings > 0) return false;
        const holding = idle.filter(({ sequence }) => sequence.tokens.length > 0);
        // Instructions that nobody has go before any conversation
        const first = holding.find(({ isFree }) => isFree) ?? holding[0];
        if (first) this.#park(first, first === chosen ? need.instructions : []);
        return false;
    }

    #park(slot: SequenceSlot, instructions: readonly Token[]): void {
        slot.isBusy = true;
        slot.reserved = slot.sequence.tokens.length;
        this.#empty(slot, slot.leave(instructions));
    }

    #empty(slot: SequenceSlot, emptied: Promise<void>): void {
        const emptying = emptied
            .catch(() => undefined)
            .finally(() => {
                this.#emptying.delete(emptying);
                this.#giveBack(slot);
            });
        this.#emptying.add(emptying);
    }

    #lease(slot: SequenceSlot): SequenceLease {
        return {
            sequence: slot.sequence,
            release: () => this.#giveBack(slot),
            discard: () => this.#discard(slot),
        };
    }

    async #discard(slot: SequenceSlot): Promise<void> {
        try {
            await slot.discard();
        } finally {
            this.#giveBack(slot);
        }
    }

    #giveBack(slot: SequenceSlot): void {
        if (slot.isForgotten) {
            slot.isBusy = true;
            this.#empty(slot, slot.discard());
            return;
        }
        slot.isBusy = false;
        this.#serve();
    }
}

function byLength(one: SequenceSlot, other: SequenceSlot): number {
    return one.sequence.tokens.length - other.sequence.tokens.length;
}

/** Whether one of some texts is what the tokens are, or begin with. */
function isAmong(tokens: readonly Token[], texts: readonly (readonly Token[])[]): boolean {
    return texts.some((text) => text.length > 0 && sharedLength(tokens, text) === text.length);
}
