import type { Command } from "commander";
import { checkConfig, type ConfigCheckOptions } from "./config-check.ts";
import { printConfigSchema } from "./config-schema.ts";
import { type ConfigShowOptions, showConfig } from "./config-show.ts";
import type { ExitCode } from "./exit-code.ts";

/** Describes `bimedix2 config` and what stands behind it. */
export function describeConfig(program: Command, end: (status: ExitCode) => void): void {
    const config = program.command("config").description("check and show the clinic's settings");
    config
        .command("check")
        .description("name every fault in .env, clinic.yaml, the model's profile, texts and rules")
        .option("--json", "print one JSON array", false)
        .action(async (options: ConfigCheckOptions) => end(await checkConfig(options)));
    config
        .command("show")
        .description("show every setting with the value that holds, as YAML, without secrets")
        .option("--show-addresses", "show the patients of the access lists", false)
        .action(async (options: ConfigShowOptions) => end(await showConfig(options)));
    config
        .command("schema")
        .description("print the JSON Schema of clinic.yaml, for editors")
        .action(async () => end(await printConfigSchema()));
}
