import type { Command } from "commander";
import type { ConfigCheckOptions } from "./config-check.ts";
import type { ConfigShowOptions } from "./config-show.ts";
import type { Describer } from "./describe.ts";

/** Describes `bimedix2 config` and what stands behind it. */
export function describeConfig(program: Command, { command, say, end }: Describer): void {
    const config = command(program, "config");
    command(config, "config check")
        .option("--json", say("jsonArray"), false)
        .action(async (options: ConfigCheckOptions) =>
            end(await (await import("./config-check.ts")).checkConfig(options)),
        );
    command(config, "config show")
        .option("--show-addresses", say("showPatients"), false)
        .action(async (options: ConfigShowOptions) =>
            end(await (await import("./config-show.ts")).showConfig(options)),
        );
    command(config, "config schema").action(async () =>
        end(await (await import("./config-schema.ts")).printConfigSchema()),
    );
}
