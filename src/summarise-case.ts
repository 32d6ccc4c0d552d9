/** What a conversation was about, in the staff's language, written by the model. */
import { askModel } from "./ask-model.ts";
import type { AssistantParts, StaffParts } from "./assistant.ts";
import { isAppError } from "./errors.ts";
import { shortened } from "./handoff/literal-text.ts";
import type { Conversation, ConversationKey, Turn } from "./message.ts";
import { type ScreenedQuestion, screenQuestion } from "./screen-question.ts";
import { noteOf } from "./staff-notes.ts";
import { nameLetter } from "./tell-staff.ts";
import { withDeadline } from "./wait.ts";

/** Later the clinic's people have read the conversation themselves. */
const soonMs = 120_000;
/** A patient's answer must not wait for it. */
const writeWithinMs = 20_000;
const mostCharacters = 1_000;

/**
 * Writes to the clinic's people what a case was about, if that comes soon enough to be of use,
 * passes the review, and they have the case in hand still. The model gets what it has seen of the conversation anyway.
 *
 * @throws `store-unavailable` (retryable), `store-failed`, `model-failed`, `prompt-too-long`.
 */
export async function summariseCase(
    code: string,
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<void> {
    const { staff, store, model } = parts;
    // The toy knows no medicine: its summary would be worse than none.
    if (!staff || model.description.demonstration) return;
    const conversation = await staff.cases.find(code);
    if (conversation === undefined) return;
    const known = await store.read(conversation);
    const { handoff, turns } = known;
    if (handoff?.code !== code || Date.now() - handoff.sinceMs > soonMs) return;
    if (!turns.some(({ role }) => role === "user")) return;
    const question = screen(conversation, known, parts);
    const text = question && (await write(question, turns, parts, signal));
    if (text === undefined || !(await isInHand(code, conversation, staff))) return;
    const { notices } = parts;
    const { language } = staff.settings;
    const texts = [notices("staff-summary", language, { code: `#${code}` }), text];
    const reply = noteOf("summary", texts, { code }, staff);
    const id = nameLetter([conversation, String(handoff.sinceMs), "summary"]);
    for (const room of staff.rooms) await staff.postbox.post(room, { id, reply });
}

/** While the model wrote, the case may have ended, or all of it may be erased. */
async function isInHand(
    code: string,
    conversation: ConversationKey,
    { cases, store }: StaffParts,
): Promise<boolean> {
    if ((await cases.find(code)) !== conversation) return false;
    const { handoff } = await store.readSettings(conversation);
    return handoff?.code === code;
}

/** Nothing reaches the model that has not passed the screen. */
function screen(
    key: ConversationKey,
    conversation: Conversation,
    parts: AssistantParts,
): ScreenedQuestion | undefined {
    const message = {
        id: "summary",
        conversation: key,
        receivedAtMs: Date.now(),
        text: "",
        attachments: [],
    };
    const screened = screenQuestion({ message, conversation }, parts);
    return screened.kind === "ask" ? screened.question : undefined;
}

/** `undefined`: it was too late, or the review has rejected it. */
async function write(
    question: ScreenedQuestion,
    turns: readonly Turn[],
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<string | undefined> {
    const { notices, safety, staff, settings } = parts;
    const language = staff?.settings.language ?? settings.defaultLanguage;
    const order: Turn = {
        role: "user",
        text: notices("summary-request", language),
        language,
        atMs: Date.now(),
        images: [],
    };
    // What was seen is said in the answers; the pictures themselves cost too much time.
    const said = turns.map((turn) => ({ ...turn, images: [] }));
    try {
        const { text, stop } = await withDeadline(writeWithinMs, signal, (bounded) =>
            askModel(question, [...said, order], [], () => undefined, parts, bounded),
        );
        if (stop === "aborted") return undefined;
        const review = safety.review({
            text,
            complete: stop === "end",
            language,
            aboutImage: false,
            disposition: "none",
            instructions: notices("system", language),
        });
        if (review.verdict === "regenerate" || review.text === "") return undefined;
        return shortened(review.text, mostCharacters);
    } catch (error) {
        if (isAppError(error, "aborted")) return undefined;
        throw error;
    }
}
