import { isAppError } from "./errors.ts";
import { describeError, type Logger } from "./log.ts";
import type { PlatformName } from "./message.ts";
import type { Platform } from "./ports.ts";
import type { ConditionDisplay } from "./status-ports.ts";
import { backoffMs, type Backoff, wait } from "./wait.ts";

/** How platforms are kept running. */
export interface SurvivalOptions {
    readonly conditions: ConditionDisplay;
    readonly logger: Logger;
    /** Between two tries of a platform that needs the administrator. */
    readonly pauses?: Backoff;
}

/** Where patients write. */
const patientPlatforms: ReadonlySet<PlatformName> = new Set([
    "telegram",
    "whatsapp-cloud",
    "whatsapp-web",
]);

/**
 * The same platforms, but one that needs the administrator (a refused token, no browser) does not
 * take the others with it: it is tried again while patients of another platform are served. `run`
 * still throws `config-invalid` when no patient of any of them could be.
 */
export function survivingPlatforms(
    platforms: readonly Platform[],
    { conditions, logger, pauses = { firstMs: 30_000, mostMs: 600_000 } }: SurvivalOptions,
): readonly Platform[] {
    const served = new Set(
        platforms.filter(({ name }) => patientPlatforms.has(name)).map(({ account }) => account),
    );
    const surviving = (platform: Platform): Platform["run"] => {
        const { account } = platform;
        const isForPatients = served.has(account);
        return async (receive, signal, glance) => {
            for (let failures = 1; ; failures += 1) {
                if (isForPatients) served.add(account);
                try {
                    await platform.run(receive, signal, glance);
                    return;
                } catch (error) {
                    served.delete(account);
                    const isAlone = served.size === 0 && isForPatients;
                    if (!isAppError(error, "config-invalid") || isAlone) throw error;
                    const { message: reason, remedy } = error;
                    const condition = { reason, ...(remedy === undefined ? {} : { remedy }) };
                    conditions.show(account, { name: "failing", ...condition });
                    logger.error(describeError(error), "A platform needs the administrator");
                }
                await wait(backoffMs(failures, pauses), signal).catch(() => undefined);
                if (signal.aborted) return;
            }
        };
    };
    return platforms.map((platform) => ({
        name: platform.name,
        sharing: platform.sharing,
        account: platform.account,
        run: surviving(platform),
        download: (attachment, maxBytes, signal) => platform.download(attachment, maxBytes, signal),
        startReply: (to, journal) => platform.startReply(to, journal),
    }));
}
