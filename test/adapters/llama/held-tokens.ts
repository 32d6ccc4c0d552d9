import type { Token } from "node-llama-cpp";
import { expect } from "vitest";
import type { SequenceMemory } from "../../../adapters/llama/runner.ts";
import type { SequenceLease, SequencePool } from "../../../adapters/llama/sequence-pool.ts";

export const never = new AbortController().signal;

/** A sequence of which only what it holds matters here. */
export class HeldTokens implements SequenceMemory {
    tokens: Token[] = [];

    keep(length: number): Promise<void> {
        this.tokens = this.tokens.slice(0, length);
        return Promise.resolve();
    }
    read(tokens: readonly Token[]): Promise<boolean> {
        this.tokens.push(...tokens);
        return Promise.resolve(true);
    }
    see(_: Float32Array, placeholders: readonly Token[]): Promise<boolean> {
        return this.read(placeholders);
    }
    generate(): Promise<"end"> {
        return Promise.resolve("end");
    }
    share(): Promise<void> {
        return Promise.resolve();
    }
    save(): Promise<Uint8Array | undefined> {
        return Promise.resolve(undefined);
    }
    readonly restore: SequenceMemory["restore"] = () => Promise.resolve(false);
}

/** What was saved can be brought back. */
export class RestoredTokens extends HeldTokens {
    override save(): Promise<Uint8Array> {
        return Promise.resolve(Uint8Array.from(this.tokens));
    }
    override readonly restore = (_: Uint8Array, tokens: readonly Token[]): Promise<boolean> => {
        expect(this.tokens).toEqual([]);
        return this.read(tokens);
    };
}

/** Takes its time, as the real one does. */
export class SlowTokens extends HeldTokens {
    override async keep(length: number): Promise<void> {
        await turns(2);
        await super.keep(length);
    }
    override async save(): Promise<undefined> {
        await turns(3);
        return undefined;
    }
}

/** Lets so many rounds of the event loop pass. */
export async function turns(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

/** Numbers from 0. */
export function someTokens(count: number): readonly Token[] {
    return Array.from({ length: count }, (_, index) => index as Token);
}

/** The sequence of a conversation that needs so many positions. */
export async function leaseOf(
    pool: SequencePool,
    conversation: string,
    positions = 10,
): Promise<SequenceLease> {
    const need = { conversation, positions, images: [], instructions: [] };
    const taken = await pool.acquire(need, never);
    if (taken === undefined) throw new Error("no sequence");
    return taken;
}
