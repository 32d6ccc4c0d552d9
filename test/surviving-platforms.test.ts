import { expect, test, vi } from "vitest";
import { AppError } from "../src/errors.ts";
import type { PlatformAccount, PlatformName } from "../src/message.ts";
import type { Platform } from "../src/ports.ts";
import type { PlatformCondition } from "../src/status-ports.ts";
import { survivingPlatforms } from "../src/surviving-platforms.ts";
import { createRecordingLogger } from "./fakes/recording-logger.ts";

const pauses = { firstMs: 1, mostMs: 1 };
const refused = new AppError("config-invalid", "The token is refused.", { remedy: "Ask for one." });

/** A platform that fails so many times, then runs until it is stopped. */
function platform(name: PlatformName, failures: number): Platform & { tries: number } {
    const account: PlatformAccount = `${name}:1`;
    const made = {
        name,
        account,
        sharing: "together" as const,
        tries: 0,
        run: async (_receive: unknown, signal: AbortSignal) => {
            made.tries += 1;
            if (made.tries <= failures) throw refused;
            await new Promise((resolve) => signal.addEventListener("abort", resolve));
        },
        download: () => Promise.reject(new Error("nothing to download")),
        startReply: () => {
            throw new Error("nothing to say");
        },
    };
    return made;
}

/** Runs all of them until `stop` aborts. */
function runAll(platforms: readonly Platform[], stop: AbortSignal) {
    const logger = createRecordingLogger();
    const shown = new Map<PlatformAccount, PlatformCondition>();
    const conditions = {
        show: (account: PlatformAccount, condition: PlatformCondition) =>
            void shown.set(account, condition),
    };
    const receive = (): Promise<void> => Promise.resolve();
    const running = survivingPlatforms(platforms, { conditions, logger, pauses });
    const ended = Promise.all(running.map((one) => one.run(receive, stop)));
    return { ended, shown, logger };
}

test("a platform that needs the administrator is tried again while patients of another are served", async () => {
    const stop = new AbortController();
    const [telegram, whatsapp] = [platform("telegram", 3), platform("whatsapp-cloud", 0)];
    const { ended, shown, logger } = runAll([telegram, whatsapp], stop.signal);
    await vi.waitFor(() => expect(telegram.tries).toBe(4), 20_000);
    expect(shown.get("telegram:1")).toEqual({
        name: "failing",
        reason: "The token is refused.",
        remedy: "Ask for one.",
    });
    expect(logger.entries.length).toBe(3);
    expect(whatsapp.tries).toBe(1);
    stop.abort();
    await ended;
});

test("where no patient could be served, the program ends and says why", async () => {
    const stop = new AbortController();
    const staff = platform("web", 0);
    const { ended } = runAll([platform("telegram", 9), staff], stop.signal);
    await expect(ended).rejects.toBe(refused);
    const both = runAll([platform("telegram", 99), platform("whatsapp-web", 99)], stop.signal);
    await expect(both.ended).rejects.toBe(refused);
    stop.abort();
});

test("what is no fault of the configuration is never hidden", async () => {
    const stop = new AbortController();
    const broken = platform("telegram", 0);
    const failure = new AppError("store-failed", "Something is broken.");
    const failing = { ...broken, run: () => Promise.reject(failure) };
    const { ended } = runAll([failing, platform("whatsapp-cloud", 0)], stop.signal);
    await expect(ended).rejects.toBe(failure);
    stop.abort();
});

test("a platform that was stopped while it failed counts again when it runs anew", async () => {
    const logger = createRecordingLogger();
    const conditions = { show: () => undefined };
    const slow = { firstMs: 60_000, mostMs: 60_000 };
    const platforms = [platform("telegram", 1), platform("whatsapp-cloud", 1)];
    const [telegram, whatsapp] = survivingPlatforms(platforms, {
        conditions,
        logger,
        pauses: slow,
    });
    const receive = (): Promise<void> => Promise.resolve();
    const early = new AbortController();
    const failed = telegram?.run(receive, early.signal);
    await vi.waitFor(() => expect(logger.entries.length).toBe(1), 20_000);
    early.abort();
    await failed;

    const stop = new AbortController();
    const running = [telegram, whatsapp].map(
        (one) => one?.run(receive, stop.signal) ?? Promise.resolve(),
    );
    await vi.waitFor(() => expect(logger.entries.length).toBe(2), 20_000);
    stop.abort();
    await Promise.all(running);
});
