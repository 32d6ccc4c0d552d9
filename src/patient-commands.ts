import type { AssistantParts } from "./assistant.ts";
import { persist } from "./conversation/persist.ts";
import type { Choice, Command, ConversationKey, Language, Reply } from "./message.ts";

const languageArguments: Readonly<Record<string, Language | "automatic">> = {
    ar: "ar",
    arabic: "ar",
    عربي: "ar",
    عربية: "ar",
    العربية: "ar",
    en: "en",
    english: "en",
    إنجليزي: "en",
    انجليزي: "en",
    إنجليزية: "en",
    الإنجليزية: "en",
    الانجليزية: "en",
    auto: "automatic",
    automatic: "automatic",
    تلقائي: "automatic",
};

/**
 * Carries out a patient's command and gives the reply to it, in `language` unless the command
 * changes that.
 *
 * @throws `aborted`, `store-failed`.
 */
export async function runCommand(
    { name, argument }: Command,
    key: ConversationKey,
    language: Language,
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<Reply> {
    const { store, notices, settings } = parts;
    switch (name) {
        case "start":
            return {
                text: [notices("welcome", language), ...demonstration(language, parts)].join(
                    "\n\n",
                ),
                language,
                choices: languageChoices(language, parts),
            };
        case "help":
            return { text: notices("help", language), language };
        case "reset":
            await persist(() => store.update(key, { reset: true }), settings.retry, signal);
            return { text: notices("reset-done", language), language };
        case "stop":
            return { text: notices("nothing-to-stop", language), language };
        case "language": {
            const chosen = languageArguments[argument.trim().toLowerCase()];
            if (chosen === undefined) {
                return {
                    text: notices("language-menu", language),
                    language,
                    choices: languageChoices(language, parts),
                };
            }
            await persist(
                () => store.update(key, { chosenLanguage: chosen }),
                settings.retry,
                signal,
            );
            return chosen === "automatic"
                ? { text: notices("language-automatic", language), language }
                : { text: notices("language-set", chosen), language: chosen };
        }
    }
}

/** The line that the toy model's replies carry; none for a real model. */
export function demonstration(language: Language, { model, notices }: AssistantParts): string[] {
    return model.description.demonstration ? [notices("demonstration", language)] : [];
}

function languageChoices(language: Language, { notices }: AssistantParts): Choice[] {
    const choice = (label: string, argument: string): Choice => ({
        label,
        command: { name: "language", argument },
    });
    return [
        choice(notices("label-arabic", "ar"), "ar"),
        choice(notices("label-english", "en"), "en"),
        choice(notices("label-automatic", language), "automatic"),
    ];
}
