/** The texts about consent, and what agreeing to them means. */
import type { ReplyParts } from "./assistant.ts";
import type { Choice, Consent, ConversationKey, Language, PlatformName } from "./message.ts";
import { nameWording } from "./safety/consent.ts";

/** How patients call the platforms. */
export const platformNames: Readonly<Record<PlatformName, Readonly<Record<Language, string>>>> = {
    telegram: { en: "Telegram", ar: "تيليجرام" },
    "whatsapp-web": { en: "WhatsApp", ar: "واتساب" },
    "whatsapp-cloud": { en: "WhatsApp", ar: "واتساب" },
    web: { en: "the clinic", ar: "العيادة" },
    terminal: { en: "the clinic", ar: "العيادة" },
};

/** What a patient is asked to agree to, and the buttons beneath it. */
export function consentQuestion(
    conversation: ConversationKey,
    language: Language,
    { notices }: ReplyParts,
): { readonly text: string; readonly choices: readonly Choice[] } {
    const choice = (label: "label-agree" | "label-decline", name: "agree" | "decline"): Choice => ({
        label: notices(label, language),
        // In which language the patient was asked: nothing else of them may be known.
        command: { name, argument: language },
    });
    return {
        text: consentText(conversation, language, { notices }),
        choices: [choice("label-agree", "agree"), choice("label-decline", "decline")],
    };
}

/** Who runs the assistant, what is kept and for how long, and who carries the messages. */
export function consentText(
    conversation: ConversationKey,
    language: Language,
    { notices }: Pick<ReplyParts, "notices">,
): string {
    const [platform] = conversation.split(":", 1) as [PlatformName];
    return notices("consent", language, { platform: platformNames[platform][language] });
}

/** That a patient agrees now, to the wording in this language. */
export function consentNow(
    conversation: ConversationKey,
    language: Language,
    parts: ReplyParts,
): Consent {
    return {
        atMs: Date.now(),
        wording: nameWording(consentText(conversation, language, parts)),
    };
}
