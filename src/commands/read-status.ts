import { findServer } from "../../adapters/redis/server-search.ts";
import { type AppError, isAppError, type PlacedFault } from "../errors.ts";
import { createLogger } from "../log.ts";
import type { DeadReply } from "../queue-ports.ts";
import { configInvalid } from "../settings/faults.ts";
import type { ProcessStatus } from "../status-ports.ts";
import { openStorage, type StorageConfig } from "../storage.ts";
import { inspectCurrentConfig } from "./session.ts";

/** The clinic at one moment. */
export interface ClinicStatus {
    /** The file in use, and what is wrong with the configuration as it stands in the files. */
    readonly configuration: {
        readonly file: string | undefined;
        readonly faults: readonly PlacedFault[];
        /** Whether patients can write from anywhere but the terminal. */
        readonly hasPlatforms: boolean;
    };
    /** Which Redis is used, or why none can be. */
    readonly redis:
        | { readonly reached: true; readonly description: string }
        /** `stopped`: the program's own does not run, because the program does not. */
        | { readonly reached: false; readonly stopped: true }
        | { readonly reached: false; readonly stopped: false; readonly error: AppError };
    readonly processes: readonly ProcessStatus[];
    /** Absent while Redis cannot be reached. */
    readonly queue?: {
        readonly waiting: number;
        readonly waitMs: number;
        readonly dead: readonly DeadReply[];
    };
}

/** Looks how the clinic is. Starts and changes nothing, whatever is broken. */
export async function readStatus(): Promise<ClinicStatus> {
    const { faults, sound } = inspectCurrentConfig();
    const { telegram, whatsappCloud, whatsappWeb } = sound.platforms;
    const configuration = {
        file: sound.clinicFile,
        faults: faults.length > 0 ? configInvalid(faults).faults : [],
        hasPlatforms: [telegram, whatsappCloud, whatsappWeb].some(Boolean),
    };
    const away = { configuration, processes: [] };
    try {
        // Only a Redis that somebody has started is asked; the program's own runs while it is used.
        if (sound.redis.url === undefined && !(await findServer(sound.dataFolder))) {
            return { ...away, redis: { reached: false, stopped: true } };
        }
        return { configuration, ...(await readShared(sound)) };
    } catch (error) {
        if (!isAppError(error)) throw error;
        return { ...away, redis: { reached: false, stopped: false, error } };
    }
}

async function readShared(sound: StorageConfig): Promise<Omit<ClinicStatus, "configuration">> {
    const storage = await openStorage(sound, createLogger("silent"), () => undefined, {
        withoutRedis: "fail",
        looksOnly: true,
    });
    try {
        const { inbox, outbox } = await storage.openExchange();
        const { conversations, waitMs } = await inbox.backlog();
        return {
            redis: { reached: true, description: storage.description },
            processes: await storage.statusBoard.read(),
            queue: { waiting: conversations, waitMs, dead: await outbox.dead() },
        };
    } finally {
        await storage.close();
    }
}
