import type { Update } from "telegraf/types";
import { expect, test } from "vitest";
import { defaultTimings } from "../../../adapters/telegram/timings.ts";
import { UpdateQueue } from "../../../adapters/telegram/update-queue.ts";
import { createLogger } from "../../../src/log.ts";

test("an update that comes once more, in an answer that was late, is not handled again", async () => {
    const handled: number[] = [];
    const handle = ({ update_id: id }: Update): Promise<void> => {
        handled.push(id);
        return Promise.resolve();
    };
    const logger = createLogger("silent");
    const queue = new UpdateQueue(
        { handle, timings: defaultTimings, logger },
        new AbortController().signal,
    );
    const update = (id: number): Update => ({ update_id: id }) as Update;
    queue.add([update(7), update(8)]);
    await queue.idle();
    expect(queue.offset).toBe(9);
    queue.add([update(7), update(8), update(9)]);
    await queue.idle();
    expect(handled).toEqual([7, 8, 9]);
    // After a quiet week the numbers may begin anew, and lower.
    queue.add([update(3)]);
    await queue.idle();
    expect(handled.at(-1)).toBe(3);
    expect(queue.offset).toBe(4);
});
