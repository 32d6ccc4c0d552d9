import type { TokenRules } from "./review-rules.ts";

/** A sentence without the tokens of a chat model's template. */
export interface CleanedSentence {
    readonly text: string;
    /** Whether there was anything to take away. */
    readonly found: boolean;
    /** What follows is no longer the answer. */
    readonly ends: boolean;
}

/** Takes the tokens out of a sentence. */
export type TokenCleaner = (
    text: string,
    place: { readonly atLineStart: boolean; readonly isFirst: boolean },
) => CleanedSentence;

const hasWords = /[\p{L}\p{N}]/u;

/** Any token of the Llama 3 and ChatML kind. */
const barToken = String.raw`<\s?\|[^|<>\n]{1,40}\|\s?>`;

/** Prepares the search for the tokens and the speakers' names of a model's template. */
export function createTokenCleaner({ ends, noise, speakers, assistant }: TokenRules): TokenCleaner {
    const any = (texts: readonly string[]): string => texts.map(escapeRegExp).join("|");
    const tokens = new RegExp(`(?<noise>${any(noise)})|(?<end>${any(ends)}|${barToken})`, "giu");
    const edge = "[\\s*_`#>\\[\\]]*";
    const names = any([...speakers, ...assistant]);
    const label = new RegExp(`^${edge}(?<name>${names})${edge}(?:$|[:：]${edge})`, "iu");
    const bareLabel = new RegExp(`^${edge}(?<name>${names})${edge}$`, "iu");
    const glued = new RegExp(String.raw`(?<=[.!?؟…*)»"])(?:${names})$`, "u");
    const isAssistant = new Set(assistant.map((name) => name.toLowerCase()));

    return (source, { atLineStart, isFirst }) => {
        const cut = cutTokens(source, isFirst);
        const { text } = cut;
        const spoken = (atLineStart ? label : bareLabel).exec(text);
        if (spoken) {
            const name = spoken.groups?.["name"] ?? "";
            const isLabel = isFirst && isAssistant.has(name.toLowerCase());
            if (!isLabel) return { text: "", found: true, ends: true };
            return { ...cut, text: text.slice(spoken[0].length), found: true };
        }
        const tail = glued.exec(text);
        return tail ? { text: text.slice(0, tail.index), found: true, ends: true } : cut;
    };

    function cutTokens(source: string, isFirst: boolean): CleanedSentence {
        let text = source;
        let found = false;
        tokens.lastIndex = 0;
        for (let match = tokens.exec(text); match; match = tokens.exec(text)) {
            found = true;
            const before = text.slice(0, match.index);
            const isLeading =
                isFirst && (!hasWords.test(before) || isAssistant.has(before.trim().toLowerCase()));
            if (match.groups?.["end"] !== undefined && !isLeading) {
                return { text: before.trimEnd(), found, ends: true };
            }
            text = before + text.slice(match.index + match[0].length);
            tokens.lastIndex = match.index;
        }
        return { text: found ? text.trim() : text, found, ends: false };
    }
}

function escapeRegExp(text: string): string {
    return text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}
