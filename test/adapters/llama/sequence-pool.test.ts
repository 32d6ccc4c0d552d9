import { getLlama, type Llama, type LlamaContext } from "node-llama-cpp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type SequenceLease, SequencePool } from "../../../adapters/llama/sequence-pool.ts";
import { demoFiles } from "./demo-model.ts";

let llama: Llama;
let context: LlamaContext;
let pool: SequencePool;
beforeAll(async () => {
    llama = await getLlama({ gpu: false, build: "never", progressLogs: false });
});
afterAll(() => llama.dispose());
beforeEach(async () => {
    const model = await llama.loadModel({ modelPath: demoFiles.model });
    context = await model.createContext({ contextSize: 256, sequences: 2, threads: 1 });
    pool = new SequencePool(context);
});
afterEach(() => context.model.dispose());

const never = new AbortController().signal;

async function lease(conversation: string): Promise<SequenceLease> {
    const taken = await pool.acquire(conversation, never);
    if (taken === undefined) throw new Error("no sequence");
    return taken;
}

describe("SequencePool", () => {
    it("gives a conversation its sequence back, and others the one idle longest", async () => {
        const a = await lease("a");
        a.release();
        const b = await lease("b");
        b.release();
        expect(b.sequence).not.toBe(a.sequence);

        const again = await lease("b");
        expect(again.sequence).toBe(b.sequence);
        again.release();

        const c = await lease("c");
        expect(c.sequence).toBe(a.sequence);
        c.release();
    });

    it("never gives a sequence twice, and serves those who wait in their order", async () => {
        const [a, b] = [await lease("a"), await lease("b")];
        expect(a.sequence).not.toBe(b.sequence);
        const served: string[] = [];
        const waiting = ["c", "d", "a"].map(async (conversation) => {
            const taken = await lease(conversation);
            served.push(conversation);
            return taken;
        });
        a.release();
        (await waiting[0])?.release();
        b.release();
        await Promise.all(waiting);
        expect(served).toEqual(["c", "d", "a"]);
    });

    it("forgets who gave up waiting", async () => {
        const [a] = [await lease("a"), await lease("b")];
        const controller = new AbortController();
        const impatient = pool.acquire("c", controller.signal);
        const patient = lease("d");
        controller.abort();
        expect(await impatient).toBeUndefined();
        expect(await pool.acquire("e", controller.signal)).toBeUndefined();
        a.release();
        expect((await patient).sequence).toBe(a.sequence);
    });

    it("replaces a sequence that cannot be relied upon by an empty one", async () => {
        const a = await lease("a");
        await a.sequence.evaluateWithoutGeneratingNewTokens(context.model.tokenize("hello"));
        const b = await lease("b");
        const next = lease("c");
        await a.discard();
        const c = await next;
        expect(c.sequence.contextTokens).toEqual([]);
        await c.sequence.evaluateWithoutGeneratingNewTokens(context.model.tokenize("hello"));
        expect(new Set([a.sequence, b.sequence, c.sequence]).size).toBe(3);
    });
});
