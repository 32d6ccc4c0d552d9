import type { DeskParts } from "./assistant.ts";
import { AppError } from "./errors.ts";
import type { InboundMessage } from "./message.ts";
import { takePictures } from "./pictures.ts";
import type { Platform } from "./ports.ts";
import type { FetchedPictures } from "./queue-ports.ts";

/**
 * Fetches a waiting message's pictures, for the model that the workers run.
 *
 * @throws `aborted`; retryable: `platform-unavailable`, `store-unavailable`, and `model-missing`
 * before the first worker has said how its model sees.
 */
export async function fetchPictures(
    message: InboundMessage,
    platform: Platform,
    parts: DeskParts,
    signal: AbortSignal,
): Promise<FetchedPictures> {
    if (!message.attachments.some(({ kind }) => kind === "image")) {
        return { images: [], refusals: ["file-unsupported"] };
    }
    const model = await parts.describeModel();
    if (!model) {
        throw new AppError("model-missing", "No worker has said yet how its model sees.", {
            retryable: true,
            remedy: "Start a worker: bimedix2 start --role worker.",
        });
    }
    return await takePictures(message, platform, model.vision, parts, signal);
}
