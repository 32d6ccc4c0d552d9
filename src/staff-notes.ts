/** What the clinic's people read of patients: no names and no numbers, a code stands for each. */
import type { ReplyParts, StaffParts } from "./assistant.ts";
import { platformNames } from "./consent-texts.ts";
import type { StaffEvent } from "./draft.ts";
import { cutText, literalText, shortened } from "./handoff/literal-text.ts";
import { describeTime, isOpen, nextOpening } from "./handoff/working-hours.ts";
import type {
    ConversationKey,
    Language,
    PlatformName,
    Reply,
    StaffNoteKind,
    Turn,
} from "./message.ts";
import type { PromptName } from "./prompt/prompt-library.ts";
import type { Assessment, Disposition } from "./safety/triage/assessment.ts";
import { earlierWords } from "./screen-question.ts";

/** What a note can be about. */
export interface NoteSubject {
    readonly code: string;
    readonly conversation: ConversationKey;
    /** The turns of the conversation, the newest last. */
    readonly turns: readonly Turn[];
    readonly nowMs: number;
}

/** A piece of a patient's message within one note: with what stands around it, one message on Telegram. */
const mostPieceCharacters = 3_000;
const mostQuoted = 5;
const mostQuotedCharacters = 500;

/** The notes about an event, in order; at least one. */
export function writeNotes(
    event: StaffEvent,
    subject: NoteSubject,
    parts: ReplyParts,
    staff: StaffParts,
): readonly Reply[] {
    const say = sayer(parts, staff);
    const code = `#${subject.code}`;
    switch (event.kind) {
        case "request":
        case "urgent": {
            const head = say(event.kind === "urgent" ? "staff-urgent-case" : "staff-request", {
                code,
            });
            return [noteOf(event.kind, [head, ...summary(subject, parts, staff)], subject, staff)];
        }
        case "crisis": {
            const consent = event.agreed ? [] : [say("staff-no-consent")];
            return [noteOf("crisis", [say("staff-crisis", { code }), ...consent], subject, staff)];
        }
        case "message":
            return messageNotes(event, subject, parts, staff);
        case "ended":
            return [noteOf("ended", [say(`staff-ended-${event.why}`, { code })], subject, staff)];
    }
}

/** A text for the clinic's people as a reply. */
export function noteOf(
    kind: StaffNoteKind,
    texts: readonly string[],
    { code }: { readonly code?: string },
    { settings }: StaffParts,
): Reply {
    const note = code === undefined ? { kind } : { kind, code };
    return { text: texts.join("\n\n"), language: settings.language, note };
}

/** When the clinic's people come, as somebody who speaks this language reads it. */
export function openingText(
    { settings: { hours } }: StaffParts,
    language: Language,
    nowMs: number,
): string | undefined {
    if (!hours || isOpen(hours, nowMs)) return undefined;
    const opening = nextOpening(hours, nowMs);
    return opening === undefined ? undefined : describeTime(opening, language, hours.timeZone);
}

type Say = (name: PromptName, values?: Readonly<Record<string, string>>) => string;

function sayer({ notices }: ReplyParts, { settings }: StaffParts): Say {
    return (name, values) => notices(name, settings.language, values);
}

/** What can be said of a conversation without a model: always right, and at once. */
function summary(
    { conversation, turns, nowMs }: NoteSubject,
    parts: ReplyParts,
    staff: StaffParts,
): readonly string[] {
    const say = sayer(parts, staff);
    const { language: staffLanguage, showText } = staff.settings;
    const [platform] = conversation.split(":", 1) as [PlatformName];
    const spoken = turns.findLast(({ role }) => role === "user")?.language ?? "en";
    const found = worst(turns, parts);
    const opening = openingText(staff, staffLanguage, nowMs);
    const facts = say("staff-facts", {
        platform: platformNames[platform][staffLanguage],
        language: say(spoken === "ar" ? "staff-arabic" : "staff-english"),
        count: String(turns.filter(({ role }) => role === "user").length),
        images: String(turns.flatMap(({ images }) => images).length),
    });
    return [
        [
            facts,
            say("staff-found", { disposition: say(dispositionNames[found.disposition]) }),
            ...(found.rules.length > 0
                ? [say("staff-rules", { text: literalText(found.rules.join(", ")) })]
                : []),
        ].join("\n"),
        ...(showText ? lastWords(turns, say) : [say("staff-hidden")]),
        ...(opening === undefined ? [] : [say("staff-closed", { opening })]),
        say("staff-how"),
    ];
}

const dispositionNames: Readonly<Record<Disposition, PromptName>> = {
    emergency: "staff-emergency",
    urgent: "staff-urgent",
    soon: "staff-soon",
    "self-care": "staff-self-care",
    none: "staff-none",
};
const fromBad: readonly Disposition[] = ["emergency", "urgent", "soon", "self-care", "none"];

/** What the screen says of the messages that the staff reads; the worst counts. */
function worst(turns: readonly Turn[], { safety }: ReplyParts): Assessment {
    const words = earlierWords(turns);
    const found = words
        .map((text, index) => safety.triage(text, words.slice(0, index)))
        .slice(-mostQuoted)
        .toSorted((one, other) => rank(one) - rank(other));
    return found[0] ?? { disposition: "none", crisis: false, rules: [] };
}

function rank({ disposition }: Assessment): number {
    return fromBad.indexOf(disposition);
}

function lastWords(turns: readonly Turn[], say: Say): readonly string[] {
    const words = turns.filter(({ role, text }) => role === "user" && text !== "");
    if (words.length === 0) return [];
    const quoted = words
        .slice(-mostQuoted)
        .map(({ text }) => quote(shortened(text, mostQuotedCharacters)));
    return [say("staff-last"), ...quoted];
}

function messageNotes(
    { text, files, alarm }: Extract<StaffEvent, { kind: "message" }>,
    subject: NoteSubject,
    parts: ReplyParts,
    staff: StaffParts,
): readonly Reply[] {
    const say = sayer(parts, staff);
    const head = alarm?.crisis
        ? "staff-message-crisis"
        : alarm?.emergency
          ? "staff-message-emergency"
          : "staff-message";
    const pieces = staff.settings.showText
        ? cutText(text, mostPieceCharacters).map(quote)
        : [say("staff-hidden")];
    const count = String(files);
    const withFiles = files > 0 ? [say("staff-files", { count })] : [];
    // Each carries the code, so that a reply to any of them finds the patient.
    return (pieces.length > 0 ? pieces : [""]).map((piece, index) => {
        const texts = [say(head, { code: `#${subject.code}` }), piece];
        const all = index === 0 ? [...texts, ...withFiles] : texts;
        return noteOf("message", all.filter(Boolean), subject, staff);
    });
}

/** What a patient wrote, told from what the program says around it. */
function quote(text: string): string {
    return literalText(text)
        .split("\n")
        .map((line) => `> ${line}`)
        .join("\n");
}
