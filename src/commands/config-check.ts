import { existsSync } from "node:fs";
import { openNotices, openOtherLanguages } from "../compose.ts";
import type { InspectedConfig } from "../config.ts";
import { type AppError, isAppError, type PlacedFault } from "../errors.ts";
import { loadSafetyRules } from "../open-safety.ts";
import { configInvalid } from "../settings/faults.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { explainError } from "./report-error.ts";
import { inspectCurrentConfig } from "./session.ts";

/** `bimedix2 config check`, as it was typed. */
export interface ConfigCheckOptions {
    readonly json: boolean;
}

/**
 * Checks .env, clinic.yaml, the model's profile, the texts and the rules, and prints every fault as
 * `bimedix2 start` does; with `json` as one array of {@link PlacedFault}s. Starts and changes nothing.
 */
export async function checkConfig({ json }: ConfigCheckOptions): Promise<ExitCode> {
    const inspected = inspectCurrentConfig();
    const errors = await allErrors(inspected);
    if (json) {
        process.stdout.write(`${JSON.stringify(errors.flatMap(faultsOf), undefined, 4)}\n`);
    } else if (errors.length === 0) {
        const file = inspected.sound.clinicFile ?? "no clinic.yaml: the defaults hold";
        process.stdout.write(`No faults (${file}).\n`);
    } else process.stdout.write(errors.map(explainError).join("\n"));
    return errors.length === 0 ? exitCode.success : exitCode.configuration;
}

async function allErrors({ faults, sound }: InspectedConfig): Promise<AppError[]> {
    // A missing file is among the faults already.
    const triageRules = sound.triageRules.filter((path) => existsSync(path));
    const checks = [
        openNotices(sound),
        openOtherLanguages(sound),
        loadSafetyRules({ triageRules }),
    ] as const;
    const errors = (await Promise.allSettled(checks)).flatMap((outcome) => {
        if (outcome.status === "fulfilled") return [];
        if (isAppError(outcome.reason)) return [outcome.reason];
        throw outcome.reason;
    });
    return [...(faults.length > 0 ? [configInvalid(faults)] : []), ...errors];
}

function faultsOf({ faults, message, remedy }: AppError): readonly Partial<PlacedFault>[] {
    return faults.length > 0 ? faults : [{ message: [message, remedy].join(" ").trim() }];
}
