import type { Writable } from "node:stream";
import type { Platform } from "../../src/ports.ts";
import { readLocalFile } from "./local-file.ts";
import { createTerminalWriter } from "./terminal-writer.ts";

/**
 * The terminal for a single question: pictures are local files, and the reply is streamed to
 * `output`, or kept silent where the caller prints it in another form.
 */
export function createOneQuestionPlatform(output: Writable | undefined): Platform {
    return {
        name: "terminal",
        sharing: "alone",
        account: "terminal:question",
        run: () => Promise.resolve(),
        download: readLocalFile,
        startReply: () =>
            output
                ? createTerminalWriter(output)
                : {
                      show: () => undefined,
                      finish: () => Promise.resolve(),
                      abandon: () => Promise.resolve(),
                  },
    };
}
