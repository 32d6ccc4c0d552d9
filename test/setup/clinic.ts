/** A clinic's process within a test: the real program without its command line. */
import { type ClinicProcess, openClinicProcess, type Role } from "../../src/clinic-process.ts";
import { type Config, type InspectedConfig, inspectConfig, loadConfig } from "../../src/config.ts";
import type { LinkDisplay, Platform } from "../../src/ports.ts";
import type { Telemetry } from "../../src/telemetry-ports.ts";
import { createRecordingLogger } from "../fakes/recording-logger.ts";
import { packageRoot, startTestRedis, type TestRedis } from "./redis.ts";

/** What is set for a clinic. */
export interface ClinicSettings {
    readonly environment?: Readonly<Record<string, string>>;
    readonly platforms?: Partial<Config["platforms"]>;
    readonly staff?: NonNullable<Config["staff"]>;
    readonly display?: LinkDisplay;
    /** The chat of a local page. */
    readonly chat?: Platform;
    readonly role?: Role;
    readonly telemetry?: Telemetry;
    /** Whether patients must agree first. Default: no. */
    readonly consent?: boolean;
}

const keyPrefix = "e2e:";

/** A clinic with a Redis of its own, the demonstration model and platforms. */
export class TestClinic {
    readonly process: ClinicProcess;
    readonly redis: TestRedis;
    readonly #log: ReturnType<typeof createRecordingLogger>;
    #serving: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;

    private constructor(
        process: ClinicProcess,
        redis: TestRedis,
        log: ReturnType<typeof createRecordingLogger>,
    ) {
        this.process = process;
        this.redis = redis;
        this.#log = log;
    }

    /** Opens one. It does not serve yet. */
    static async open(
        settings: (dataFolder: string) => ClinicSettings | Promise<ClinicSettings>,
    ): Promise<TestClinic> {
        const redis = await startTestRedis();
        const { dataFolder } = redis;
        const {
            environment,
            platforms,
            display,
            chat,
            role = "all",
            telemetry,
            consent = false,
            staff,
        } = await settings(dataFolder);
        const input = {
            environment: {
                BIMEDIX2_DATA_FOLDER: dataFolder,
                REDIS_KEY_PREFIX: keyPrefix,
                ...environment,
            },
            folder: dataFolder,
            packageRoot,
        };
        const forTests = (config: Config): Config => ({
            ...config,
            model: { ...config.model, threads: 1, gpu: "cpu" },
            messages: { ...config.messages, quietMs: 500 },
            consent: { ...config.consent, required: consent },
            platforms: { ...config.platforms, ...platforms },
            ...(staff === undefined ? {} : { staff }),
        });
        const inspect = (): InspectedConfig => {
            const { config, ...read } = inspectConfig(input);
            return config === undefined ? read : { ...read, config: forTests(config) };
        };
        const config = forTests(loadConfig(input));
        const logger = createRecordingLogger();
        const onProgress = (): void => undefined;
        const process = await openClinicProcess(config, role, logger, onProgress, {
            ...(display ? { display } : {}),
            ...(chat ? { chat } : {}),
            ...(telemetry ? { telemetry } : {}),
            source: { started: { ...inspectConfig(input), config }, inspect },
        });
        return new TestClinic(process, redis, logger);
    }

    /** Serves as `bimedix2 start` does. */
    serve(): void {
        const stop = new AbortController();
        this.#serving = { stop, ended: this.process.serve(stop.signal) };
    }

    /** Stops as at the end of the program. */
    async stop(): Promise<void> {
        this.#serving?.stop.abort();
        await this.#serving?.ended;
        this.#serving = undefined;
    }

    /** Everything that the log would hold at its most talkative. */
    get logged(): string {
        return JSON.stringify(this.#log.entries);
    }

    /** How many messages wait for their answer, and answers for their delivery. */
    async waiting(): Promise<number> {
        const lists = await Promise.all(
            ["inbox", "outbox"].map((list) => this.redis.client.keys(`${keyPrefix}{*}:${list}`)),
        );
        return lists.flat().length;
    }

    async close(): Promise<void> {
        await this.stop();
        await this.process.close();
        await this.redis.close();
    }
}
