import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";
import { clinicJsonSchema } from "../settings/clinic-schema.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";

/** Prints the JSON Schema of clinic.yaml for editors: what stands in clinic.schema.json. */
export async function printConfigSchema(): Promise<ExitCode> {
    const example = await readFile(join(packageRoot(), "clinic.example.yaml"), "utf8");
    process.stdout.write(`${JSON.stringify(clinicJsonSchema(example), undefined, 2)}\n`);
    return exitCode.success;
}
