import type { AssistantParts } from "./assistant.ts";
import { type ErrorCode, isAppError } from "./errors.ts";
import { prepareImage } from "./images/prepare-image.ts";
import { describeError } from "./log.ts";
import type { Attachment, InboundMessage, ModelImage } from "./message.ts";
import type { Platform } from "./ports.ts";
import type { PromptName } from "./prompt/prompt-library.ts";

/** What became of a message's attachments. */
export interface Pictures {
    /** In the order in which they were sent. */
    readonly images: readonly ModelImage[];
    /** Which notices tell the patient about the others; each once. */
    readonly refusals: readonly PromptName[];
}

const refusalOf: Partial<Record<ErrorCode, PromptName>> = {
    "image-unsupported": "image-unsupported",
    "image-corrupt": "image-corrupt",
    "image-too-large": "image-too-large",
    "attachment-too-large": "image-too-large",
    "attachment-unavailable": "image-unavailable",
    "platform-unavailable": "image-unavailable",
};

/**
 * Downloads a message's pictures and makes them model-ready. One that cannot be used becomes a
 * refusal; the others are kept.
 *
 * @throws `aborted`.
 */
export async function takePictures(
    message: InboundMessage,
    platform: Platform,
    { model, settings, logger }: AssistantParts,
    signal: AbortSignal,
): Promise<Pictures> {
    const refusals = new Set<PromptName>();
    const wanted = message.attachments.filter(({ kind }) => kind === "image");
    if (wanted.length < message.attachments.length) refusals.add("file-unsupported");

    const { vision } = model.description;
    if (vision.status === "unavailable") {
        if (wanted.length > 0) refusals.add("vision-unavailable");
        return { images: [], refusals: [...refusals] };
    }
    if (wanted.length > settings.maxImages) refusals.add("images-too-many");

    const take = async (attachment: Attachment): Promise<ModelImage | undefined> => {
        try {
            const { maxBytes } = settings.imageLimits;
            const bytes = await platform.download(attachment, maxBytes, signal);
            return await prepareImage(bytes, {
                side: vision.imageSide,
                limits: settings.imageLimits,
                signal,
            });
        } catch (error) {
            if (isAppError(error, "aborted")) throw error;
            logger.warn(describeError(error), "a picture could not be used");
            refusals.add((isAppError(error) && refusalOf[error.code]) || "image-corrupt");
            return undefined;
        }
    };
    const taken = await Promise.all(
        wanted.slice(0, settings.maxImages).map((one) => settings.pictureSlots(() => take(one))),
    );
    return {
        images: taken.filter((image) => image !== undefined),
        refusals: [...refusals],
    };
}
