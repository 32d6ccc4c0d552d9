import type { ReplyParts, StaffParts } from "./assistant.ts";
import { persist } from "./conversation/persist.ts";
import { isAppError } from "./errors.ts";
import { describeError } from "./log.ts";
import type { OpenDelivery } from "./queue-ports.ts";
import { noteOf } from "./staff-notes.ts";
import { nameLetter } from "./tell-staff.ts";

/**
 * Tells the clinic's people that a message has not reached a patient whom they are answering: they
 * have read that it was on its way. Once for each message; tells nothing of other patients.
 *
 * @throws `aborted`: the delivery must be tried again.
 */
export async function tellUndelivered(
    { id, to: { conversation }, signal }: OpenDelivery,
    parts: ReplyParts,
    staff: StaffParts,
): Promise<void> {
    const { notices, settings, logger } = parts;
    const tell = async (): Promise<void> => {
        const { handoff } = await staff.store.readSettings(conversation);
        if (handoff?.answeredAtMs === undefined) return;
        const { code } = handoff;
        const text = notices("staff-undelivered", staff.settings.language, { code: `#${code}` });
        const letter = {
            id: nameLetter([conversation, id, "undelivered"]),
            reply: noteOf("notice", [text], { code }, staff),
        };
        for (const room of staff.rooms) await staff.postbox.post(room, letter);
    };
    try {
        await persist(tell, settings.retry, signal);
    } catch (error) {
        if (isAppError(error, "aborted")) throw error;
        logger.error(
            describeError(error),
            "the clinic's people do not know that a patient could not be reached",
        );
    }
}
