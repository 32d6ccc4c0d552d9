import { createHash } from "node:crypto";
import type { Command, ConversationKey, ConversationSettings } from "../message.ts";

/** What a clinic asks of its patients before the first answer. */
export interface ConsentSettings {
    /** `false`: the clinic asks on paper. */
    readonly required: boolean;
    /** In years. */
    readonly minimumAge: number;
}

/**
 * Whether a patient must agree before anything medical is kept or answered. Whoever sits at the
 * clinic's own terminal is no patient.
 */
export function lacksConsent(
    conversation: ConversationKey,
    { consent }: ConversationSettings,
    { required }: ConsentSettings,
): boolean {
    return required && consent === undefined && !conversation.startsWith("terminal:");
}

/** Names a wording: the beginning of its SHA-256, in hexadecimal. */
export function nameWording(text: string): string {
    return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

const answers: Readonly<Record<string, Command["name"]>> = {
    "i agree": "agree",
    agree: "agree",
    agreed: "agree",
    "i accept": "agree",
    accept: "agree",
    اوافق: "agree",
    موافق: "agree",
    موافقه: "agree",
    "انا موافق": "agree",
    "انا موافقه": "agree",
    "i do not agree": "decline",
    "i don't agree": "decline",
    "i dont agree": "decline",
    disagree: "decline",
    "لا اوافق": "decline",
    "غير موافق": "decline",
    "مش موافق": "decline",
};

/**
 * What a few plain words answer to the question for consent; for platforms without buttons, and for
 * those who would rather type. "Yes" and "OK" are none: people say these to anything.
 */
export function readConsent(text: string): Command | undefined {
    const words = text
        .slice(0, 60)
        .toLowerCase()
        .replaceAll("’", "'")
        .replaceAll(/[أإآ]/g, "ا")
        .replaceAll("ة", "ه")
        .replaceAll(/[^\p{L}' ]/gu, "")
        .replaceAll(/\s+/g, " ")
        .trim();
    const name = Object.hasOwn(answers, words) ? answers[words] : undefined;
    return name === undefined ? undefined : { name, argument: "" };
}
