import { AppError } from "./errors.ts";
import type { ChatRequest, VisionState } from "./ports.ts";

/**
 * Lets only what the model can see come before it.
 *
 * @throws `companion-unavailable` when the request has pictures and the model does not see.
 */
export function refuseUnseenPictures({ messages }: ChatRequest, vision: VisionState): void {
    const hasPictures = messages.some(({ images }) => images.length > 0);
    if (vision.status === "ready" || !hasPictures) return;
    throw new AppError("companion-unavailable", `The model cannot see: ${vision.reason}`, {
        remedy: vision.remedy,
    });
}
