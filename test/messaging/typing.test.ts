import { expect, test } from "vitest";
import { AppError } from "../../src/errors.ts";
import { Typing } from "../../src/messaging/typing.ts";

/** Records each time at which "typing" is shown; `shown(n)` resolves at the n-th. */
function recorder(answer: (count: number, signal: AbortSignal) => Promise<void>) {
    let count = 0;
    const waiting = new Map<number, () => void>();
    return {
        show: async (signal: AbortSignal): Promise<void> => {
            count += 1;
            waiting.get(count)?.();
            await answer(count, signal);
        },
        count: () => count,
        shown: async (times: number): Promise<void> => {
            if (count >= times) return;
            await new Promise<void>((resolve) => {
                waiting.set(times, resolve);
            });
        },
    };
}

const soon = { delayMs: 0, everyMs: 1 };
const unavailable = new AppError("platform-unavailable", "Away.", { retryable: true });

test("typing is shown again and again until it is stopped, and then no more", async () => {
    const { show, shown, count } = recorder(() => Promise.resolve());
    const typing = new Typing({ show, ...soon });
    typing.start();
    typing.start();
    await shown(3);
    await typing.stop();
    const atStop = count();
    await new Promise((resolve) => {
        setTimeout(resolve, 20);
    });
    expect(count()).toBe(atStop);
});

test("an answer that is out at once shows no typing", async () => {
    const { show, count } = recorder(() => Promise.resolve());
    const typing = new Typing({ show, delayMs: 5, everyMs: 1 });
    typing.start();
    await typing.stop();
    await new Promise((resolve) => {
        setTimeout(resolve, 30);
    });
    expect(count()).toBe(0);
});

test("stopping cancels a request that is under way and waits for its end", async () => {
    let ended = false;
    const { show, shown } = recorder(async (_count, signal) => {
        await new Promise<void>((resolve) => {
            signal.addEventListener("abort", () => setTimeout(resolve, 5));
        });
        ended = true;
    });
    const typing = new Typing({ show, ...soon });
    typing.start();
    await shown(1);
    await typing.stop();
    expect(ended).toBe(true);
});

test("it can be shown once more after a stop", async () => {
    const { show, shown, count } = recorder(() => Promise.resolve());
    const typing = new Typing({ show, ...soon });
    typing.start();
    await shown(1);
    await typing.stop();
    const before = count();
    typing.start();
    await shown(before + 1);
    await typing.stop();
});

test("a platform that is away for a moment is asked again, one that refuses is not", async () => {
    const { show, shown } = recorder(async (count) => {
        if (count < 3) throw unavailable;
    });
    const typing = new Typing({ show, ...soon });
    typing.start();
    await shown(3);
    await typing.stop();

    const refused = recorder(() => Promise.reject(new AppError("patient-unreachable", "Gone.")));
    const stopped = new Typing({ show: refused.show, ...soon });
    stopped.start();
    await refused.shown(1);
    await new Promise((resolve) => {
        setTimeout(resolve, 20);
    });
    await stopped.stop();
    expect(refused.count()).toBe(1);
});
