import { expect, test } from "vitest";
import { deliverReply } from "../src/deliver-reply.ts";
import { AppError, type AppErrorOptions } from "../src/errors.ts";
import type { Reply } from "../src/message.ts";
import type { DeliveryEnd, OpenDelivery } from "../src/queue-ports.ts";
import { assemble, never, notices } from "./fakes/assembled-parts.ts";
import { createJournalingPlatform } from "./fakes/journaling-platform.ts";
import { createRecordingLogger } from "./fakes/recording-logger.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";

const conversation = "telegram:clinic:7";
const reply: Reply = { text: "Drink water.", language: "en" };
const parts = assemble(createScriptedModel(() => ""));
const settings = { deliveryGiveUpMs: 3_600_000 };

/** A delivery whose journal outlives it. */
function delivery(rest: Partial<OpenDelivery> = {}, ageMs = 0): OpenDelivery {
    let state: unknown;
    return {
        id: "1",
        to: { conversation, messageId: "1" },
        journal: {
            get state() {
                return state;
            },
            save: (next) => {
                state = next;
                return Promise.resolve();
            },
        },
        signal: never,
        onProgress: (show) => show("Drink"),
        reply: () => Promise.resolve({ reply, committedAtMs: Date.now() - ageMs }),
        ...rest,
    };
}

function failingWith(code: AppError["code"], options: AppErrorOptions = {}) {
    let left = 1;
    return createJournalingPlatform(() => {
        left -= 1;
        if (left >= 0) throw new AppError(code, "No.", options);
    });
}

test("a reply grows as one message until it is complete", async () => {
    const platform = createJournalingPlatform();
    const seen: boolean[] = [];
    const growing = delivery({
        reply: async () => {
            await new Promise((resolve) => setTimeout(resolve, 0));
            seen.push(...platform.screen(conversation).map((one) => one.growing));
            return { reply, committedAtMs: Date.now() };
        },
    });
    expect(await deliverReply(growing, platform, parts, settings)).toBe("delivered");
    expect(seen).toEqual([true]);
    expect(platform.screen(conversation)).toEqual([
        { to: growing.to, text: "Drink water.", growing: false },
    ]);
});

test("what was shown is taken back when there is no reply, and left when another process goes on", async () => {
    const platform = createJournalingPlatform();
    const nothing = delivery({ reply: () => Promise.resolve(undefined) });
    expect(await deliverReply(nothing, platform, parts, settings)).toBe("delivered");
    expect(platform.screen(conversation)).toEqual([]);

    const aborted = (): Promise<never> =>
        Promise.reject(new AppError("aborted", "The process stops."));
    const open = delivery();
    const first = deliverReply({ ...open, reply: aborted }, platform, parts, settings);
    await expect(first).rejects.toMatchObject({ code: "aborted" });
    expect(platform.screen(conversation).map(({ growing }) => growing)).toEqual([true]);
    expect(await deliverReply(open, platform, parts, settings)).toBe("delivered");
    expect(platform.screen(conversation).map(({ text }) => text)).toEqual(["Drink water."]);
});

test.each<[string, number, number | undefined, DeliveryEnd]>([
    ["at once", 0, undefined, { againInMs: 1000 }],
    ["as the platform wishes", 0, 40_000, { againInMs: 40_000 }],
    ["rarely when the reply is old", 600_000, undefined, { againInMs: 60_000 }],
    ["no more when it is too old", 3_600_000, undefined, "dead"],
])("a platform that is away is tried again %s", async (_name, ageMs, retryAfterMs, end) => {
    const platform = failingWith("platform-unavailable", {
        retryable: true,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
    const open = delivery({}, ageMs);
    expect(await deliverReply(open, platform, parts, settings)).toEqual(end);
    expect(platform.screen(conversation).map(({ growing }) => growing)).toEqual([true]);
    expect(await deliverReply(open, platform, parts, settings)).toBe("delivered");
    expect(platform.screen(conversation).map(({ text }) => text)).toEqual(["Drink water."]);
});

test("the pauses double with the age of the reply", async () => {
    const platform = createJournalingPlatform(() => {
        throw new AppError("platform-unavailable", "Down.", { retryable: true });
    });
    const end = await deliverReply(delivery({}, 8000), platform, parts, settings);
    const { againInMs } = typeof end === "object" ? end : { againInMs: 0 };
    expect(againInMs).toBeGreaterThanOrEqual(8000);
    expect(againInMs).toBeLessThan(16_000);
});

test("a patient who cannot be reached is given up, and nothing half-written stays", async () => {
    const platform = failingWith("patient-unreachable");
    expect(await deliverReply(delivery(), platform, parts, settings)).toBe("dropped");
    expect(platform.screen(conversation)).toEqual([]);
});

test("a reply that the platform refuses becomes an apology", async () => {
    const platform = failingWith("platform-rejected");
    expect(await deliverReply(delivery(), platform, parts, settings)).toBe("dropped");
    expect(platform.screen(conversation).map(({ text }) => text)).toEqual([
        notices("failed", "en"),
    ]);
});

test.each([
    [
        "the bot is not in the group any more",
        "patient-unreachable",
        "The patient has blocked the bot.",
        /add it to the group again.*bimedix2 queue resend --all/,
    ],
    ["the group is refused", "platform-rejected", undefined, /add it to the group again/],
    ["the system refuses", "platform-rejected", "Mend the system.", /^Mend the system\.$/],
] as const)(
    "a note is set aside when %s, and no apology is told",
    async (_why, code, advice, remedy) => {
        const platform = failingWith(code, advice === undefined ? {} : { remedy: advice });
        const logger = createRecordingLogger();
        const note: Reply = { ...reply, note: { kind: "crisis", code: "K7Q3X" } };
        const open = delivery({
            reply: () => Promise.resolve({ reply: note, committedAtMs: Date.now() }),
        });
        expect(await deliverReply(open, platform, { ...parts, logger }, settings)).toBe("dead");
        expect(platform.screen(conversation)).toEqual([]);
        expect(logger.entries).toEqual([
            {
                level: "error",
                fields: expect.objectContaining({
                    code,
                    remedy: expect.stringMatching(remedy) as string,
                }) as object,
                sentence: "a note for the clinic's people is set aside",
            },
        ]);
        expect(await deliverReply(open, platform, parts, settings)).toBe("delivered");
    },
);

test("a store that fails while the reply is awaited is left to the queue", async () => {
    const platform = createJournalingPlatform();
    const away = new AppError("store-unavailable", "Redis is away.", { retryable: true });
    const open = delivery({ reply: () => Promise.reject(away) });
    await expect(deliverReply(open, platform, parts, settings)).rejects.toBe(away);
    expect(platform.screen(conversation).map(({ growing }) => growing)).toEqual([true]);
});
