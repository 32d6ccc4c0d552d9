import { randomInt } from "node:crypto";
import type { LlamaModel, Token } from "node-llama-cpp";
import type { Companion, NativeCall, NativeResult, NativeRunner } from "./companion.ts";
import { addonModel } from "./addon-model.ts";
import type { GenerationEnd, GenerationOptions, Runner, SequenceMemory } from "./runner.ts";
import { sharedLength } from "./shared-length.ts";

/** How the native runner is opened. */
export interface NativeRunnerOptions {
    /** Positions of all conversations together. */
    readonly positions: number;
    readonly sequences: number;
    /** Positions of one step. */
    readonly batchTokens: number;
    readonly threads: number;
    /** The longest guess of how an answer goes on; 0: none. */
    readonly guesses: number;
    /** A small model that guesses; absent: what the conversations say is all that is guessed from. */
    readonly draft?: LlamaModel | undefined;
    /** Told once, at the end of an answer, why the draft model is not used any more. */
    readonly onDraftLost?: ((reason: string) => void) | undefined;
    /** Whether attention is computed in one operation, where device and model allow. */
    readonly flashAttention: boolean;
}

// Ranks beyond weigh nothing
const consideredTokens = 1000;
// Placeholders of pictures are above; the native part needs to know only where they stand
const greatestToken = 0x7fff_ffff;
const picture = -1;

/**
 * Reserves the conversations' memory and starts the thread that they run in (native/runner.h).
 *
 * @throws an error with the code `context-failed` when the memory does not suffice.
 */
export async function openNativeRunner(
    companion: Companion,
    model: LlamaModel,
    options: NativeRunnerOptions,
): Promise<Runner> {
    const { positions, sequences, batchTokens, threads, guesses, flashAttention, draft } = options;
    const nativeOptions = {
        positions,
        sequences,
        batch: Math.max(batchTokens, sequences * (1 + guesses)),
        threads,
        guesses,
        offload: model.llama.gpu !== false,
        flashAttention,
    };
    const native = await companion.openRunner(
        addonModel(model),
        nativeOptions,
        ...(draft === undefined || guesses === 0 ? [] : [addonModel(draft)]),
    );
    let lastId = 0;
    const nextId = (): number => ++lastId;
    let hasDraft = native.draftFailure === "";
    const lookAtDraft = (): void => {
        if (!hasDraft || native.draftFailure === "") return;
        hasDraft = false;
        options.onDraftLost?.(native.draftFailure);
    };
    const opened: NativeSequence[] = [];
    const common = { native, nextId, onAnswered: lookAtDraft, sequences: opened };
    for (let index = 0; index < sequences; index++) opened.push(new NativeSequence(common, index));
    return {
        positions: native.positions,
        shares: native.shares,
        ...(!hasDraft && { draftFailure: native.draftFailure }),
        sequences: opened,
        close: () => native.close(),
    };
}

/** What the sequences of a runner have in common. */
interface Common {
    readonly native: NativeRunner;
    readonly nextId: () => number;
    /** Called when an answer has ended. */
    readonly onAnswered: () => void;
    /** All of the runner, in the order of their numbers. */
    readonly sequences: readonly NativeSequence[];
}

class NativeSequence implements SequenceMemory {
    readonly #common: Common;
    readonly #sequence: number;
    /**
     * Never more than the native sequence holds when a call that is made now is carried out, unless `keep`
     * has just emptied it, where a model cannot go back to a part.
     */
    readonly #tokens: Token[] = [];

    constructor(common: Common, sequence: number) {
        this.#common = common;
        this.#sequence = sequence;
    }

