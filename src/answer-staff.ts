/** What becomes of what the clinic's people write in their room. Needs no model. */
import type { ReplyParts, StaffParts } from "./assistant.ts";
import { consentQuestion } from "./consent-texts.ts";
import { persist } from "./conversation/persist.ts";
import { literalText } from "./handoff/literal-text.ts";
import { readStaffMessage } from "./handoff/staff-command.ts";
import { describeTime } from "./handoff/working-hours.ts";
import { whoAnswers } from "./hand-over.ts";
import type {
    Conversation,
    ConversationKey,
    Handoff,
    InboundMessage,
    Language,
    Reply,
} from "./message.ts";
import type { PromptName } from "./prompt/prompt-library.ts";
import type { OpenTurn, TurnEnd } from "./queue-ports.ts";
import { lacksConsent } from "./safety/consent.ts";
import { noteOf } from "./staff-notes.ts";
import { nameLetter } from "./tell-staff.ts";

/**
 * Carries out the oldest message of a room, and commits what the clinic's people are told about it.
 *
 * @throws `store-unavailable`, `store-failed`, `aborted`: the message is carried out again, without
 * doing twice what has been done.
 */
export async function answerStaff(turn: OpenTurn, parts: ReplyParts): Promise<TurnEnd> {
    const { staff, settings } = parts;
    const [oldest] = turn.messages;
    if (!oldest) return "done";
    const { message } = oldest;
    // Of a room that is none any more nothing is carried out.
    const isRoom = staff?.rooms.includes(message.conversation) === true;
    const reply = isRoom ? await carryOut(message, parts, staff) : undefined;
    const outcome = { settled: 1, ...(reply ? { reply, replyTo: message.id } : {}) };
    await persist(() => turn.commit(outcome), settings.retry, turn.signal);
    return "done";
}

async function carryOut(
    message: InboundMessage,
    parts: ReplyParts,
    staff: StaffParts,
): Promise<Reply> {
    const meant = readStaffMessage(message.text, message.quoted?.text);
    const say = (name: PromptName, code?: string): Reply => {
        const values = code === undefined ? {} : { code: `#${code}` };
        const text = parts.notices(name, staff.settings.language, values);
        return noteOf("notice", [text], code === undefined ? {} : { code }, staff);
    };
    if (meant.kind === "open") return await listOpen(parts, staff);
    const { code } = meant;
    if (code === undefined) return say("staff-no-code");
    const conversation = await staff.cases.find(code);
    if (conversation === undefined) return say("staff-unknown", code);
    // With the words: one that is edited just now must not count as sent with its old ones.
    const letter = nameLetter([message.conversation, message.id, message.text]);
    const found: Case = { code, conversation, letter };
    if (meant.kind === "done") {
        return say((await handBack(found, parts, staff)) ? "staff-done" : "staff-not-open", code);
    }
    const hasFiles = message.attachments.length > 0;
    if (meant.text === "") return say(hasFiles ? "staff-text-only" : "staff-empty", code);
    await passToPatient(meant.text, found, parts, staff);
    const sent = say("staff-sent", code);
    if (!hasFiles) return sent;
    return { ...sent, text: [sent.text, say("staff-text-only").text].join("\n\n") };
}

/**
 * Tells the clinic's people that what they changed in a message, after it was carried out, reaches
 * nobody: a dose that they corrected must not be taken for corrected. Once for each change.
 *
 * @throws `store-unavailable` (retryable), `store-failed`.
 */
export async function tellLateEdit(
    { conversation, id, text, quoted }: InboundMessage,
    { notices, staff }: ReplyParts,
): Promise<void> {
    if (staff?.rooms.includes(conversation) !== true) return;
    const meant = readStaffMessage(text, quoted?.text);
    // Without a code nothing was passed on.
    if (meant.kind === "open" || meant.code === undefined) return;
    const { code } = meant;
    const said = notices("staff-edit-late", staff.settings.language, { code: `#${code}` });
    const reply = noteOf("notice", [said], { code }, staff);
    await staff.postbox.post(conversation, {
        id: nameLetter([conversation, id, text, "late"]),
        reply,
    });
}

/** A conversation that the clinic's people mean. */
interface Case {
    readonly code: string;
    readonly conversation: ConversationKey;
    /** Names what is sent to the patient, so that it is sent once. */
    readonly letter: string;
}

/** The assistant goes on. `false`: it does already. */
async function handBack(
    { code, conversation, letter }: Case,
    parts: ReplyParts,
    staff: StaffParts,
): Promise<boolean> {
    const known = await staff.store.read(conversation);
    await staff.cases.mark(known.handoff?.code ?? code, "closed");
    if (!known.handoff) return false;
    const language = languageOf(known, parts);
    const reply = { text: parts.notices("handoff-done", language), language };
    await staff.postbox.post(conversation, { id: letter, reply, change: { handoff: "ended" } });
    return true;
}

/** The answer reaches the patient, and is remembered; from now on the model is silent. */
async function passToPatient(
    words: string,
    { code, conversation, letter }: Case,
    parts: ReplyParts,
    staff: StaffParts,
): Promise<void> {
    const { notices, safety } = parts;
    const known = await staff.store.read(conversation);
    const language = languageOf(known, parts);
    const nowMs = Date.now();
    const isFirst = known.handoff === undefined;
    const handoff: Handoff = {
        ...(known.handoff ?? { code, sinceMs: nowMs }),
        answeredAtMs: nowMs,
    };
    // What such a patient writes back reaches nobody: then it must not be promised.
    const agreement = lacksConsent(conversation, known, parts.settings.consent)
        ? consentQuestion(conversation, language, parts)
        : undefined;
    const first = agreement?.text ?? notices("staff-says-first", language);
    const texts = [
        notices("staff-says", language),
        literalText(words),
        ...(isFirst ? [first] : []),
    ];
    const choices = isFirst && agreement ? { choices: agreement.choices } : {};
    if (isFirst) await staff.cases.mark(code, nowMs);
    await staff.postbox.post(conversation, {
        id: letter,
        reply: { text: texts.join("\n\n"), language, ...choices },
        change: {
            handoff,
            turns: [
                {
                    role: "assistant",
                    text: words,
                    language,
                    atMs: nowMs,
                    images: [],
                    fromStaff: true,
                },
            ],
        },
    });
    if (isFirst) safety.counters.count("handed-off");
}

function languageOf({ turns, chosenLanguage }: Conversation, { settings }: ReplyParts): Language {
    const spoken = turns.findLast(({ role }) => role === "user")?.language;
    return chosenLanguage ?? spoken ?? settings.defaultLanguage;
}

/** The cases that they have in hand; those that have ended meanwhile are taken out of the book. */
async function listOpen(parts: ReplyParts, staff: StaffParts): Promise<Reply> {
    const { language, hours } = staff.settings;
    const lines: string[] = [];
    for (const { code, conversation, sinceMs } of await staff.cases.open()) {
        const known = await staff.store.readSettings(conversation);
        const state = whoAnswers(known, parts);
        const isOpen = known.handoff?.code === code && state !== "over";
        if (!isOpen) {
            await staff.cases.mark(code, "closed");
            continue;
        }
        const time = describeTime(sinceMs, language, hours?.timeZone);
        lines.push(`- ${parts.notices("staff-open-since", language, { code: `#${code}`, time })}`);
    }
    if (lines.length === 0) {
        return noteOf("notice", [parts.notices("staff-open-none", language)], {}, staff);
    }
    return noteOf("notice", [parts.notices("staff-open", language), lines.join("\n")], {}, staff);
}
