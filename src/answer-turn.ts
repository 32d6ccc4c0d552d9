/** The pipeline behind the queue: how the waiting messages of a conversation become a reply. */
import { answerStaff } from "./answer-staff.ts";
import type { AssistantParts, DeskParts, QueueSettings } from "./assistant.ts";
import { commitTurn, endInterrupted } from "./commit-turn.ts";
import { planTurn, type TurnPlan } from "./conversation/plan-turn.ts";
import { type Draft, notice, type StaffEvent } from "./draft.ts";
import { draftAnswer, draftApology, draftCommandReply } from "./draft-reply.ts";
import { isAppError } from "./errors.ts";
import { draftPassedOn, passOn, resumedText, whoAnswers, withStaff } from "./hand-over.ts";
import { describeError } from "./log.ts";
import type {
    Command,
    Conversation,
    ConversationChange,
    ConversationKey,
    ImageReference,
    InboundMessage,
    ModelImage,
    PictureRefusal,
    Reply,
} from "./message.ts";
import { runCommand } from "./patient-commands.ts";
import type { ModelDescription } from "./ports.ts";
import type { FetchedPictures, OpenTurn, TurnEnd } from "./queue-ports.ts";
import { decideLanguage } from "./reply-language.ts";
import { lacksConsent } from "./safety/consent.ts";
import { type Asked, type ScreenedQuestion, screenQuestion } from "./screen-question.ts";

type Plan<Kind extends TurnPlan["kind"]> = Extract<TurnPlan, { readonly kind: Kind }>;

/**
 * Answers the oldest waiting messages of a conversation and commits the reply. Without a model it
 * answers what needs none.
 *
 * @throws `aborted` when the process stops, `store-unavailable`, `store-failed`: nothing is
 * committed, and the turn can be handed out again.
 */
export async function answerTurn(
    turn: OpenTurn,
    parts: AssistantParts | DeskParts,
    settings: Pick<QueueSettings, "setAsideAfterDeaths">,
): Promise<TurnEnd> {
    if (turn.messages[0]?.message.fromStaff) return await answerStaff(turn, parts);
    const plan = planTurn(turn.messages, parts.settings, Date.now(), performance.timeOrigin);
    const withModel = "model" in parts ? parts : undefined;
    switch (plan.kind) {
        case "wait":
            // Whose people answer needs no worker, not even to wait.
            return withModel || whoAnswers(turn.history, parts) === "staff"
                ? { againInMs: plan.againInMs }
                : "needs-model";
        case "alarm":
            return await commitTurn(turn, plan, draftAlarmReply(plan, turn, parts), parts);
        case "command": {
            const { message } = plan;
            const asked = { message, conversation: turn.history };
            const model = await describeModel(parts);
            return await commitTurn(
                turn,
                plan,
                draftCommandReply(plan.command, asked, parts, model),
                parts,
            );
        }
        case "stop":
            return await commitTurn(turn, plan, await draftStopped(plan, turn, parts), parts);
        case "question": {
            const asked = { message: plan.message, conversation: turn.history };
            const screened = screenQuestion(asked, parts);
            if (screened.kind === "reply") {
                const { draft } = screened;
                const staff = alarmEvents(draft, asked, parts);
                return await commitTurn(turn, plan, { ...draft, staff }, parts);
            }
            const { question } = screened;
            if (whoAnswers(turn.history, parts) === "staff") {
                const draft = draftPassedOn(question, plan.pictures.images, parts);
                return await commitTurn(turn, plan, draft, parts);
            }
            if (turn.deaths >= settings.setAsideAfterDeaths) {
                return await commitTurn(turn, plan, setAside(plan, turn, parts), parts);
            }
            return withModel
                ? await answerQuestion(plan, question, turn, withModel)
                : "needs-model";
        }
    }
}

/** The fixed message, and what the commands before it changed. */
function draftAlarmReply(
    { message, commands }: Plan<"alarm">,
    { history }: OpenTurn,
    parts: AssistantParts | DeskParts,
): Draft {
    const nothing = { texts: [], change: {}, withdrew: false, staff: [], menu: {} };
    const done = commands.length > 0 ? carryOut(commands, message, history, parts) : nothing;
    const conversation = changedBy(history, done.change);
    const screened = screenQuestion({ message, conversation }, parts);
    // A message with an alarm is never put to the model, whatever the joined words look like.
    if (screened.kind === "ask") throw new RangeError("An alarm has passed the screen.");
    const { draft } = screened;
    const { reply } = draft;
    return {
        ...draft,
        // The answers to the commands before it come last.
        reply: { ...done.menu, ...reply, text: [reply.text, ...done.texts].join("\n\n") },
        change: { ...done.change, ...draft.change },
        withdrew: done.withdrew,
        staff: [...done.staff, ...alarmEvents(draft, { message, conversation }, parts)],
    };
}

/** The clinic's people learn of a crisis, and of all that those write whom they have in hand. */
function alarmEvents(
    { alarm }: Draft,
    { message, conversation }: Asked,
    parts: AssistantParts | DeskParts,
): readonly StaffEvent[] {
    if (!alarm) return [];
    const state = whoAnswers(conversation, parts);
    const agreed = !lacksConsent(message.conversation, conversation, parts.settings.consent);
    if (agreed && !message.withheld && (state === "staff" || state === "waiting")) {
        return [{ ...passOn(message, message.attachments.length), alarm }];
    }
    return alarm.crisis ? [{ kind: "crisis", agreed }] : [];
}

