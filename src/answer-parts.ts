/** The composition root's part for answers: what they are made with, for each configuration anew. */
import type { QueueSettings, ReplyParts } from "./assistant.ts";
import {
    assistantSettings,
    openNotices,
    openOtherLanguages,
    openPictureSlots,
    queueSettings,
} from "./compose.ts";
import type { Config } from "./config.ts";
import type { Logger } from "./log.ts";
import type { Administration } from "./open-administration.ts";
import { createSafetyOpener } from "./open-safety.ts";
import { openStaff } from "./open-staff.ts";
import type { Storage } from "./storage.ts";

/** What answers are made with; renewed when the clinic's configuration changes. */
export interface AnswerParts {
    readonly reply: ReplyParts;
    readonly queue: QueueSettings;
    /** The clinic's administrators, as its configuration names them. */
    readonly admins: readonly string[];
}

/**
 * Gives what makes answers' parts of a configuration.
 *
 * @returns It throws `prompts-invalid`, `rules-invalid`.
 */
export function createAnswerParts(
    storage: Storage,
    logger: Logger,
    administration?: Pick<Administration, "partsOf">,
): (config: Config) => Promise<AnswerParts> {
    const pictureSlots = openPictureSlots();
    const openSafety = createSafetyOpener();
    return async (config) => {
        const staff = openStaff(config, storage);
        return {
            reply: {
                notices: await openNotices(config),
                otherLanguages: await openOtherLanguages(config),
                logger,
                settings: assistantSettings(config, { withoutRedis: "serve" }, pictureSlots),
                safety: await openSafety(config, storage),
                ...(administration ? { administration: administration.partsOf(config) } : {}),
                data: storage.data,
                ...(staff ? { staff } : {}),
            },
            queue: queueSettings(config),
            admins: config.admins,
        };
    };
}
