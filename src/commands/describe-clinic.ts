import { type Command, Option } from "commander";
import type { Describer } from "./describe.ts";
import type { DoctorOptions } from "./doctor.ts";
import type { SafetyOptions } from "./safety.ts";
import type { VersionOptions } from "./version.ts";

/** Describes the commands that set the clinic up and look after it. */
export function describeClinic(program: Command, { command, say, end }: Describer): void {
    command(program, "doctor")
        .option("--fix", say("fix"), false)
        .addOption(new Option("--report", say("report")).default(false).conflicts(["fix", "json"]))
        .option("--json", say("json"), false)
        .action(async (options: DoctorOptions) =>
            end(await (await import("./doctor.ts")).doctor(options)),
        );
    command(program, "safety")
        .addOption(new Option("--json", say("json")).default(false))
        .addOption(new Option("--prometheus", say("prometheus")).default(false).conflicts("json"))
        .action(async (options: SafetyOptions) =>
            end(await (await import("./safety.ts")).showSafety(options)),
        );
    command(program, "version")
        .option("--json", say("json"), false)
        .action(async (options: VersionOptions) =>
            end(await (await import("./version.ts")).showVersion(options)),
        );
}

/** Describes `bimedix2 init`. */
export function describeInit(program: Command, { command, end }: Describer): void {
    command(program, "init").action(async () => end(await (await import("./init.ts")).init()));
}
