import { writeMetrics } from "../operations/metrics.ts";
import { safetyMetrics } from "../operations/safety-metrics.ts";
import { figuresTable } from "../safety/figures/figures-table.ts";
import { openStorage } from "../storage.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { openLog, readConfig } from "./session.ts";

/** `bimedix2 safety`, as it was typed; the two exclude each other. */
export interface SafetyOptions {
    readonly json: boolean;
    readonly prometheus: boolean;
}

/** Shows what was counted for safety's sake, over all processes, since the clinic's store began. */
export async function showSafety({ json, prometheus }: SafetyOptions): Promise<ExitCode> {
    const config = readConfig();
    const storage = await openStorage(config, openLog(config, true), () => undefined, {
        withoutRedis: "fail",
    });
    try {
        const counters = await storage.counters.read();
        if (json) process.stdout.write(`${JSON.stringify({ counters })}\n`);
        else if (prometheus) process.stdout.write(writeMetrics(safetyMetrics(counters)));
        else process.stdout.write(`${figuresTable(counters).join("\n")}\n`);
        return exitCode.success;
    } finally {
        await storage.close();
    }
}
