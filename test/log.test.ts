import { expect, test } from "vitest";
import { AppError } from "../src/errors.ts";
import { describeError } from "../src/log.ts";

test("foreign errors are logged without their message, which can quote a patient or a token", () => {
    const foreign = Object.assign(new TypeError("bot123:SECRET said: my chest hurts"), {
        code: "ECONNRESET",
    });
    const ours = new AppError("platform-unavailable", "Telegram did not answer.", {
        remedy: "Check the network.",
        cause: foreign,
    });
    expect(describeError(ours)).toEqual({
        code: "platform-unavailable",
        message: "Telegram did not answer.",
        remedy: "Check the network.",
        cause: { error: "TypeError", code: "ECONNRESET" },
    });
});
