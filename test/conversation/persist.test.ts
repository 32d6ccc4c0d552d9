import { expect, test } from "vitest";
import { persist } from "../../src/conversation/persist.ts";
import { AppError } from "../../src/errors.ts";
import { wait } from "../../src/wait.ts";

const never = new AbortController().signal;
const away = (): AppError => new AppError("platform-unavailable", "Away.", { retryable: true });

test("an attempt is repeated while it may succeed, and not once it cannot", async () => {
    let tries = 0;
    const attempt = (): Promise<string> => {
        tries += 1;
        if (tries < 3) return Promise.reject(away());
        return Promise.reject(new AppError("platform-rejected", "No."));
    };
    const failures: string[] = [];
    await expect(
        persist(attempt, { firstMs: 1, mostMs: 1 }, never, ({ code }) => void failures.push(code)),
    ).rejects.toMatchObject({ code: "platform-rejected" });
    expect(failures).toEqual(["platform-unavailable", "platform-unavailable"]);
});

test("patience ends with the last failure", async () => {
    const backoff = { firstMs: 5, mostMs: 5, giveUpAfterMs: 1 };
    await expect(persist(() => Promise.reject(away()), backoff, never)).rejects.toMatchObject({
        code: "platform-unavailable",
    });
});

test("a wait ends at once when it is cancelled", async () => {
    const controller = new AbortController();
    const waiting = wait(1_000_000, controller.signal);
    controller.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
});
