import { rm } from "node:fs/promises";
import { isAppError } from "../../src/errors.ts";
import type { Logger } from "../../src/log.ts";
import { companionPath, exists, type OnCompanionProgress } from "./companion-build.ts";
import { type CompanionVariant, locateCompanionInputs } from "./companion-inputs.ts";
import { type CompanionFolders, ensureCompanion, loadCompanion } from "./companion.ts";
import { type GpuChoice, openDevice } from "./device.ts";
import { LlamaLog } from "./llama-log.ts";

/** Which companion. */
export interface CompanionChoice extends CompanionFolders {
    readonly gpu: GpuChoice;
    readonly logger: Logger;
}

/** What became of loading a companion, for the device that is chosen. */
export interface CompanionTrial {
    readonly state: "sound" | "broken" | "absent";
    readonly variant: CompanionVariant;
}

/**
 * Whether the companion that was built can be loaded; `absent`: none was built. Builds none.
 *
 * @throws `config-invalid` for a GPU that cannot be used.
 */
export async function tryCompanion(choice: CompanionChoice): Promise<CompanionTrial> {
    const llama = await openDevice(choice.gpu, new LlamaLog(choice.logger));
    const variant = llama.gpu === false ? "cpu" : llama.gpu;
    try {
        const inputs = await locateCompanionInputs(choice.packageRoot);
        const path = companionPath(inputs, choice.cacheFolder, variant);
        if (!(await exists(path))) return { state: "absent", variant };
        await loadCompanion({ ...choice, llama });
        return { state: "sound", variant };
    } catch (error) {
        if (isAppError(error, "companion-unavailable")) return { state: "broken", variant };
        throw error;
    } finally {
        await llama.dispose();
    }
}

/**
 * Builds the companion again, in place of one that cannot be loaded.
 *
 * @throws `companion-unavailable` when it cannot be built; then there is none.
 */
export async function rebuildCompanion(
    choice: CompanionChoice & { readonly onProgress: OnCompanionProgress },
): Promise<void> {
    const llama = await openDevice(choice.gpu, new LlamaLog(choice.logger));
    try {
        const inputs = await locateCompanionInputs(choice.packageRoot);
        const variant = llama.gpu === false ? "cpu" : llama.gpu;
        await rm(companionPath(inputs, choice.cacheFolder, variant), { force: true });
        await ensureCompanion({ ...choice, llama });
    } finally {
        await llama.dispose();
    }
}
