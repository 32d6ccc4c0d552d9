import type { Command } from "commander";
import type { Describer } from "./describe.ts";
import type { PullOptions } from "./pull.ts";

/** Describes `bimedix2 pull`. */
export function describePull(program: Command, { command, say, end }: Describer): void {
    command(program, "pull")
        .argument("[profile]", say("profile"))
        .option("--accept-licence", say("acceptLicence"), false)
        .option("--from <address>", say("from"))
        .option("--check", say("checkFiles"), false)
        .option("--json", say("json"), false)
        .action(async (profile: string | undefined, options: PullOptions) =>
            end(await (await import("./pull.ts")).pull(profile, options)),
        );
}
