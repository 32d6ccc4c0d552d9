import type { Writable } from "node:stream";
import { AppError } from "../../src/errors.ts";
import type { Reply } from "../../src/message.ts";
import type { ReplyWriter } from "../../src/ports.ts";

/**
 * Writes a reply as it grows. What stands in a terminal stays there: a later text that does not
 * continue the earlier one begins on a new line.
 */
export function createTerminalWriter(output: Writable): ReplyWriter {
    let shown = "";
    const show = (text: string): void => {
        if (text.startsWith(shown)) output.write(text.slice(shown.length));
        else output.write(`\n${text}`);
        shown = text;
    };
    return {
        // The last line may still change (a trailing space is trimmed at the end): hold it back.
        show: (textSoFar) => show(textSoFar.trimEnd()),
        finish: async (reply: Reply) => {
            show(reply.text);
            const choices = reply.choices ?? [];
            const commands = choices.map(
                ({ label, command }) => `  /${command.name} ${command.argument}  ${label}`,
            );
            await write(output, ["", ...commands, "", ""].join("\n"));
        },
        abandon: async () => {
            if (shown !== "") await write(output, " …\n\n");
        },
    };
}

function write(output: Writable, text: string): Promise<void> {
    return new Promise((resolve, reject) => {
        output.write(text, (cause) => {
            if (cause) {
                reject(new AppError("patient-unreachable", "The terminal is closed.", { cause }));
            } else resolve();
        });
    });
}
