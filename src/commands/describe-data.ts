import type { Command } from "commander";
import type { rotateKey } from "./data-keys.ts";
import type { DataOptions, eraseData, exportData, listData } from "./data.ts";
import type { Describer } from "./describe.ts";

/** Describes `bimedix2 data` and what stands behind it. */
export function describeData(program: Command, { command, say, end }: Describer): void {
    const data = command(program, "data");
    command(data, "data list")
        .option("--json", say("json"), false)
        .option("--show-addresses", say("showAddresses"), false)
        .action(async (options: Parameters<typeof listData>[0]) =>
            end(await (await import("./data.ts")).listData(options)),
        );
    command(data, "data export")
        .argument("<conversation>", say("conversation"))
        .option("--json", say("json"), false)
        .requiredOption("--out <file>", say("out"))
        .option("--pictures <folder>", say("pictures"))
        .action(async (which: string, options: Parameters<typeof exportData>[1]) =>
            end(await (await import("./data.ts")).exportData(which, options)),
        );
    command(data, "data erase")
        .argument("<conversation>", say("conversation"))
        .option("--json", say("json"), false)
        .option("--yes", say("yes"), false)
        .action(async (which: string, options: Parameters<typeof eraseData>[1]) =>
            end(await (await import("./data.ts")).eraseData(which, options)),
        );
    command(data, "data verify")
        .option("--json", say("json"), false)
        .action(async (options: DataOptions) =>
            end(await (await import("./data.ts")).verifyRecords(options)),
        );
    command(data, "data rotate-key")
        .option("--json", say("json"), false)
        .option("--show", say("showKey"), false)
        .action(async (options: Parameters<typeof rotateKey>[0]) =>
            end(await (await import("./data-keys.ts")).rotateKey(options)),
        );
    command(data, "data reencrypt")
        .option("--json", say("json"), false)
        .action(async (options: DataOptions) =>
            end(await (await import("./data-keys.ts")).reencryptData(options)),
        );
}
