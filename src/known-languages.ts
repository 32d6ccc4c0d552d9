import type { AssistantSettings } from "./assistant.ts";
import { readLanguageArgument } from "./language/language-argument.ts";
import type { ConversationKey, InboundMessage, Language } from "./message.ts";
import { decideLanguage, type KnownLanguage } from "./reply-language.ts";

/** Patients whose languages are remembered at most; the oldest are forgotten first. */
const mostPatients = 10_000;

/**
 * In which languages patients have written lately, as far as this process has seen: for notices
 * that cannot wait for their conversation to be read.
 */
export class KnownLanguages {
    readonly #known = new Map<ConversationKey, KnownLanguage>();

    /** What is known before `learn` has seen the message. */
    of(conversation: ConversationKey): KnownLanguage {
        return this.#known.get(conversation) ?? {};
    }

    learn(message: InboundMessage, settings: AssistantSettings): void {
        const { conversation, command } = message;
        if (command?.name === "delete" || command?.name === "decline") {
            this.#known.delete(conversation);
            return;
        }
        const before = this.of(conversation);
        const chosen =
            command?.name === "language" ? readLanguageArgument(command.argument) : undefined;
        const {
            reason,
            language,
            switchTo = chosen,
        } = decideLanguage(
            command ? { ...message, text: "" } : message,
            { turns: [] },
            settings,
            before,
        );
        const tells = reason === "detected" || reason === "switch";
        const next = { ...before, ...(tells ? { previous: language } : {}), ...choice(switchTo) };
        this.#known.delete(conversation);
        this.#known.set(conversation, switchTo === "automatic" ? { previous: language } : next);
        const [oldest] = this.#known.keys();
        if (this.#known.size > mostPatients && oldest) this.#known.delete(oldest);
    }
}

function choice(switchTo: Language | "automatic" | undefined): { readonly chosen?: Language } {
    return switchTo === "ar" || switchTo === "en" ? { chosen: switchTo } : {};
}
