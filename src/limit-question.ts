import type { ReplyParts } from "./assistant.ts";
import { type Draft, notice } from "./draft.ts";
import type { ScreenedQuestion } from "./screen-question.ts";

/**
 * What a patient reads whose question is beyond a limit; `undefined`: it is within all of them. An
 * emergency never comes here, and what must be seen today is answered whatever the limits say.
 */
export async function limitQuestion(
    { message, decision, assessment }: ScreenedQuestion,
    { safety, notices }: ReplyParts,
): Promise<Draft | undefined> {
    const { conversation } = message;
    if (conversation.startsWith("terminal:") || assessment.disposition === "urgent") {
        return undefined;
    }
    const allowance = await safety.limits.take(conversation, "question");
    if (allowance.allowed) return undefined;
    const { scope, reason, retryAfterMs } = allowance;
    safety.counters.count("limited", { scope, reason });
    const minutes = String(Math.max(1, Math.ceil(retryAfterMs / 60_000)));
    const name = scope === "patient" ? "limited" : "limited-clinic";
    return notice(notices(name, decision.language, { minutes }), decision.language);
}
