import { describeError, type Logger } from "../log.ts";
import { createAuditLog } from "./signed-records.ts";

/**
 * Writes down that a changed configuration was applied. It holds already: what cannot be written
 * down is said in the log instead. Never fails.
 */
export async function recordChange(
    dataFolder: string,
    settings: readonly string[],
    logger: Logger,
): Promise<void> {
    if (settings.length === 0) return;
    try {
        await createAuditLog(dataFolder).record({
            what: "configure",
            who: "clinic.yaml",
            settings,
        });
    } catch (error) {
        logger.error(describeError(error), "a changed configuration was not written down");
    }
}
