import type { ReplyParts } from "./assistant.ts";
import type { ChatModel } from "./ports.ts";
import { promptLanguages } from "./prompt/prompt-names.ts";

/**
 * Lets the model read what stands before every conversation, in the clinic's own language first.
 * Never fails.
 */
export async function prepareModel(
    model: ChatModel,
    { notices, settings }: Pick<ReplyParts, "notices" | "settings">,
): Promise<void> {
    const usual = settings.defaultLanguage;
    const languages = [usual, ...promptLanguages.filter((language) => language !== usual)];
    await model.prepare?.(languages.map((language) => notices("system", language)));
}
