import {
    type CompanionChoice,
    rebuildCompanion,
    tryCompanion,
} from "../../adapters/llama/mend-companion.ts";
import { removeWebhook, webhookHost } from "../../adapters/telegram/webhook.ts";
import { companionFolder } from "../compose.ts";
import type { Config } from "../config.ts";
import { createLogger } from "../log.ts";
import { packageRoot } from "../package-root.ts";
import { mend, mendKeyLock, type Mending, mendPlaces, mendSettingsFiles } from "./mend-files.ts";
import { inspectCurrentConfig, visibly } from "./session.ts";

/** Longest time for one question to Telegram. */
const askMs = 15_000;

/**
 * Mends what can be mended safely, and tells each thing that was done or could not be. Touches nothing
 * of patients. Where everything is sound it does nothing.
 */
export async function mendAll(): Promise<readonly Mending[]> {
    const settings = await mendSettingsFiles(process.cwd());
    const { config, sound, secretFiles } = inspectCurrentConfig();
    return [
        ...settings,
        ...(await mendPlaces(sound, process.cwd(), secretFiles)),
        ...(await mendKeyLock(sound)),
        ...(config ? await mendCompanion(config) : []),
        ...(await mendWebhook(sound)),
    ];
}

async function mendCompanion(config: Config): Promise<readonly Mending[]> {
    if (config.model.server || config.model.projectorPath === undefined) return [];
    // The check itself says why it cannot be made.
    const trial = await tryCompanion(companionChoice(config)).catch(() => undefined);
    if (trial?.state !== "broken") return [];
    const done = "the companion for pictures could not be loaded and is built anew";
    const remedy = 'See "eyes" below.';
    return [
        await mend("eyes", done, remedy, () =>
            visibly((onProgress) =>
                rebuildCompanion({
                    ...companionChoice(config),
                    onProgress: ({ text, percent }) => onProgress(text, percent),
                }),
            ),
        ),
    ];
}

async function mendWebhook({
    platforms: { telegram },
}: Pick<Config, "platforms">): Promise<readonly Mending[]> {
    if (!telegram) return [];
    const asked = () => ({ ...telegram, signal: AbortSignal.timeout(askMs) });
    // The check itself says why Telegram cannot be asked.
    const host = await webhookHost(asked()).catch(() => undefined);
    if (host === undefined) return [];
    const done = `Telegram handed the bot's messages to ${host} and does so no longer: this program can ask for them now. If that program is yours and still needed, give it another bot`;
    const remedy = "Try again when Telegram can be reached.";
    return [await mend("Telegram", done, remedy, () => removeWebhook(asked()))];
}

/** The companion that this configuration uses. */
export function companionChoice(config: Config): CompanionChoice {
    return {
        packageRoot: packageRoot(),
        cacheFolder: companionFolder(config),
        gpu: config.model.gpu,
        logger: createLogger("silent"),
    };
}
