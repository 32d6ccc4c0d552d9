/** `bimedix2 data` alone, from the sources, for tests that run it as a process: it loads faster. */
import { Command } from "commander";
import { describeData } from "../../src/commands/describe-data.ts";
import { reportError } from "../../src/commands/report-error.ts";

const program = new Command("bimedix2");
describeData(program, (status) => (process.exitCode = status));
try {
    await program.parseAsync(process.argv.slice(2), { from: "user" });
} catch (error) {
    process.exitCode = reportError(error);
}