    get #native(): NativeRunner {
        return this.#common.native;
    }

    get tokens(): readonly Token[] {
        return this.#tokens;
    }

    async keep(length: number): Promise<void> {
        this.#cut(length);
        const { held } = await this.#native.trim({ ...this.#call(), length });
        this.#cut(held);
    }

    read(tokens: readonly Token[], signal: AbortSignal): Promise<boolean> {
        return this.#append(tokens, signal, (call) =>
            this.#native.read({ ...call, tokens: Int32Array.from(tokens) }),
        );
    }

    see(
        embeddings: Float32Array,
        placeholders: readonly Token[],
        signal: AbortSignal,
    ): Promise<boolean> {
        return this.#append(placeholders, signal, (call) =>
            this.#native.see({ ...call, rows: embeddings }),
        );
    }

    async generate(
        tokens: readonly Token[],
        { temperature, topP, maxTokens, stops, onToken, onMargin }: GenerationOptions,
        signal: AbortSignal,
    ): Promise<GenerationEnd> {
        if (signal.aborted) return "aborted";
        const drawn: Token[] = [];
        const failed = new AbortController();
        const onTokens = (some: Int32Array, margins: Float32Array): void => {
            for (let index = 0; index < Math.max(some.length, margins.length); index++) {
                const token = some[index] as Token | undefined;
                if (token !== undefined) drawn.push(token);
                if (signal.aborted || failed.signal.aborted) continue;
                try {
                    if (index < margins.length) onMargin?.(margins[index] ?? Number.NaN);
                    if (token !== undefined) onToken(token);
                } catch (error) {
                    failed.abort(error);
                }
            }
        };
        const history = [...this.#tokens, ...tokens];
        const call = { ...this.#call(), position: this.#tokens.length };
        const running = this.#native.generate({
            ...call,
            tokens: Int32Array.from(tokens),
            history: Int32Array.from(history, (token) => (token > greatestToken ? picture : token)),
            mostTokens: maxTokens,
            stops: Int32Array.from(stops),
            temperature,
            topP,
            topK: consideredTokens,
            seed: randomInt(2 ** 32),
            measuresMargins: onMargin !== undefined,
            onTokens,
        });
        const joined = AbortSignal.any([signal, failed.signal]);
        const { outcome, held } = await this.#untilAborted(call.id, running, joined).finally(
            this.#common.onAnswered,
        );
        for (const token of tokens) this.#tokens.push(token);
        for (const token of drawn) this.#tokens.push(token);
        this.#cut(held);
        failed.signal.throwIfAborted();
        return signal.aborted || outcome === "done" ? "aborted" : outcome;
    }

    async share(tokens: readonly Token[]): Promise<void> {
        const { sequences } = this.#common;
        const lengths = Int32Array.from(sequences, (one) => sharedLength(one.#tokens, tokens));
        if (lengths.every((length) => length <= this.#tokens.length)) return;
        const { held } = await this.#native.share({ ...this.#call(), lengths });
        if (held > this.#tokens.length) this.#tokens.splice(0, Infinity, ...tokens.slice(0, held));
    }

    async save(): Promise<Uint8Array | undefined> {
        const { state } = await this.#native.save(this.#call());
        return state;
    }

    async restore(state: Uint8Array, tokens: readonly Token[]): Promise<boolean> {
        const { held } = await this.#native.restore({ ...this.#call(), state });
        if (held === tokens.length) {
            for (const token of tokens) this.#tokens.push(token);
            return true;
        }
        await this.keep(0);
        return false;
    }

    #call(): NativeCall {
        return { id: this.#common.nextId(), sequence: this.#sequence };
    }

    async #append(
        tokens: readonly Token[],
        signal: AbortSignal,
        begin: (call: NativeCall & { readonly position: number }) => Promise<NativeResult>,
    ): Promise<boolean> {
        if (signal.aborted) return false;
        const position = this.#tokens.length;
        const call = { ...this.#call(), position };
        const { outcome, held } = await this.#untilAborted(call.id, begin(call), signal);
        for (const token of tokens.slice(0, held - position)) this.#tokens.push(token);
        return outcome === "done";
    }

    async #untilAborted(
        id: number,
        running: Promise<NativeResult>,
        signal: AbortSignal,
    ): Promise<NativeResult> {
        const cancel = (): void => this.#native.cancel({ id });
        signal.addEventListener("abort", cancel, { once: true });
        try {
            return await running;
        } finally {
            signal.removeEventListener("abort", cancel);
        }
    }

    #cut(length: number): void {
        if (length < this.#tokens.length) this.#tokens.length = length;
    }
}
