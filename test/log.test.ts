import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { AppError } from "../src/errors.ts";
import { createLogger, describeError } from "../src/log.ts";
import { createReadableLogger } from "../src/readable-log.ts";

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

test("at a terminal each entry is a line that people read, with what to do beneath it", () => {
    const written: string[] = [];
    const output = { write: (text: string) => written.push(text) > 0 };
    const logger = createReadableLogger("info", { output, colours: false });
    const away = new AppError("platform-unavailable", "Telegram does not answer.", {
        remedy: "Check the network.",
    });
    logger.debug({}, "unseen");
    logger.info({ telegram: "running", bot: "@clinic_bot" }, "Telegram: connected");
    logger.warn(describeError(away), "a reply will be delivered later");
    logger.error({ cause: { error: "TypeError" }, path: "a b" }, "unforeseen");
    const text = written.join("").replaceAll(/^\d\d:\d\d:\d\d/gm, "TIME");
    expect(text).toBe(
        [
            "TIME  info   Telegram: connected  telegram=running  bot=@clinic_bot",
            "TIME  warn   a reply will be delivered later: Telegram does not answer.  code=platform-unavailable",
            "          What to do: Check the network.",
            'TIME  ERROR  unforeseen  cause={"error":"TypeError"}  path="a b"',
            "",
        ].join("\n"),
    );
});

test("colours mark the level alone, and are left out where nobody asked for them", () => {
    let written = "";
    const output = { write: (text: string) => (written += text) !== "" };
    createReadableLogger("warn", { output, colours: true }).warn({}, "careful");
    expect(written).toContain("\u001B[33mwarn \u001B[0m  careful\n");
});

test("a log file and the folder that is made for it are the owner's alone", () => {
    const base = mkdtempSync(join(tmpdir(), "bimedix2-log-"));
    onTestFinished(() => rmSync(base, { recursive: true }));
    const file = join(base, "data", "product.log");
    createLogger("info", file).info("Started");
    expect([dirname(file), file].map((path) => statSync(path).mode & 0o777)).toEqual([
        0o700, 0o600,
    ]);
});
