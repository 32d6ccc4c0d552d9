/** The patient's commands about consent and about what is kept of them. */
import type { ReplyParts } from "./assistant.ts";
import type { Commander, CommandOutcome } from "./command-outcome.ts";
import { consentNow, consentQuestion, consentText } from "./consent-texts.ts";
import type { Command, ConversationChange, Language, Reply, Turn } from "./message.ts";
import type { Notices } from "./notices.ts";
import { lacksConsent } from "./safety/consent.ts";

/** What stands behind `/delete` on its button: without it the patient is asked first. */
const confirmed = /^(?:yes|نعم)$/iu;

/** Whether a command is the patient's confirmed wish that all be erased. */
export function erasesAll({ name, argument }: Command): boolean {
    return name === "delete" && isConfirmed(argument);
}

function isConfirmed(argument: string): boolean {
    return confirmed.test(argument.trim());
}

/** Everything of a conversation that a change can forget. */
const eraseAll: ConversationChange = {
    reset: true,
    chosenLanguage: "automatic",
    consent: "withdrawn",
    handoff: "ended",
};

/** What such a command says and changes. */
export function runDataCommand(
    name: "agree" | "decline" | "privacy" | "export" | "delete",
    argument: string,
    commander: Commander,
    parts: ReplyParts,
): CommandOutcome {
    const { key, conversation } = commander;
    const { notices, safety } = parts;
    const language = isLanguage(argument) ? argument : commander.language;
    const say = (text: string): Reply => ({ text, language });
    switch (name) {
        case "agree":
            safety.counters.count("consent", { choice: "given" });
            return {
                reply: say(notices("consent-agreed", language)),
                change: { consent: consentNow(key, language, parts) },
            };
        case "decline":
            // Who had agreed withdraws: then nothing may be left.
            if (conversation.consent || conversation.turns.length > 0)
                return erase(say(notices("deleted", language)), parts);
            safety.counters.count("consent", { choice: "declined" });
            return { reply: say(notices("consent-declined", language)) };
        case "privacy":
            return { reply: showPrivacy(commander, parts) };
        case "export":
            safety.counters.count("exported");
            return { reply: say(exportText(conversation.turns, language, notices)) };
        case "delete":
            if (isConfirmed(argument)) return erase(say(notices("deleted", language)), parts);
            return { reply: askToErase(language, notices) };
    }
}

/** The buttons beneath the question for consent say in which language it was asked. */
function isLanguage(argument: string): argument is Language {
    return argument === "ar" || argument === "en";
}

function erase(reply: Reply, { safety }: ReplyParts): CommandOutcome {
    safety.counters.count("erased");
    safety.counters.count("consent", { choice: "withdrawn" });
    return { reply: { ...reply, menu: "automatic" }, change: eraseAll, withdrew: true };
}

function askToErase(language: Language, notices: Notices): Reply {
    const command = { name: "delete", argument: "yes" } as const;
    return {
        text: notices("delete-confirm", language),
        language,
        choices: [{ label: notices("label-delete", language), command }],
    };
}

function showPrivacy({ key, conversation, language }: Commander, parts: ReplyParts): Reply {
    const { notices, settings } = parts;
    const text = consentText(key, language, parts);
    if (conversation.consent) {
        return { text: [text, notices("privacy-agreed", language)].join("\n\n"), language };
    }
    if (!lacksConsent(key, conversation, settings.consent)) return { text, language };
    const { choices } = consentQuestion(key, language, parts);
    const said = [text, notices("privacy-not-agreed", language)].join("\n\n");
    return { text: said, language, choices };
}

/** The conversation as its patient reads it. */
function exportText(turns: readonly Turn[], language: Language, notices: Notices): string {
    if (turns.length === 0) return notices("export-nothing", language);
    const entries = turns.map(({ role, text, atMs, images, fromStaff }) => {
        const answerer = fromStaff ? "label-clinic" : "export-assistant";
        const who = notices(role === "user" ? "export-you" : answerer, language);
        const at = new Date(atMs).toISOString().slice(0, 16).replace("T", " ");
        const count = String(images.length);
        const shown = images.length > 0 ? [notices("export-images", language, { count })] : [];
        return [`**${who}** (${at} UTC)`, ...shown, text].filter(Boolean).join("\n");
    });
    return [notices("export-head", language), ...entries].join("\n\n");
}
