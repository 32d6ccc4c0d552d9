/** The composition root of `bimedix2 start`: one process of a clinic, in one role or in all. */
import { type AnswerParts, createAnswerParts } from "./answer-parts.ts";
import { openPlatforms } from "./clinic-platforms.ts";
import { openModel, openNotices } from "./compose.ts";
import type { Config } from "./config.ts";
import {
    type ConfigSource,
    createLiveParts,
    type LiveParts,
    type OnConfigurationChange,
} from "./live-parts.ts";
import type { Logger } from "./log.ts";
import { openAdministration } from "./open-administration.ts";
import { createOperations, type Operations } from "./operations/operations.ts";
import { RecentFailures } from "./operations/recent-failures.ts";
import { watchModel } from "./operations/watch-model.ts";
import { placesOf } from "./settings/model-memory.ts";
import { packageVersion } from "./package-version.ts";
import type { ChatModel, LinkDisplay, Platform } from "./ports.ts";
import { prepareModel } from "./prepare-model.ts";
import { ProcessWatch } from "./process-watch.ts";
import { recordChange } from "./privacy/record-change.ts";
import type { Exchange } from "./serve.ts";
import { serveClinic } from "./serve-clinic.ts";
import { noTelemetry, type Telemetry } from "./telemetry-ports.ts";
import { survivingPlatforms } from "./surviving-platforms.ts";
import { type OnProgress, openStorage, type Storage } from "./storage.ts";

/** What a process does for the clinic. */
export type Role = "all" | "adapters" | "worker";

/** What a process is made of, until it is closed. */
export interface ClinicProcess {
    readonly answers: LiveParts<AnswerParts>;
    readonly storage: Storage;
    /** Absent in a process that only runs adapters. */
    readonly model?: ChatModel;
    readonly platforms: readonly Platform[];
    /** How the process is, for machines and administrators. */
    readonly operations: Operations;
    /**
     * Serves until the signal aborts. While Redis is away, patients are told so. A changed
     * configuration is applied as far as that is possible.
     *
     * @throws `config-invalid`: a platform needs the administrator.
     */
    serve(signal: AbortSignal): Promise<void>;
    close(): Promise<void>;
}

/** What a process may be given besides its configuration. */
export interface ClinicProcessOptions {
    /** Where the administrator sees how a linked phone stands. */
    readonly display?: LinkDisplay;
    /** The chat of the local page, in a process that has one. */
    readonly chat?: Platform;
    /** Where changes of the configuration come from; absent: it stays as it is. */
    readonly source?: ConfigSource;
    readonly onChange?: OnConfigurationChange;
    /** Where the ways of messages are recorded; absent: nowhere. */
    readonly telemetry?: Telemetry;
}

const nowhere: LinkDisplay = { show: () => undefined };

/**
 * Finds or starts Redis, and loads the texts and what the role needs.
 *
 * @throws As {@link openStorage}, {@link openModel} and {@link openNotices} do.
 */
export async function openClinicProcess(
    config: Config,
    role: Role,
    log: Logger,
    onProgress: OnProgress,
    {
        display = nowhere,
        chat,
        source,
        onChange,
        telemetry = noTelemetry,
    }: ClinicProcessOptions = {},
): Promise<ClinicProcess> {
    const failures = new RecentFailures();
    const logger = failures.watch(log);
    const watch = new ProcessWatch(telemetry);
    const { conditions, figures } = watch;
    // Before Redis is started: a faulty text shall not cost the time.
    const notices = await openNotices(config);
    const storage = await openStorage(config, logger, onProgress, {
        withoutRedis: "serve",
    });
    let model: ChatModel | undefined;
    try {
        const administration = openAdministration(storage, logger);
        const build = createAnswerParts(storage, logger, administration);
        const answers = createLiveParts(await build(config), {
            ...(source ? { source } : {}),
            onChange: async (applied, status) => {
                await recordChange(config.dataFolder, applied, logger);
                if (applied.length > 0) prepare();
                await onChange?.(applied, status);
            },
            build,
            logger,
        });
        if (role !== "adapters") {
            model = watchModel(await openModel(config, logger, onProgress), figures);
        }
        const shown = { display: conditions.watchLinks(display), conditions };
        const patients =
            role === "worker" ? [] : openPlatforms(config, { notices, storage, ...shown, logger });
        // The chat of the page is no platform of patients: whether the clinic is ready is not up to it.
        const platforms = [
            ...survivingPlatforms(
                patients.map((platform) => conditions.watchPlatform(platform)),
                { conditions, logger },
            ),
            ...(chat ? [chat] : []),
        ];
        let exchange: Exchange | undefined;
        const operations = createOperations(
            {
                id: storage.processId,
                role,
                version: packageVersion(),
                figures,
                conditions,
                failures,
                ...(model ? { model } : {}),
                slots: placesOf(config.model, model?.description),
                configuration: () => answers.status,
            },
            {
                board: storage.statusBoard,
                counters: storage.counters,
                exchange: () => exchange,
                logger,
            },
        );
        const parts = {
            answers: () => answers.current(),
            storage,
            platforms,
            ...(model ? { model } : {}),
            watch,
            logger,
        };
        const prepare = (): void => {
            if (model) void prepareModel(model, answers.current().reply);
        };
        prepare();
        return {
            answers,
            storage,
            platforms,
            operations,
            ...(model ? { model } : {}),
            serve: async (signal) => {
                const served = new AbortController();
                storage.openExchange().then(
                    (opened) => (exchange = opened),
                    () => undefined,
                );
                const following = Promise.all([
                    answers.follow(served.signal),
                    administration.serve(() => answers.current(), platforms, served.signal),
                    operations.publish(served.signal),
                ]);
                try {
                    await serveClinic(parts, config, signal);
                } finally {
                    served.abort();
                    await following;
                }
            },
            close: async () => {
                await model?.close();
                await storage.close();
            },
        };
    } catch (error) {
        await Promise.allSettled([model?.close()]);
        await storage.close();
        throw error;
    }
}
