/** The pipeline behind the queue: how the waiting messages of a conversation become a reply. */
import type { AssistantParts, DeskParts, QueueSettings } from "./assistant.ts";
import { persist } from "./conversation/persist.ts";
import { planTurn, type TurnPlan } from "./conversation/plan-turn.ts";
import { apology, type Draft, notice } from "./draft.ts";
import { draftAnswer, draftCommandReply } from "./draft-reply.ts";
import { AppError, isAppError } from "./errors.ts";
import { describeError } from "./log.ts";
import type {
    ConversationChange,
    ConversationKey,
    ImageReference,
    ModelImage,
    PictureRefusal,
} from "./message.ts";
import { runCommand } from "./patient-commands.ts";
import type { ModelDescription } from "./ports.ts";
import type { FetchedPictures, OpenTurn, TurnEnd } from "./queue-ports.ts";
import { decideLanguage } from "./reply-language.ts";

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
    const plan = planTurn(turn.messages, parts.settings, Date.now(), performance.timeOrigin);
    const withModel = "model" in parts ? parts : undefined;
    switch (plan.kind) {
        case "wait":
            return withModel ? { againInMs: plan.againInMs } : "needs-model";
        case "command": {
            const { message } = plan;
            const asked = { message, conversation: turn.history };
            const model = await describeModel(parts);
            return await commit(
                turn,
                plan,
                draftCommandReply(plan.command, asked, parts, model),
                parts,
            );
        }
        case "stop":
            return await commit(turn, plan, await draftStopped(plan, turn, parts), parts);
        case "question":
            if (turn.deaths >= settings.setAsideAfterDeaths) {
                return await commit(turn, plan, setAside(plan, turn, parts), parts);
            }
            return withModel ? await answerQuestion(plan, turn, withModel) : "needs-model";
    }
}

async function answerQuestion(
    plan: Plan<"question">,
    turn: OpenTurn,
    parts: AssistantParts,
): Promise<TurnEnd> {
    const { message } = plan;
    const { history: conversation, signal } = turn;
    let draft: Draft;
    try {
        const pictures = () => loadPictures(plan, turn.conversation, parts);
        const show = (textSoFar: string): void => turn.show(textSoFar);
        const question = { message, conversation, pictures, show };
        draft = withoutPixels(await draftAnswer(question, parts, signal));
    } catch (error) {
        if (signal.aborted) return endInterrupted(turn, error);
        if (isAppError(error, "aborted", "store-unavailable", "store-failed")) throw error;
        parts.logger.error(describeError(error), "a turn could not be answered");
        const { language } = decideLanguage(message, conversation, parts.settings);
        draft = apology(error, language, parts);
    }
    // The patient has meant something else since.
    if (signal.reason === "changed") return { againInMs: 0 };
    return await commit(turn, plan, draft, parts);
}

/** The store has had the pictures since they arrived. */
function withoutPixels(draft: Draft): Draft {
    return draft.change ? { ...draft, change: { ...draft.change, images: [] } } : draft;
}

/** What becomes of a turn that was interrupted before there was anything to keep. */
function endInterrupted({ signal }: OpenTurn, error: unknown): TurnEnd {
    switch (signal.reason) {
        case "stopped":
        case "changed":
            // The messages are planned anew, together with the /stop or as they are now.
            return { againInMs: 0 };
        case "lost":
            return "done";
        default:
            throw new AppError("aborted", "The answer was cancelled.", { cause: error });
    }
}

/** A reply that is ready is worth more than a quick end: it is kept while the store is away. */
async function commit(
    turn: OpenTurn,
    { settled, message }: Plan<"command" | "stop" | "question">,
    { reply, change }: Partial<Draft>,
    { settings }: AssistantParts | DeskParts,
): Promise<TurnEnd> {
    const outcome = {
        settled,
        ...(reply === undefined ? {} : { reply, replyTo: message.id }),
        ...(change === undefined ? {} : { change: { ...change, id: turn.id } }),
    };
    try {
        await persist(() => turn.commit(outcome), settings.retry, turn.signal);
        return "done";
    } catch (error) {
        if (isAppError(error, "aborted")) return endInterrupted(turn, error);
        throw error;
    }
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
    const outcomes = commands.map((command) => runCommand(command, language, parts, model));
    const texts = [...outcomes.map(({ reply }) => reply.text), notices("stopped", language)];
    const change = outcomes.reduce<ConversationChange>(
        (all, { change: one }) => ({ ...all, ...one }),
        {},
    );
    return { ...notice(texts.join("\n\n"), language), change };
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
    { store, model }: AssistantParts,
): Promise<FetchedPictures> {
    const { vision } = model.description;
    const refusals = new Set<PictureRefusal>(pictures.refusals);
    const load = async (image: ImageReference): Promise<ModelImage | undefined> => {
        if (vision.status === "unavailable") refusals.add("vision-unavailable");
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
