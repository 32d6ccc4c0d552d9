/** What patients read when their conversation goes to the clinic's people, and while it is there. */
import type { ReplyParts } from "./assistant.ts";
import type { Commander, CommandOutcome } from "./command-outcome.ts";
import { cleanText } from "./conversation/clean-text.ts";
import { consentQuestion } from "./consent-texts.ts";
import type { Draft, StaffEvent } from "./draft.ts";
import { type HandoffState, handoffState } from "./handoff/handoff-state.ts";
import type { Choice, Conversation, ImageReference, Language, Reply, Turn } from "./message.ts";
import { lacksConsent } from "./safety/consent.ts";
import type { ScreenedQuestion } from "./screen-question.ts";
import { openingText } from "./staff-notes.ts";

/** Who answers a patient now. */
export function whoAnswers(
    { handoff }: Pick<Conversation, "handoff">,
    { staff }: ReplyParts,
    nowMs = Date.now(),
): HandoffState {
    // A clinic that has no room for its people any more has nobody who would answer.
    return staff ? handoffState(handoff, staff.settings, nowMs) : "assistant";
}

/** `/doctor`: to the clinic's people, or with `back` to the assistant. */
export function runDoctor(
    argument: string,
    { key, conversation, language }: Commander,
    parts: ReplyParts,
): CommandOutcome {
    const { notices, settings, staff } = parts;
    if (!staff) return { reply: { text: notices("doctor-none", language), language } };
    if (argument.trim().toLowerCase() === "back") {
        const reply = { text: notices("doctor-back", language), language };
        return conversation.handoff ? { reply, change: { handoff: "ended" } } : { reply };
    }
    if (lacksConsent(key, conversation, settings.consent)) {
        const { text, choices } = consentQuestion(key, language, parts);
        const said = [notices("consent-needed", language), text].join("\n\n");
        return { reply: { text: said, language, choices } };
    }
    const state = whoAnswers(conversation, parts);
    if (state === "staff" || state === "waiting") {
        const text = notices("doctor-waiting", language);
        return { reply: { text, language, choices: [backChoice(language, parts)] } };
    }
    const text = passedText(language, parts);
    const reply = { text, language, choices: [backChoice(language, parts)] };
    const words = cleanText(argument);
    if (words === "") return { reply, staff: [{ kind: "request" }] };
    // What stands behind the command is what the people are asked.
    const asked: Turn = { role: "user", text: words, language, atMs: Date.now(), images: [] };
    return { reply, change: { turns: [asked] }, staff: [{ kind: "request" }] };
}

/** What the clinic's people have now, and when they come. */
function passedText(language: Language, { notices, staff }: ReplyParts): string {
    const opening = staff && openingText(staff, language, Date.now());
    return opening === undefined
        ? notices("doctor-passed", language)
        : notices("doctor-passed-closed", language, { opening });
}

/** The patient's message goes to the clinic's people, and to nobody else. */
export function draftPassedOn(
    { message, conversation, text, decision }: ScreenedQuestion,
    images: readonly ImageReference[],
    parts: ReplyParts,
): Partial<Draft> {
    const { language } = decision;
    const { handoff } = conversation;
    const files = message.attachments.length;
    const turn: Turn = {
        role: "user",
        text,
        language,
        atMs: message.receivedAtMs,
        images,
        messageId: message.id,
    };
    const texts = [
        ...acknowledge(conversation, language, parts),
        ...(files > 0 ? [parts.notices("handoff-no-files", language)] : []),
    ];
    const told = texts.length > 0 && handoff;
    const choices = [backChoice(language, parts)];
    return {
        ...(texts.length > 0 ? { reply: { text: texts.join("\n\n"), language, choices } } : {}),
        change: {
            ...(text === "" && images.length === 0 ? {} : { turns: [turn] }),
            ...(told ? { handoff: { ...handoff, toldAtMs: Date.now() } } : {}),
        },
        staff: [passOn({ text }, files)],
    };
}

/** The first time, and at night once more: then a patient must know that it takes until morning. */
const tellAgainMs = 8 * 60 * 60 * 1000;

function acknowledge(
    { handoff }: Conversation,
    language: Language,
    { notices, staff }: ReplyParts,
): readonly string[] {
    const nowMs = Date.now();
    const opening = staff && openingText(staff, language, nowMs);
    const toldMs = handoff?.toldAtMs;
    if (opening !== undefined && (toldMs === undefined || nowMs - toldMs > tellAgainMs)) {
        return [notices("handoff-noted-closed", language, { opening })];
    }
    return toldMs === undefined ? [notices("handoff-noted", language)] : [];
}

/** That a patient has written. */
export function passOn(
    { text }: { readonly text: string },
    files: number,
): Extract<StaffEvent, { kind: "message" }> {
    return { kind: "message", text, files };
}

/**
 * An answer of the assistant with what is due about the clinic's people: that it goes on in their
 * place, that they know of an urgent case, or how to reach them.
 */
export function withStaff(
    draft: Draft,
    { message, conversation, text, assessment }: ScreenedQuestion,
    parts: ReplyParts,
): Draft {
    const { staff } = parts;
    if (!staff) return draft;
    const state = whoAnswers(conversation, parts);
    const passed = passOn({ text }, message.attachments.length);
    switch (state) {
        case "staff":
            return draft;
        case "waiting":
            return { ...draft, staff: [passed] };
        case "over":
            return {
                ...draft,
                reply: withDoctorChoice(draft.reply, parts),
                change: { ...draft.change, handoff: "ended" },
                staff: [{ kind: "ended", why: "silent" }, passed],
            };
        case "assistant":
            break;
    }
    if (assessment.disposition !== "urgent" || staff.settings.onUrgent === "nothing") return draft;
    if (staff.settings.onUrgent === "offer") {
        return { ...draft, reply: withDoctorChoice(draft.reply, parts) };
    }
    const { reply } = draft;
    const said = [reply.text, passedText(reply.language, parts)].join("\n\n");
    const choices = [...(reply.choices ?? []), backChoice(reply.language, parts)];
    return { ...draft, reply: { ...reply, text: said, choices }, staff: [{ kind: "urgent" }] };
}

/** What stands before the assistant's answer when it goes on in place of the clinic's people. */
export function resumedText(
    { conversation, decision }: ScreenedQuestion,
    parts: ReplyParts,
): string {
    return whoAnswers(conversation, parts) === "over"
        ? parts.notices("handoff-over", decision.language)
        : "";
}

function withDoctorChoice(reply: Reply, { notices }: ReplyParts): Reply {
    const label = notices("label-doctor", reply.language);
    const choice: Choice = { label, command: { name: "doctor", argument: "" } };
    return { ...reply, choices: [...(reply.choices ?? []), choice] };
}

function backChoice(language: Language, { notices }: ReplyParts): Choice {
    return {
        label: notices("label-assistant", language),
        command: { name: "doctor", argument: "back" },
    };
}
