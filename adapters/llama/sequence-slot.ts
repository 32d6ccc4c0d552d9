import type { Token } from "node-llama-cpp";
import type { ParkedState } from "./parked-state.ts";
import type { PlacedImage } from "./prompt-tokens.ts";
import type { SequenceMemory } from "./runner.ts";
import { areSameKey } from "./same-key.ts";
import { sharedLength } from "./shared-length.ts";

/** What a generation needs. */
export interface SequenceNeed {
    readonly conversation: string;
    /** What its state is sealed under outside of the model's memory; absent: it is never written down. */
    readonly cacheKey?: Uint8Array | undefined;
    /** The greatest number of positions that it may come to hold. */
    readonly positions: number;
    /** The pictures of its prompt. */
    readonly images: readonly PlacedImage[];
    /** What it begins with that the clinic and the template wrote: it holds nothing of any conversation. */
    readonly instructions: readonly Token[];
}

/** Where the states of conversations that lost their sequence are kept. */
export interface StateShelf {
    park(conversation: string, cacheKey: Uint8Array | undefined, state: ParkedState): void;
    take(conversation: string, cacheKey: Uint8Array | undefined): Promise<ParkedState | undefined>;
    forget(conversation: string): void;
}

// Fewer are read anew as fast as they are copied
const leastParkedPositions = 32;

/** A sequence, and whose conversation it holds. */
export class SequenceSlot {
    readonly sequence: SequenceMemory;
    /** Rises from use to use. */
    usedAt = 0;
    isBusy = false;
    /** What it may come to hold while it is busy. */
    reserved = 0;
    readonly #shelf: StateShelf | undefined;
    readonly #forgotten: WeakSet<SequenceNeed>;
    #holder: SequenceNeed | undefined;
    #coming: SequenceNeed | undefined;

    /** @param forgotten Of whose conversations nothing may be kept. */
    constructor(
        sequence: SequenceMemory,
        shelf: StateShelf | undefined,
        forgotten: WeakSet<SequenceNeed>,
    ) {
        this.sequence = sequence;
        this.#shelf = shelf;
        this.#forgotten = forgotten;
    }

    holds(conversation: string): boolean {
        return this.#holder?.conversation === conversation;
    }

    /** Whether it holds nobody's conversation; there may be instructions in it. */
    get isFree(): boolean {
        return this.#holder === undefined;
    }

    /** Whether all that it holds is what a conversation begins with that will be its. */
    isReadyFor({ conversation, instructions }: SequenceNeed): boolean {
        if (!this.isFree) return this.holds(conversation);
        const { tokens } = this.sequence;
        return sharedLength(tokens, instructions) === tokens.length;
    }

    /** Positions that it takes, or soon will again. */
    get expected(): number {
        const held = this.sequence.tokens.length;
        return this.isBusy || !this.isFree ? Math.max(this.reserved, held) : held;
    }

    /** Takes it for whom `admit` lets in. */
    take(need: SequenceNeed): void {
        this.isBusy = true;
        this.#coming = need;
        // Until then it holds what it held
        this.reserved = Math.max(need.positions, this.sequence.tokens.length);
    }

    /**
     * Makes room for a conversation that it does not hold, and brings back what is parked of it. Of
     * another one only the instructions stay, if they are the same.
     */
    async admit(need: SequenceNeed): Promise<void> {
        const { conversation, cacheKey, instructions } = need;
        const holder = this.#holder;
        try {
            if (holder?.conversation !== conversation || !areSameKey(holder.cacheKey, cacheKey)) {
                // Under another key it is what was said before everything was erased
                if (holder?.conversation === conversation) await this.discard();
                else await this.leave(instructions);
                await this.#bringBack(need);
            } else if (this.isForgotten) await this.discard();
            this.#holder = need;
            this.reserved = need.positions;
        } finally {
            this.#coming = undefined;
        }
    }

    async #bringBack({ conversation, cacheKey, instructions }: SequenceNeed): Promise<void> {
        try {
            const parked = await this.#shelf?.take(conversation, cacheKey);
            // With other instructions there is less to go on from than what the last one here has left
            const known = this.sequence.tokens.length;
            if (!parked || sharedLength(parked.tokens, instructions) < known) return;
            await this.sequence.keep(0);
            await this.sequence.restore(parked.data, parked.tokens);
        } catch {
            // What cannot be brought back is read anew
            await this.sequence.keep(0);
        }
    }

    /** Parks what it holds, and empties it but for what it shares with `instructions`. */
    async leave(instructions: readonly Token[] = []): Promise<void> {
        let kept = sharedLength(this.sequence.tokens, instructions);
        try {
            if (this.#holder && this.#shelf) await this.#park(this.#holder, this.#shelf);
        } catch {
            // What cannot be parked is read anew
            kept = 0;
        }
        await this.#empty(kept);
    }

    /** Empties it without keeping anything. */
    async discard(): Promise<void> {
        await this.#empty(0);
    }

    /** Whether it must be emptied before anybody uses it: its holder's data are erased. */
    get isForgotten(): boolean {
        return this.#holder !== undefined && this.#forgotten.has(this.#holder);
    }

    /** Whose conversation it holds, and whose it is about to hold. */
    get needs(): readonly SequenceNeed[] {
        return [this.#holder, this.#coming].filter((need) => need !== undefined);
    }

    async #empty(keptPositions: number): Promise<void> {
        this.#holder = undefined;
        try {
            await this.sequence.keep(keptPositions);
        } catch (error) {
            if (keptPositions === 0) throw error;
            // After a failure nothing else is relied upon
            await this.sequence.keep(0);
        }
    }

    async #park(holder: SequenceNeed, shelf: StateShelf): Promise<void> {
        const { conversation, cacheKey, images, instructions } = holder;
        const held = this.sequence.tokens.length;
        // A picture that was read in part cannot be told from a whole one later
        const cut = images.find(({ start, end }) => held > start && held < end);
        if (cut) await this.sequence.keep(cut.start);
        const tokens: readonly Token[] = [...this.sequence.tokens];
        // Nothing of the conversation itself
        if (tokens.length <= instructions.length || tokens.length < leastParkedPositions) return;
        const data = await this.sequence.save();
        if (data === undefined || this.#forgotten.has(holder)) return;
        const pictures = images
            .filter(({ end }) => end <= tokens.length)
            .map(({ start, end, image }) => ({ start, end, id: image.id }));
        shelf.park(conversation, cacheKey, { tokens, images: pictures, data });
    }
}
