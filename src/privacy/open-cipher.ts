import { existsSync } from "node:fs";
import type { Cipher } from "../privacy-ports.ts";
import { createCipher } from "./cipher.ts";
import { createDataKey, type DataKeyPlace } from "./data-key.ts";
import { ensureKeyFile, openKeyFile } from "./key-file.ts";

/**
 * The clinic's cipher. Where nothing is set, a key is made at the first start. A file is read anew
 * when it changes, so that a program that runs learns of a new key.
 *
 * @param makesKey Otherwise a key that is missing is made in memory alone: there is nothing to read.
 * @throws `config-invalid` when a file cannot be read or made, or holds no key.
 */
export async function openCipher(place: DataKeyPlace, makesKey = true): Promise<Cipher> {
    if (place.from === "environment") {
        const keys = place.keys.map((key) => Buffer.from(key, "base64"));
        return createCipher(() => keys);
    }
    if (place.from === "data-folder" && !makesKey && !existsSync(place.path)) {
        const key = createDataKey();
        return createCipher(() => [key]);
    }
    if (place.from === "data-folder") await ensureKeyFile(place.path);
    return createCipher(openKeyFile(place.path));
}
