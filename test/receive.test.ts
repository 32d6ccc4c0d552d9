import { expect, test } from "vitest";
import { AppError } from "../src/errors.ts";
import type { Backlog, Inbox } from "../src/queue-ports.ts";
import { Receiver } from "../src/receive.ts";
import { assemble, failing, message, never, notices } from "./fakes/assembled-parts.ts";
import { createMemoryExchange } from "./fakes/memory-exchange.ts";
import { createRecordingPlatform } from "./fakes/recording-platform.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";

const parts = assemble(createScriptedModel(() => ""));
const calm: Backlog = { conversations: 0, waitMs: 0, workers: 1 };

function inboxWith(backlog: Backlog): Inbox {
    return { ...createMemoryExchange().inbox, backlog: () => Promise.resolve(backlog) };
}

function receiverOf(inbox: Inbox): Receiver {
    const queue = { tellWaitAbove: 20 };
    return new Receiver({ ...parts, inbox, queue, workerBackWithinMs: 1 }, never);
}

test("a message is stored before it is acknowledged, with its urgency, also while the store is away", async () => {
    const { inbox } = createMemoryExchange();
    const accepted: unknown[] = [];
    const recording: Inbox = {
        ...inbox,
        backlog: () => Promise.resolve(calm),
        accept: (...args) => {
            accepted.push(args);
            return inbox.accept(...args);
        },
    };
    const platform = createRecordingPlatform();
    const receiver = receiverOf(failing(recording, "accept", 2));
    const first = message("عندي صداع منذ أمس");
    await receiver.receive(first, platform, { urgent: true });
    await receiver.idle();
    expect(accepted).toEqual([[first, { urgent: true }]]);
    expect(platform.texts).toEqual([notices("delayed", "ar")]);
});

test("a store that refuses is told to the patient once, however often the platform tries", async () => {
    const accept = (): Promise<never> =>
        Promise.reject(new AppError("store-failed", "The password is wrong."));
    const platform = createRecordingPlatform();
    const receiver = receiverOf({ ...inboxWith(calm), accept });
    for (let tries = 0; tries < 3; tries += 1) {
        await expect(receiver.receive(message("Hello there"), platform)).rejects.toMatchObject({
            code: "store-failed",
        });
    }
    expect(platform.texts).toEqual([notices("delayed", "en")]);
});

const threeMinutes = notices("long-wait", "en", { minutes: "3" });

test.each<[string, Backlog, readonly string[]]>([
    ["a short line", { conversations: 20, waitMs: 150_000, workers: 2 }, []],
    ["a long line", { conversations: 21, waitMs: 150_000, workers: 2 }, [threeMinutes]],
    ["a long line before a free worker", { conversations: 21, waitMs: 0, workers: 2 }, []],
    ["no worker", { conversations: 1, waitMs: 0, workers: 0 }, [notices("delayed", "en")]],
])("%s is told to the patient as it is, once", async (_name, backlog, texts) => {
    const platform = createRecordingPlatform();
    const receiver = receiverOf(inboxWith(backlog));
    const first = message("I have a headache");
    for (const one of [first, first, message("And a cough")]) {
        await receiver.receive(one, platform);
        await receiver.idle();
    }
    expect(platform.texts).toEqual(texts);
    expect(platform.replies.map(({ reply }) => reply?.more)).toEqual(texts.map(() => true));
});

test("a worker that is just being restarted is waited for, not complained about", async () => {
    let looks = 0;
    const backlog = (): Promise<Backlog> => {
        looks += 1;
        return Promise.resolve({ ...calm, workers: looks > 1 ? 1 : 0 });
    };
    const platform = createRecordingPlatform();
    const receiver = receiverOf({ ...inboxWith(calm), backlog });
    await receiver.receive(message("I have a headache"), platform);
    await receiver.idle();
    expect([looks, platform.replies]).toEqual([2, []]);
});

test("a command is not told to wait, and what cannot be told keeps nothing from being stored", async () => {
    const busy: Backlog = { conversations: 99, waitMs: 60_000, workers: 1 };
    const platform = createRecordingPlatform();
    const command = { name: "help", argument: "" } as const;
    const receiver = receiverOf(inboxWith(busy));
    await receiver.receive(message("/help", { command }), platform);
    await receiver.idle();
    expect(platform.replies).toEqual([]);

    const blocked = createRecordingPlatform(new Map(), () => {
        throw new AppError("patient-unreachable", "Blocked.");
    });
    await receiver.receive(message("I have a headache"), blocked);
    const backlog = (): Promise<never> =>
        Promise.reject(new AppError("store-unavailable", "Away.", { retryable: true }));
    await receiverOf({ ...inboxWith(busy), backlog }).receive(message("Me too"), platform);
    await receiver.idle();
    expect([...blocked.texts, ...platform.texts]).toEqual([]);
});
