import { isAppError } from "../../src/errors.ts";
import { createLogger } from "../../src/log.ts";
import { callRedis, closeClient, connectClient, readServerVersion } from "./client.ts";
import type { ProbeResult } from "./probe.ts";
import { describeAddress } from "./redis-address.ts";
import { findServerPrograms, redisMissing, type ServerProgram } from "./server-program.ts";
import { probeFolder, serverFolder, type EmbeddedServerOptions } from "./server-search.ts";

/** What `doctor` says about Redis. */
export interface RedisInspection {
    /** Whether conversations can be stored. */
    readonly ok: boolean;
    /** One line for the administrator. */
    readonly summary: string;
    /** What to do; absent when there is nothing to do. */
    readonly remedy?: string;
}

/** Which Redis is used, or would be, without starting or changing anything. Never fails. */
export async function inspectRedis(
    options: Pick<EmbeddedServerOptions, "dataFolder" | "packageRoot"> & { readonly url?: string },
): Promise<RedisInspection> {
    try {
        if (options.url !== undefined) return await inspectExternal(options.url);
        const [programs, { probe }] = await Promise.all([
            findServerPrograms(options.packageRoot),
            probeFolder(serverFolder(options.dataFolder)),
        ]);
        return probe.state === "absent" ? foreseeStart(programs) : describeRunning(probe, programs);
    } catch (error) {
        if (!isAppError(error)) return { ok: false, summary: "Redis could not be inspected." };
        const { message, remedy } = error;
        return { ok: false, summary: message, ...(remedy === undefined ? {} : { remedy }) };
    }
}

async function inspectExternal(url: string): Promise<RedisInspection> {
    const address = { url };
    const logger = createLogger("silent");
    const client = await connectClient({ address, name: "bimedix2-doctor", logger });
    try {
        const version = await readServerVersion(client);
        const remedy = adviseDurability(await callRedis(client, (one) => one.info("persistence")));
        return {
            ok: true,
            summary: `Redis ${version} at ${describeAddress(address)} (REDIS_URL).`,
            ...(remedy === undefined ? {} : { remedy }),
        };
    } finally {
        await closeClient(client);
    }
}

/** What to set so that the death of the server loses nothing. */
function adviseDurability(persistence: string): string | undefined {
    if (/^aof_enabled:1/m.test(persistence)) return undefined;
    return "This Redis loses its data when it stops. Set appendonly yes and appendfsync always there (docs/scaling.md).";
}

function describeRunning(
    probe: Exclude<ProbeResult, { state: "absent" }>,
    programs: readonly ServerProgram[],
): RedisInspection {
    if (probe.state === "silent") {
        return {
            ok: false,
            summary: "The Redis server of the data folder runs and does not answer.",
            remedy: "If this lasts, stop the process redis-server; the next start brings up a new one.",
        };
    }
    const doing = probe.state === "loading" ? "is reading its data" : "is running";
    const summary = `Redis ${probe.version} ${doing} on the data folder.`;
    const system = programs.find((program) => program.source === "system");
    if (system === undefined || compareVersions(system.version, probe.version) <= 0) {
        return { ok: true, summary };
    }
    return {
        ok: true,
        summary: `${summary} The system has ${system.version}.`,
        remedy: "Stop the product and start it again to use the newer server.",
    };
}

function foreseeStart(programs: readonly ServerProgram[]): RedisInspection {
    const first = programs[0];
    if (first === undefined) {
        const { message, remedy } = redisMissing();
        return { ok: false, summary: message, ...(remedy === undefined ? {} : { remedy }) };
    }
    const bundled = programs.find((program) => program.source === "bundled");
    const other =
        first !== bundled && bundled !== undefined ? ` (bundled: ${bundled.version})` : "";
    const whose = first.source === "system" ? "the system's" : "the bundled";
    return {
        ok: true,
        summary: `Redis is not running; the product starts ${whose} ${first.version}${other}.`,
    };
}

/** Below zero when `left` is older. */
function compareVersions(left: string, right: string): number {
    return left.localeCompare(right, "en", { numeric: true });
}
