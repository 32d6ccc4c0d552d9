import type { Command } from "commander";
import type { Describer } from "./describe.ts";
import type { DeadReplyOptions, QueueOptions } from "./queue.ts";

/** Describes `bimedix2 queue` and what stands behind it. */
export function describeQueue(program: Command, { command, say, end }: Describer): void {
    const queue = command(program, "queue")
        .option("--json", say("json"), false)
        // Behind "resend" and "discard", --json is theirs.
        .enablePositionalOptions()
        .action(async (options: QueueOptions) =>
            end(await (await import("./queue.ts")).showQueue(options)),
        );
    command(queue, "queue resend")
        .argument("[id...]", say("replies"))
        .option("--all", say("allReplies"), false)
        .option("--json", say("json"), false)
        .action(async (ids: string[], options: DeadReplyOptions) =>
            end(await (await import("./queue.ts")).resendReplies(ids, options)),
        );
    command(queue, "queue discard")
        .argument("[id...]", say("replies"))
        .option("--all", say("allReplies"), false)
        .option("--json", say("json"), false)
        .action(async (ids: string[], options: DeadReplyOptions) =>
            end(await (await import("./queue.ts")).discardReplies(ids, options)),
        );
}
