import { expect, test } from "vitest";
import { AccountHealth } from "../../../adapters/whatsapp-cloud/account-health.ts";
import { AppError } from "../../../src/errors.ts";
import type { PlatformCondition } from "../../../src/status-ports.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";

test("the administrator sees at every moment how the number stands, and the log says each thing once", async () => {
    const shown: PlatformCondition["name"][] = [];
    const logger = createRecordingLogger();
    const health = new AccountHealth(logger, "106540352242922", ({ name }) => shown.push(name));
    const refused = new AppError("config-invalid", "Meta refuses the access token.");
    const fail = () => health.watch(Promise.reject(refused)).catch(() => undefined);

    health.unreachable();
    await health.watch(Promise.resolve());
    expect(shown.at(-1)).toBe("running");

    await fail();
    // What has stopped and started meanwhile has shown something else.
    shown.push("starting");
    await fail();
    expect(shown.at(-1)).toBe("failing");
    await health.watch(Promise.resolve());
    expect(shown.at(-1)).toBe("running");
    expect(logger.entries).toHaveLength(2);
});
