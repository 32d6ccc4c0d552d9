import type { ReplyParts } from "./assistant.ts";
import type { LanguageDecision } from "./language/detect-language.ts";
import { type ErrorCode, isAppError } from "./errors.ts";
import type { Alarm, ConversationChange, Language, Reply } from "./message.ts";
import type { ChatCompletion } from "./ports.ts";

/** What the clinic's people are to learn of a turn. */
export type StaffEvent =
    /** They get the conversation in hand: the patient wishes it, or it is urgent. */
    | { readonly kind: "request" | "urgent" }
    /** The patient writes, while they have it in hand. */
    | {
          readonly kind: "message";
          readonly text: string;
          readonly files: number;
          readonly alarm?: Alarm;
      }
    /** Somebody whom they do not know yet is in a crisis. */
    | { readonly kind: "crisis"; readonly agreed: boolean }
    /** They do not have it in hand any more. */
    | { readonly kind: "ended"; readonly why: "patient" | "reset" | "erased" | "silent" };

/** A reply, and what is to be remembered of it. */
export interface Draft {
    readonly reply: Reply;
    /** Whether a disclaimer was appended. */
    readonly disclaimer: boolean;
    /** What the model did; absent when it was not asked. */
    readonly completion?: ChatCompletion;
    /** Why the patient got an apology instead of an answer. */
    readonly failure?: ErrorCode;
    readonly change?: ConversationChange;
    /** The patient has withdrawn, though the change may say that they agreed anew afterwards. */
    readonly withdrew?: boolean;
    /** It is a message of its own, even if something of the turn has been shown already. */
    readonly afresh?: boolean;
    /** What the screen found, when this is its fixed message. */
    readonly alarm?: Alarm;
    /** What the clinic's people are told before the patient is. */
    readonly staff?: readonly StaffEvent[];
}

/** A text of the product as a reply that is not remembered. */
export function notice(text: string, language: Language): Draft {
    return { reply: { text, language }, disclaimer: false };
}

/** The draft, with the language that the message asks for from now on. */
export function withChoice({ switchTo }: Pick<LanguageDecision, "switchTo">, draft: Draft): Draft {
    if (switchTo === undefined) return draft;
    return {
        ...draft,
        reply: { ...draft.reply, menu: switchTo },
        change: { ...draft.change, chosenLanguage: switchTo },
    };
}

/** What a patient reads whose message could not be answered because of `error`. */
export function apology(error: unknown, language: Language, { notices }: ReplyParts): Draft {
    const failure = isAppError(error) ? error.code : "model-failed";
    const name = failure === "prompt-too-long" ? "prompt-too-long" : "failed";
    return { ...notice(notices(name, language), language), failure };
}
