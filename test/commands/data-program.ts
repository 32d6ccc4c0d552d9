/** `bimedix2 data` alone, from the sources, for tests that run it as a process: it loads faster. */
import { describeData } from "../../src/commands/describe-data.ts";
import { createDescriber, createProgram } from "../../src/commands/describe.ts";
import { reportError } from "../../src/commands/report-error.ts";

const program = createProgram("en");
describeData(
    program,
    createDescriber("en", (status) => (process.exitCode = status)),
);
try {
    await program.parseAsync(process.argv.slice(2), { from: "user" });
} catch (error) {
    process.exitCode = reportError(error);
}
