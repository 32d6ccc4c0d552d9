import { describeError } from "../../src/log.ts";
import type { SummaryQueue } from "../../src/staff-ports.ts";
import type { QueueParts } from "./queue-parts.ts";
import { summariesQueue } from "./queue-names.ts";
import { untilAborted } from "./until-aborted.ts";

/** Hands out cases by a queue of BullMQ. */
export function createSummaryQueue({
    jobs,
    logger,
}: Pick<QueueParts, "jobs" | "logger">): SummaryQueue {
    return {
        ask: async (code) => await jobs.wake(summariesQueue, code),

        async work(summarise, { signal, finishWithinMs }) {
            const stop = new AbortController();
            const look = async (code: string): Promise<"done"> => {
                try {
                    await summarise(code, stop.signal);
                } catch (error) {
                    logger.warn(describeError(error), "A case was not summarised");
                }
                return "done";
            };
            const consumer = jobs.consume(summariesQueue, look, { concurrency: 1 });
            await untilAborted(signal);
            const hurry = setTimeout(() => stop.abort(), finishWithinMs);
            await consumer.close();
            clearTimeout(hurry);
        },
    };
}
