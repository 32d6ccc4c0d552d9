import { expect, test } from "vitest";
import { localAttachment, readLocalFile } from "../../../adapters/terminal/local-file.ts";

test.each(["/dev/zero", "."])("%s is no file and is not read", async (path) => {
    await expect(readLocalFile(localAttachment(path), 1000)).rejects.toMatchObject({
        code: "attachment-unavailable",
    });
});
