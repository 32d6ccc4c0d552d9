/** What is decided of a message before anything of it is stored. */
import type { ReplyParts } from "./assistant.ts";
import { cleanText } from "./conversation/clean-text.ts";
import type { Alarm, Command, ConversationSettings, InboundMessage, Language } from "./message.ts";
import { erasesAll } from "./data-commands.ts";
import { whoAnswers } from "./hand-over.ts";
import type { ConversationStore } from "./ports.ts";
import type { RecentWords } from "./recent-words.ts";
import { decideLanguage } from "./reply-language.ts";
import { otherLanguage } from "./spoken-languages.ts";
import { lacksConsent, readConsent } from "./safety/consent.ts";
import { alarmOf } from "./safety/alarm.ts";
import { assess } from "./screen-question.ts";

/** What is needed to admit messages. */
export interface AdmissionParts extends ReplyParts {
    readonly store: Pick<ConversationStore, "read" | "readSettings">;
}

/** Why a message is not taken in. */
export interface Refusal {
    readonly notice: "flooded" | "not-listed";
    /** Whether the patient is to be told. */
    readonly tell: boolean;
}

/** What a message calls for at once, by its own words; takes about a millisecond. */
export function findAlarm(message: InboundMessage, { safety }: ReplyParts): Alarm | undefined {
    if (message.command) return undefined;
    return alarmOf(safety.triage(cleanText(message.text)));
}

/**
 * What a message calls for at once, together with those that came shortly before it and with what
 * the conversation says of the patient (a pregnancy, an infant). While the store is away that is left
 * out. Of a command what stands behind it counts, alone; one that erases ends what came before it.
 * Never fails.
 */
export async function findAlarmInContext(
    message: InboundMessage,
    recent: RecentWords,
    parts: AdmissionParts,
): Promise<Alarm | undefined> {
    const { safety, store } = parts;
    if (message.command) {
        if (erasesAll(message.command)) recent.forget(message.conversation);
        return alarmOf(safety.triage(cleanText(message.command.argument)));
    }
    const text = cleanText(message.text);
    const together = recent.join(message, text);
    let factsMatter = false;
    const withoutFacts = (): readonly string[] => {
        factsMatter = true;
        return [];
    };
    const joined = safety.triage(together, withoutFacts);
    const alone = together === text ? joined : safety.triage(text);
    let alarm = alarmOf(alone) ?? alarmOf(joined);
    // Without any complaint, what is known of the patient makes no emergency of it.
    if (!alarm && joined.disposition !== "none" && factsMatter) {
        const turns = await store.read(message.conversation).then(
            (conversation) => conversation.turns,
            () => [],
        );
        alarm = alarmOf(assess(together, turns, safety.triage));
    }
    if (alarm) recent.forget(message.conversation);
    return alarm;
}

/** The message with what it calls for. Words behind a command that call for help are no command. */
export function withAlarm({ command, ...message }: InboundMessage, alarm: Alarm): InboundMessage {
    return { ...message, ...(command === undefined ? {} : { text: command.argument }), alarm };
}

/**
 * Whether a message is refused: by the clinic's lists, or because far too many come. One with an
 * alarm never is. Each call counts.
 */
export async function refuseMessage(
    message: InboundMessage,
    { safety }: ReplyParts,
): Promise<Refusal | "silently" | undefined> {
    const { conversation } = message;
    if (message.alarm || conversation.startsWith("terminal:")) return undefined;
    // Whoever tries the assistant on the local page has signed in there.
    const isTrial = conversation.startsWith("web:local:");
    const access = isTrial ? "allowed" : safety.access(conversation);
    if (access !== "allowed") {
        safety.counters.count("access-refused", { reason: access });
        return access === "blocked" ? "silently" : { notice: "not-listed", tell: true };
    }
    if (message.command) return undefined;
    const allowance = await safety.limits.take(conversation, "message");
    if (allowance.allowed) return undefined;
    const { scope, reason, told } = allowance;
    safety.counters.count("limited", { scope, reason });
    return { notice: "flooded", tell: !told };
}

/**
 * The message as it may be stored: nothing of what a patient writes or sends is kept before they
 * have agreed, only that they did, in which language, and whether it is an emergency. And whether
 * the clinic's people have the conversation in hand.
 *
 * @param previous The language of the patient's last message, as far as it is known.
 * @throws `store-unavailable` (retryable): then it is not known whether they have agreed.
 */
export async function asStored(
    message: InboundMessage,
    parts: AdmissionParts,
    previous?: Language,
): Promise<InboundMessage> {
    const { conversation, command } = message;
    const { store, settings, staff } = parts;
    const mayLack = lacksConsent(conversation, {}, settings.consent);
    const { quoted: _quoted, ...rest } = message;
    if (message.fromStaff) return message;
    if (command && isPlainCommand(command)) return rest;
    if (!mayLack && !staff) return message;
    const known: ConversationSettings = await store.readSettings(conversation);
    if (!lacksConsent(conversation, known, settings.consent)) {
        if (command) return message;
        return whoAnswers(known, parts) === "staff" ? { ...message, handedOver: true } : message;
    }
    const { language, reading } = decideLanguage(
        message,
        { turns: [], ...known },
        settings,
        previous === undefined ? {} : { previous },
    );
    const other = otherLanguage(reading);
    const withheld = { language, ...(other === undefined ? {} : { other }) };
    const empty = { ...rest, text: "", attachments: [], withheld };
    if (command) return { ...empty, command: { ...command, argument: "" } };
    const consent = message.alarm ? undefined : readConsent(message.text);
    return consent === undefined ? empty : { ...empty, command: consent };
}

/** Whether what stands behind a command is a choice, or nothing: no words about anybody's health. */
function isPlainCommand({ name, argument }: Command): boolean {
    const isChoice = ["language", "agree", "decline", "delete"].includes(name);
    return argument === "" || (isChoice && /^\p{L}{1,12}$/u.test(argument));
}
