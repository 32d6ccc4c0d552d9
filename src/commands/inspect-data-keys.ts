import { existsSync } from "node:fs";
import { relative } from "node:path";
import type { Config } from "../config.ts";
import { isOpenToOthers } from "../privacy/key-file.ts";
import { openCipher } from "../privacy/open-cipher.ts";
import type { Finding } from "./finding.ts";

/** Where the keys for patients' data are, and whether they are well kept there. Makes none. */
export async function inspectDataKeys({ dataKeys, dataFolder, redis }: Config): Promise<Finding> {
    if (dataKeys.from === "environment") {
        const { length } = dataKeys.keys;
        return { state: "ok", text: `${count(length)} in the variable BIMEDIX2_DATA_KEY` };
    }
    const { path } = dataKeys;
    if (!existsSync(path)) return { state: "ok", text: `one is made at the first start: ${path}` };
    const cipher = await openCipher(dataKeys);
    const text = `${count(cipher.heads().length)} in ${path}`;
    if (isOpenToOthers(path)) {
        return {
            state: "fault",
            text: `${text}, which others may read.`,
            remedy: `Run chmod 600 ${path}. If somebody has read it, run bimedix2 data rotate-key.`,
        };
    }
    const beside = !relative(dataFolder, path).startsWith("..");
    if (redis.url === undefined && beside) {
        return {
            state: "notice",
            text: `${text}, in the folder of the data itself: whoever has the folder has both.`,
            remedy: "Move the file to another disk, or where backups of the data folder do not reach, and set BIMEDIX2_DATA_KEY_FILE.",
        };
    }
    return { state: "ok", text };
}

function count(keys: number): string {
    return keys === 1 ? "a key" : `${String(keys)} keys, of which the first encrypts,`;
}
