import { isAppError } from "../errors.ts";
import { wait } from "../wait.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { type Problem, problemsOf } from "./judge-status.ts";
import { type ClinicStatus, readStatus } from "./read-status.ts";
import { stopController } from "./session.ts";
import { statusLines } from "./status-lines.ts";

/** `bimedix2 status`, as it was typed. */
export interface StatusOptions {
    readonly json: boolean;
    /** Whether it is shown again and again. */
    readonly watch: boolean;
}

const watchEveryMs = 2_000;

/**
 * Shows what runs, and how each platform and the model are doing. Starts and changes nothing.
 *
 * @returns `failure` when something is wrong, also when nothing runs.
 */
export async function showStatus({ json, watch }: StatusOptions): Promise<ExitCode> {
    if (!watch) return await showOnce(json, "");
    const { signal } = stopController();
    const clear = process.stdout.isTTY ? "\u001b[H\u001b[2J" : "";
    let code: ExitCode = exitCode.success;
    while (!signal.aborted) {
        code = await showOnce(json, clear);
        await wait(watchEveryMs, signal).catch((error: unknown) => {
            if (!isAppError(error, "aborted")) throw error;
        });
    }
    return code;
}

async function showOnce(json: boolean, before: string): Promise<ExitCode> {
    const status = await readStatus();
    const problems = problemsOf(status);
    const shown = json
        ? JSON.stringify(asJson(status, problems))
        : before + statusLines(status, problems, Date.now()).join("\n");
    process.stdout.write(`${shown}\n`);
    return problems.length === 0 ? exitCode.success : exitCode.failure;
}

function asJson(
    { configuration, redis, processes, queue }: ClinicStatus,
    problems: readonly Problem[],
): object {
    return {
        ok: problems.length === 0,
        running: processes.length > 0,
        problems,
        configuration: { file: configuration.file ?? null, faults: configuration.faults },
        redis: redis.reached ? redis.description : null,
        processes,
        queue: queue ?? null,
    };
}
