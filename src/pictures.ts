import type { ReplyParts } from "./assistant.ts";
import { type ErrorCode, isAppError } from "./errors.ts";
import { prepareImage } from "./images/prepare-image.ts";
import { describeError } from "./log.ts";
import type { Attachment, InboundMessage, ModelImage, PictureRefusal } from "./message.ts";
import type { Platform, VisionState } from "./ports.ts";
import type { FetchedPictures } from "./queue-ports.ts";

const refusalOf: Partial<Record<ErrorCode, PictureRefusal>> = {
    "image-unsupported": "image-unsupported",
    "image-burned-in": "image-burned-in",
    "image-corrupt": "image-corrupt",
    "image-too-large": "image-too-large",
    "attachment-too-large": "image-too-large",
    "attachment-unavailable": "image-unavailable",
    "platform-unavailable": "image-unavailable",
};

/**
 * Downloads a message's pictures and makes them ready for a model that sees like `vision`. One that
 * cannot be used becomes a refusal, each once; the others are kept, in the order in which they were
 * sent.
 *
 * @throws `aborted`, and retryable errors: the same call may succeed later.
 */
export async function takePictures(
    message: InboundMessage,
    platform: Platform,
    vision: VisionState,
    { settings, logger }: ReplyParts,
    signal: AbortSignal,
): Promise<FetchedPictures> {
    const refusals = new Set<PictureRefusal>();
    const wanted = message.attachments.filter(({ kind }) => kind === "image");
    if (wanted.length < message.attachments.length) refusals.add("file-unsupported");
    const { readsPictures = true } = settings;
    if (!readsPictures || vision.status === "unavailable") {
        const refusal = readsPictures ? "vision-unavailable" : "pictures-off";
        if (wanted.length > 0) refusals.add(refusal);
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
            if (isAppError(error) && (error.retryable || error.code === "aborted")) throw error;
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
