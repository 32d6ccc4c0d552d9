import type { AssistantParts } from "./assistant.ts";
import { AppError } from "./errors.ts";
import { describeError } from "./log.ts";
import type { ConversationKey, ImageReference, ModelImage, Turn } from "./message.ts";
import type { ChatCompletion, ChatImage } from "./ports.ts";
import { buildMessages } from "./prompt/build-messages.ts";
import type { ScreenedQuestion } from "./screen-question.ts";

/**
 * Asks the model, in the language of the last turn; the only place that does. A stored picture that is gone is left out
 * instead of failing the answer.
 *
 * @param question Has passed the screen.
 * @param turns The conversation with the patient's new turn.
 * @param images The pictures of the new turn.
 * @param show Told the whole answer so far.
 * @throws `aborted` when the signal ended it before the model was asked, `prompt-too-long`, `model-failed`,
 * `store-unavailable`.
 */
export async function askModel(
    { message: { conversation: key } }: ScreenedQuestion,
    turns: readonly Turn[],
    images: readonly ModelImage[],
    show: (textSoFar: string) => void,
    parts: AssistantParts,
    signal: AbortSignal,
): Promise<ChatCompletion> {
    const { model, store, notices, settings } = parts;
    const language = turns.at(-1)?.language ?? settings.defaultLanguage;
    const { readsPictures = true } = settings;
    const sees = readsPictures && model.description.vision.status === "ready";
    const gone = new Set<string>();
    const cacheKey = await readCacheKey(key, parts);
    // An erasure meanwhile has told the model to forget: it must not hear of the history again.
    if (signal.aborted) throw new AppError("aborted", "The answer was cancelled.");
    const image = ({ id, side }: ImageReference): ChatImage => ({
        id,
        load: async () => {
            const found =
                images.find((candidate) => candidate.id === id) ??
                (await store.readImage(key, { id, side }));
            if (found) return found;
            gone.add(id);
            throw new AppError("attachment-unavailable", "A stored picture is gone.");
        },
    });
    for (;;) {
        const known = turns.map((turn) => ({
            ...turn,
            images: sees ? turn.images.filter(({ id }) => !gone.has(id)) : [],
        }));
        const goneBefore = gone.size;
        let textSoFar = "";
        try {
            return await model.generate(
                {
                    conversation: key,
                    ...(cacheKey ? { cacheKey } : {}),
                    messages: buildMessages({
                        system: notices("system", language),
                        turns: known,
                        image,
                        notices,
                    }),
                },
                {
                    signal,
                    onText: (piece) => {
                        textSoFar += piece;
                        show(textSoFar);
                    },
                },
            );
        } catch (error) {
            if (gone.size === goneBefore) throw error;
        }
    }
}

/** Without it the answer is as good, and perhaps slower the next time. */
async function readCacheKey(
    key: ConversationKey,
    { model, data, logger }: AssistantParts,
): Promise<Uint8Array | undefined> {
    if (model.forget === undefined) return undefined;
    try {
        return await data?.cacheKey(key);
    } catch (error) {
        logger.debug(describeError(error), "what the model reads is not kept on disk");
        return undefined;
    }
}
