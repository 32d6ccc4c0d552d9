import type { ChatMessage } from "../../src/ports.ts";

/**
 * Tokens a character, on the high side. Measured on the product's prompts and on chat lines, in
 * characters a token: English 2.6 to 4.3, Arabic 1.8 to 2.9 (Llama 3, Qwen 2.5, Gemma) and 1.0 to
 * 1.3 (Mistral), digits with their signs 1.1.
 */
const weights = [
    { characters: /[A-Za-z\s]/g, tokens: 1 / 3 },
    { characters: /[\u0621-\u064a]/g, tokens: 0.6 },
    { characters: /[!-@[-`{-~]|[\u064b-\u065f]/g, tokens: 1 },
] as const;
const tokensOfOther = 1.5;

// What a template writes around a message
const tokensAround = 8;

/** How long a text is in tokens of a vocabulary that is not known. */
function estimateTokens(text: string): number {
    let rest = text.length;
    let tokens = 0;
    for (const { characters, tokens: each } of weights) {
        const count = text.match(characters)?.length ?? 0;
        rest -= count;
        tokens += count * each;
    }
    return Math.ceil(tokens + rest * tokensOfOther);
}

/** How long a message of a prompt is, its pictures included. */
export function estimateMessage({ text, images }: ChatMessage, imageTokens: number): number {
    return estimateTokens(text) + images.length * imageTokens + tokensAround;
}

const rememberedConversations = 1000;
// A prompt that was cut or wrongly counted must not spoil the estimates
const leastRatio = 0.25;
const greatestRatio = 4;
/** Turns to come may be in another language than those that were counted. */
const margin = 1.1;

/** Learns from what servers have counted how far the estimates are off. */
export class TokenCalibration {
    readonly #known = new Map<string, number>();
    #usual = 1;

    /** What an estimate of this conversation is to be multiplied with. */
    factor(conversation: string): number {
        return this.#known.get(conversation) ?? this.#usual;
    }

    /** The server has counted `counted` tokens where `estimated` were expected. */
    learn(conversation: string, estimated: number, counted: number): void {
        const ratio = counted / Math.max(1, estimated);
        const bounded = Math.min(greatestRatio, Math.max(leastRatio, ratio)) * margin;
        this.#known.delete(conversation);
        this.#known.set(conversation, bounded);
        const [oldest] = this.#known.keys();
        if (oldest !== undefined && this.#known.size > rememberedConversations) {
            this.#known.delete(oldest);
        }
        // New conversations expect the worst, which fades as it is not seen again
        this.#usual = Math.max(bounded, this.#usual * 0.99 + bounded * 0.01);
    }
}
