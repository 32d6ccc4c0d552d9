/** Seals a big file in a folder and says so in the line `writing`; for tests that kill it meanwhile. */
import { watch } from "node:fs";
import { SealedFolder } from "../../../adapters/llama/sealed-folder.ts";
import { createLogger } from "../../../src/log.ts";

const [path = "", name = ""] = process.argv.slice(2);
const folder = await SealedFolder.open({
    folder: path,
    maxBytes: 2 ** 31,
    keepForMs: 3_600_000,
    reserveBytes: 0,
    logger: createLogger("silent"),
});
watch(path, () => process.stdout.write("writing\n"));
const part = new Uint8Array(2 ** 20);
const isKept = await folder.put(
    name,
    new Uint8Array(32),
    Array.from({ length: 1_500 }, () => part),
);
process.stdout.write(isKept ? "done\n" : "refused\n");
