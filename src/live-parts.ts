/** What the assistant answers with, renewed whenever the clinic's configuration is changed. */
import { isDeepStrictEqual } from "node:util";
import type { Config, InspectedConfig } from "./config.ts";
import { isAppError } from "./errors.ts";
import { changeConfig, type SoundConfig } from "./live-config.ts";
import { describeError, type Logger } from "./log.ts";
import { configInvalid } from "./settings/faults.ts";
import type { ConfigurationStatus } from "./status-ports.ts";
import { watchFiles } from "./watch-files.ts";

/** Where the configuration comes from. */
export interface ConfigSource {
    /** What the program was started with. */
    readonly started: SoundConfig;
    /** Reads the files as they are now. */
    readonly inspect: () => InspectedConfig;
}

/**
 * Told of a change: which settings hold from now on (none where it was refused), and how the
 * configuration stands.
 */
export type OnConfigurationChange = (
    applied: readonly string[],
    status: ConfigurationStatus,
) => void | Promise<void>;

/** What is done with each change, besides the log. */
export interface LivePartsOptions<Parts> {
    /** Absent: the configuration stays as it was at the start. */
    readonly source?: ConfigSource;
    /**
     * Makes the parts anew.
     *
     * @throws `prompts-invalid`, `rules-invalid`: then the former parts stay.
     */
    readonly build: (config: Config) => Promise<Parts>;
    /** Called after each change that was applied or refused. Never fails. */
    readonly onChange?: OnConfigurationChange;
    readonly logger: Logger;
}

/** The parts that are used now; whoever uses them for one thing keeps them until it is done. */
export interface LiveParts<Parts> {
    current(): Parts;
    readonly status: ConfigurationStatus;
    /** Applies every change of the files until the signal aborts. Never fails. */
    follow(signal: AbortSignal): Promise<void>;
    /** Looks at the files now. Never fails. */
    reload(): Promise<void>;
}

/** Parts that are renewed when the configuration changes. A faulty change changes nothing. */
export function createLiveParts<Parts>(
    first: Parts,
    { source, build, onChange, logger }: LivePartsOptions<Parts>,
): LiveParts<Parts> {
    let current = first;
    let running = source?.started;
    let status: ConfigurationStatus = { appliedAtMs: Date.now(), afterRestart: [], faults: [] };

    const refuse = async (error: unknown): Promise<void> => {
        const faults = explain(error);
        if (faults.join("\n") === status.faults.join("\n")) return;
        status = { ...status, faults };
        logger.error(
            { ...describeError(error), remedy },
            "The changed configuration has faults: everything goes on as before",
        );
        await onChange?.([], status);
    };
    const apply = async (
        { started, inspect }: ConfigSource,
        last: SoundConfig,
    ): Promise<SoundConfig> => {
        const changed = inspect();
        if (!isSound(changed)) throw configInvalid(changed.faults);
        // Without the file everybody would be served: a folder that is away for a moment is no wish.
        const { clinicFile } = last.config;
        if (clinicFile !== undefined && changed.config.clinicFile === undefined) {
            throw configInvalid([{ file: clinicFile, message: missing }]);
        }
        const { config, atOnce, afterRestart } = changeConfig(started, last, changed);
        const parts = await build(config);
        current = parts;
        const before = status;
        status = { appliedAtMs: Date.now(), afterRestart, faults: [] };
        report(atOnce, before, status, logger);
        const isNews =
            atOnce.length > 0 ||
            !isDeepStrictEqual({ ...before, appliedAtMs: 0 }, { ...status, appliedAtMs: 0 });
        if (isNews) await onChange?.(atOnce, status);
        return changed;
    };
    const reload = async (): Promise<void> => {
        if (source === undefined || running === undefined) return;
        try {
            running = await apply(source, running);
        } catch (error) {
            await refuse(error);
        }
    };
    return {
        current: () => current,
        get status() {
            return status;
        },
        reload,
        follow: async (signal) => {
            if (source === undefined) return;
            const files = (): readonly string[] => (running ?? source.started).files;
            // Until a model has been loaded, minutes may have passed.
            await watchFiles(files, reload, { signal, atOnce: true });
        },
    };
}

const missing = "The file is gone. Put it back; to do without it, start the program again.";
const remedy =
    "Correct the file and save it: it is read again by itself. bimedix2 config check shows every fault.";

function report(
    atOnce: readonly string[],
    before: ConfigurationStatus,
    after: ConfigurationStatus,
    logger: Logger,
): void {
    if (atOnce.length > 0 || before.faults.length > 0) {
        logger.info({ settings: atOnce }, "The changed configuration holds now");
    }
    const waiting = after.afterRestart.filter((name) => !before.afterRestart.includes(name));
    if (waiting.length > 0) {
        logger.warn({ settings: waiting }, "Some changed settings hold after a restart only");
    }
}

function isSound(read: InspectedConfig): read is SoundConfig {
    return read.config !== undefined;
}

/** A line for each fault. */
function explain(error: unknown): readonly string[] {
    if (!isAppError(error)) return ["The configuration could not be read."];
    const lines = error.message.split("\n").map((line) => line.trim());
    // The first of several says how many there are, and to start again, which is not needed here.
    return lines.length > 1 ? lines.slice(1) : lines;
}
