import { z } from "zod";
import type { Logger } from "../../src/log.ts";
import type { ConversationSettings } from "../../src/message.ts";

/** What holds for a conversation, as its hash keeps it: one value for each of the fields. */
export type StoredSettings = readonly (Buffer | null)[];

/** Lua: the fields that {@link decodeSettings} takes, in its order. */
export const settingFields = "'language', 'consent', 'handoff'";

const storedConsent = z.object({ atMs: z.number(), wording: z.string() });
const storedHandoff = z.object({
    code: z.string(),
    sinceMs: z.number(),
    answeredAtMs: z.number().exactOptional(),
    toldAtMs: z.number().exactOptional(),
});

/**
 * What holds for a conversation. What cannot be understood counts as absent: a patient is asked for
 * consent once more rather than never.
 */
export function decodeSettings(
    [language, consent, handoff]: StoredSettings,
    logger: Logger,
): ConversationSettings {
    const chosen = language?.toString();
    const agreed = decode(storedConsent, consent, logger);
    const handedOff = decode(storedHandoff, handoff, logger);
    return {
        ...(chosen === "ar" || chosen === "en" ? { chosenLanguage: chosen } : {}),
        ...(agreed === undefined ? {} : { consent: agreed }),
        ...(handedOff === undefined ? {} : { handoff: handedOff }),
    };
}

function decode<Value>(
    schema: z.ZodType<Value>,
    stored: Buffer | null | undefined,
    logger: Logger,
): Value | undefined {
    if (!stored) return undefined;
    try {
        return schema.parse(JSON.parse(stored.toString()));
    } catch {
        logger.warn("A stored setting of a conversation was not understood");
        return undefined;
    }
}
