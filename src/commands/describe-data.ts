import type { Command } from "commander";
import { reencryptData, rotateKey } from "./data-keys.ts";
import { type DataOptions, eraseData, exportData, listData, verifyRecords } from "./data.ts";
import type { ExitCode } from "./exit-code.ts";

const conversation = "an id that the list shows, or a conversation's address";

/** Describes `bimedix2 data` and what stands behind it. */
export function describeData(program: Command, end: (status: ExitCode) => void): void {
    const data = program
        .command("data")
        .description("show, export and erase what is kept of patients, and change its keys");
    const subcommand = (name: string, description: string): Command =>
        data
            .command(name)
            .description(description)
            .option("--json", "print one JSON object", false);

    subcommand("list", "show of which conversations something is kept")
        .option("--show-addresses", "show who they are with", false)
        .action(async (options: Parameters<typeof listData>[0]) => end(await listData(options)));
    subcommand("export", "write everything that is kept of a conversation to a file")
        .argument("<conversation>", conversation)
        .requiredOption("--out <file>", "the file, which must not exist yet")
        .option("--pictures <folder>", "write pictures to this folder, not into the file")
        .action(async (which: string, options: Parameters<typeof exportData>[1]) =>
            end(await exportData(which, options)),
        );
    subcommand("erase", "forget everything of a conversation, for ever")
        .argument("<conversation>", conversation)
        .option("--yes", "ask no question", false)
        .action(async (which: string, options: Parameters<typeof eraseData>[1]) =>
            end(await eraseData(which, options)),
        );
    subcommand("verify", "check the records of exports and erasures").action(
        async (options: DataOptions) => end(await verifyRecords(options)),
    );
    subcommand("rotate-key", "make a new key, which encrypts from now on")
        .option("--show", "print the new value of BIMEDIX2_DATA_KEY", false)
        .action(async (options: Parameters<typeof rotateKey>[0]) => end(await rotateKey(options)));
    subcommand("reencrypt", "encrypt everything with the current key").action(
        async (options: DataOptions) => end(await reencryptData(options)),
    );
}
