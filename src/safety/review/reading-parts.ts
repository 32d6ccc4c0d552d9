import type { KnownInstructions } from "./check-leak.ts";
import type { TokenCleaner } from "./check-tokens.ts";
import type { CompiledRules } from "./compile-rules.ts";
import type { WordReader } from "./match-phrases.ts";

/** What an answer is read with. */
export interface ReadingParts {
    readonly rules: CompiledRules;
    readonly readWords: WordReader;
    readonly cleanTokens: TokenCleaner;
    readonly instructions: KnownInstructions;
}
