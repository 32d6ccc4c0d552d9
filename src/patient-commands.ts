import type { ReplyParts } from "./assistant.ts";
import { readLanguageArgument } from "./language/language-argument.ts";
import type { Commander, CommandOutcome } from "./command-outcome.ts";
import { consentQuestion } from "./consent-texts.ts";
import { runDataCommand } from "./data-commands.ts";
import { runDoctor } from "./hand-over.ts";
import type { Choice, Command, ConversationChange, ConversationKey, Language } from "./message.ts";
import type { Notices } from "./notices.ts";
import type { ModelDescription } from "./ports.ts";
import { lacksConsent } from "./safety/consent.ts";

/**
 * What a patient's command says and what it changes.
 *
 * @param model As far as it is known.
 */
export function runCommand(
    { name, argument }: Command,
    commander: Commander,
    parts: ReplyParts,
    model: ModelDescription | undefined,
): CommandOutcome {
    const { language } = commander;
    const { notices } = parts;
    if (isForPrivateChats(name, argument) && isInGroup(commander.key)) {
        return { reply: { text: notices("group-private", language), language } };
    }
    const say = (text: string): CommandOutcome => ({ reply: { text, language } });
    switch (name) {
        case "start":
            return greet(commander, parts, model);
        case "help":
            return say(notices("help", language));
        case "reset":
            return { ...say(notices("reset-done", language)), change: startAfresh(commander) };
        case "stop":
            return say(notices("nothing-to-stop", language));
        case "language":
            return chooseLanguage(argument, language, notices);
        case "agree":
        case "decline":
        case "privacy":
        case "export":
        case "delete":
            return runDataCommand(name, argument, commander, parts);
        case "doctor":
            return runDoctor(argument, commander, parts);
        case "status":
            return say(describeClinic(commander, parts));
    }
}

/** In a group each person has a conversation of their own, but all members read the replies. */
function isInGroup(key: ConversationKey): boolean {
    return /@g\.us(?:~|$)/.test(key);
}

/** The way back from the clinic's people stays open everywhere; so does erasing what is kept. */
function isForPrivateChats(name: Command["name"], argument: string): boolean {
    if (name === "doctor") return argument.trim().toLowerCase() !== "back";
    return name === "export" || name === "privacy" || name === "status";
}

/** For administrators alone; to everybody else it is no command. */
function describeClinic({ key, language }: Commander, parts: ReplyParts): string {
    const { administration, notices } = parts;
    return administration?.isAdministrator(key)
        ? administration.describe(language, notices)
        : notices("help", language);
}

function startAfresh({ conversation }: Commander): ConversationChange {
    return conversation.handoff ? { reset: true, handoff: "ended" } : { reset: true };
}

function greet(
    { key, conversation, language }: Commander,
    parts: ReplyParts,
    model: ModelDescription | undefined,
): CommandOutcome {
    const { notices, settings } = parts;
    const texts = [notices("welcome", language), ...demonstration(language, notices, model)];
    const languages = languageChoices(language, notices);
    if (!lacksConsent(key, conversation, settings.consent)) {
        return { reply: { text: texts.join("\n\n"), language, choices: languages } };
    }
    const asked = consentQuestion(key, language, parts);
    const text = [...texts, asked.text].join("\n\n");
    return { reply: { text, language, choices: [...asked.choices, ...languages] } };
}

function chooseLanguage(argument: string, language: Language, notices: Notices): CommandOutcome {
    const chosen = readLanguageArgument(argument);
    if (chosen === undefined) {
        const choices = languageChoices(language, notices);
        return { reply: { text: notices("language-menu", language), language, choices } };
    }
    const change = { chosenLanguage: chosen };
    const said =
        chosen === "automatic"
            ? { text: notices("language-automatic", language), language }
            : { text: notices("language-set", chosen), language: chosen };
    return { reply: { ...said, menu: chosen }, change };
}

/** The line that the toy model's replies carry; none for a real model. */
export function demonstration(
    language: Language,
    notices: Notices,
    model: ModelDescription | undefined,
): string[] {
    return model?.demonstration ? [notices("demonstration", language)] : [];
}

function languageChoices(language: Language, notices: Notices): Choice[] {
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
