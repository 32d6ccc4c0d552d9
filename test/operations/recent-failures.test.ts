import { expect, it } from "vitest";
import { AppError } from "../../src/errors.ts";
import { describeError } from "../../src/log.ts";
import { RecentFailures } from "../../src/operations/recent-failures.ts";
import { createRecordingLogger } from "../fakes/recording-logger.ts";

it("remembers warnings and errors, equal ones once, without what only the log may hold", () => {
    const failures = new RecentFailures();
    const log = createRecordingLogger();
    const logger = failures.watch(log);
    const away = new AppError("platform-unavailable", "Telegram does not answer.", {
        remedy: "Check the network.",
        retryable: true,
    });
    logger.info({}, "all is well");
    logger.warn({ ...describeError(away), bot: "@clinic" }, "a reply will be delivered later");
    logger.error(describeError(new TypeError("my chest hurts")), "unforeseen");
    logger.warn({ source: "llama.cpp" }, "a peculiarity of the model");
    logger.warn(describeError(away), "a reply will be delivered later");

    expect(failures.list()).toEqual([
        {
            code: "platform-unavailable",
            message: "a reply will be delivered later: Telegram does not answer.",
            remedy: "Check the network.",
            atMs: expect.any(Number),
            count: 2,
        },
        { code: "TypeError", message: "unforeseen", atMs: expect.any(Number), count: 1 },
    ]);
    // The log itself loses nothing.
    expect(log.entries).toHaveLength(5);
});

it("remembers the latest 20", () => {
    const failures = new RecentFailures();
    const logger = failures.watch(createRecordingLogger());
    for (let number = 1; number <= 25; number += 1) logger.error({}, `failure ${String(number)}`);
    expect(failures.list().map(({ message }) => message)).toEqual(
        Array.from({ length: 20 }, (_, index) => `failure ${String(25 - index)}`),
    );
});