async function answerQuestion(
    plan: Plan<"question">,
    screened: ScreenedQuestion,
    turn: OpenTurn,
    parts: AssistantParts,
): Promise<TurnEnd> {
    const { message } = plan;
    const { history: conversation, signal } = turn;
    const resumed = resumedText(screened, parts);
    let draft: Draft;
    try {
        const pictures = () => loadPictures(plan, turn.conversation, parts);
        const show = (textSoFar: string): void => turn.show(beneath(resumed, textSoFar));
        draft = withoutPixels(await draftAnswer(screened, { pictures, show }, parts, signal));
    } catch (error) {
        if (signal.aborted) return endInterrupted(turn, error);
        if (isAppError(error, "aborted", "store-unavailable", "store-failed")) throw error;
        parts.logger.error(describeError(error), "a turn could not be answered");
        draft = draftApology(error, { message, conversation }, parts);
    }
    // The patient has meant something else since.
    if (signal.reason === "changed") return { againInMs: 0 };
    const { reply } = draft;
    const whole = { ...draft, reply: { ...reply, text: beneath(resumed, reply.text) } };
    return await commitTurn(turn, plan, withStaff(whole, screened, parts), parts);
}

function beneath(head: string, text: string): string {
    return [head, text].filter(Boolean).join("\n\n");
}

/** The store has had the pictures since they arrived. */
function withoutPixels(draft: Draft): Draft {
    return draft.change ? { ...draft, change: { ...draft.change, images: [] } } : draft;
}

async function draftStopped(
    { message, settled, acceptedAtMs, commands }: Plan<"stop">,
    turn: OpenTurn,
    parts: AssistantParts | DeskParts,
): Promise<Partial<Draft>> {
    const { notices } = parts;
    const { language } = decideLanguage(message, turn.history, parts.settings);
    if (settled === 1) {
        if (endedAnAnswer(acceptedAtMs, turn)) return {};
        return notice(notices("nothing-to-stop", language), language);
    }
    const model = await describeModel(parts);
    const { texts, menu, ...done } = carryOut(commands, message, turn.history, parts, model);
    const text = [...texts, notices("stopped", language)].join("\n\n");
    return { reply: { text, language, ...menu }, disclaimer: false, ...done };
}

/** Commands that are carried out together with what came after them. */
function carryOut(
    commands: readonly Command[],
    message: InboundMessage,
    conversation: Conversation,
    parts: AssistantParts | DeskParts,
    model?: ModelDescription,
): {
    readonly texts: readonly string[];
    readonly change: ConversationChange;
    readonly withdrew: boolean;
    readonly staff: readonly StaffEvent[];
    readonly menu: Pick<Reply, "menu">;
} {
    const { language } = decideLanguage(message, conversation, parts.settings);
    const commander = { key: message.conversation, conversation, language };
    const outcomes = commands.map((command) => runCommand(command, commander, parts, model));
    return {
        texts: outcomes.map(({ reply }) => reply.text),
        change: Object.assign({}, ...outcomes.map(({ change }) => change)) as ConversationChange,
        withdrew: outcomes.some(({ withdrew }) => withdrew),
        staff: outcomes.flatMap(({ staff = [] }) => staff),
        menu: Object.assign(
            {},
            ...outcomes.map(({ reply: { menu } }) => (menu === undefined ? {} : { menu })),
        ) as Pick<Reply, "menu">,
    };
}

/** What is known of the patient once the commands are carried out. */
function changedBy(history: Conversation, change: ConversationChange): Conversation {
    const { turns, chosenLanguage, handoff, consent, ...others } = history;
    const agreed = change.consent ?? consent;
    const chosen = change.chosenLanguage ?? chosenLanguage;
    return {
        ...others,
        ...(handoff === undefined || change.handoff === "ended" ? {} : { handoff }),
        turns: change.reset ? [] : turns,
        ...(chosen === undefined || chosen === "automatic" ? {} : { chosenLanguage: chosen }),
        ...(agreed === undefined || agreed === "withdrawn" ? {} : { consent: agreed }),
    };
}

/**
 * Whether a `/stop` met an answer while it was being made: then that answer, which ended there, is
 * what the patient gets for it. The clocks of the store and of the workers may differ a little.
 */
function endedAnAnswer(acceptedAtMs: number, { history }: OpenTurn): boolean {
    const last = history.turns.at(-1);
    return last?.role === "assistant" && last.atMs > acceptedAtMs - clockToleranceMs;
}

const clockToleranceMs = 3000;

function setAside(
    { message }: Plan<"question">,
    { history, deaths }: OpenTurn,
    { notices, logger, settings }: AssistantParts | DeskParts,
): Draft {
    logger.error({ deaths }, "a turn whose workers died was set aside");
    const { language } = decideLanguage(message, history, settings);
    return notice(notices("set-aside", language), language);
}

/** The pictures of a question as the model takes them; the store has them since they arrived. */
async function loadPictures(
    { pictures }: Plan<"question">,
    key: ConversationKey,
    { store, model, settings: { readsPictures = true } }: AssistantParts,
): Promise<FetchedPictures> {
    const { vision } = model.description;
    const refusals = new Set<PictureRefusal>(pictures.refusals);
    const load = async (image: ImageReference): Promise<ModelImage | undefined> => {
        if (!readsPictures) refusals.add("pictures-off");
        else if (vision.status === "unavailable") refusals.add("vision-unavailable");
        // Made ready for another model, which this worker has replaced.
        else if (image.side !== vision.imageSide) refusals.add("image-unavailable");
        else {
            const found = await store.readImage(key, image);
            if (found) return found;
            refusals.add("image-unavailable");
        }
        return undefined;
    };
    const images = await Promise.all(pictures.images.map(load));
    return { images: images.filter((image) => image !== undefined), refusals: [...refusals] };
}

async function describeModel(
    parts: AssistantParts | DeskParts,
): Promise<ModelDescription | undefined> {
    return "model" in parts ? parts.model.description : await parts.describeModel();
}
