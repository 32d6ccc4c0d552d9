import { expect, test, vi } from "vitest";
import type { AssistantParts } from "../src/assistant.ts";
import { AppError } from "../src/errors.ts";
import type { ConversationKey, InboundMessage } from "../src/message.ts";
import type { Backlog, Inbox } from "../src/queue-ports.ts";
import { Receiver } from "../src/receive.ts";
import { assemble, failing, message, never, notices } from "./fakes/assembled-parts.ts";
import { createMemoryExchange } from "./fakes/memory-exchange.ts";
import { createRecordingPlatform } from "./fakes/recording-platform.ts";
import { createMemoryStore } from "./fakes/memory-store.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";
import { openTestSafety } from "./fakes/test-safety.ts";

const parts = assemble(createScriptedModel(() => ""));
const calm: Backlog = { conversations: 0, waitMs: 0, workers: 1 };

function inboxWith(backlog: Backlog): Inbox {
    return { ...createMemoryExchange().inbox, backlog: () => Promise.resolve(backlog) };
}

function receiverOf(inbox: Inbox, changes: Partial<AssistantParts> = {}): Receiver {
    const queue = { tellWaitAbove: 20 };
    return new Receiver(
        () => ({ ...parts, ...changes, inbox, queue, workerBackWithinMs: 1 }),
        never,
    );
}

/** Takes everything, and keeps it. */
function openInbox(): { readonly inbox: Inbox; readonly taken: InboundMessage[] } {
    const taken: InboundMessage[] = [];
    const inbox: Inbox = {
        ...inboxWith(calm),
        accept: (accepted) => {
            taken.push(accepted);
            return Promise.resolve("accepted");
        },
    };
    return { inbox, taken };
}

const patient: ConversationKey = "telegram:7:42";
const strict = {
    settings: { ...parts.settings, consent: { required: true, minimumAge: 18 } },
} as const;

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

test("a notice is in the language that the patient wrote before", async () => {
    const accept = (): Promise<never> =>
        Promise.reject(new AppError("store-unavailable", "Redis is away.", { retryable: true }));
    const stop = new AbortController();
    const queue = { tellWaitAbove: 20 };
    const calmInbox = inboxWith(calm);
    let isAway = false;
    const inbox: Inbox = {
        ...calmInbox,
        accept: (...args) => (isAway ? accept() : calmInbox.accept(...args)),
    };
    const receiver = new Receiver(() => ({ ...parts, inbox, queue }), stop.signal);
    const platform = createRecordingPlatform();
    await receiver.receive(message("عندي صداع منذ أمس", { conversation: patient }), platform);
    isAway = true;
    const attachments = [{ kind: "image", id: "scan" }] as const;
    const scan = message("", { conversation: patient, attachments });
    const waiting = receiver.receive(scan, platform);
    await vi.waitFor(() => expect(platform.texts).toEqual([notices("delayed", "ar")]), 20_000);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: "aborted" });
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

const emergency = { emergency: true, crisis: false };

test("an emergency is marked before it is stored, whether it comes whole, in two messages, or through what is known of the patient", async () => {
    const store = createMemoryStore();
    const { inbox, taken } = openInbox();
    const receiver = receiverOf(inbox, { store });
    const platform = createRecordingPlatform();
    const send = async (text: string, chat: number): Promise<void> => {
        const conversation: ConversationKey = `telegram:7:${String(chat)}`;
        await receiver.receive(message(text, { conversation }), platform);
    };
    await send("crushing chest pain, sweating, can't breathe", 1);
    await send("thank you, they are here", 1);
    await send("I have a bad headache", 2);
    await send("and fever, my neck is stiff", 2);
    await store.update("telegram:7:3", {
        turns: [
            {
                role: "user",
                text: "I am 34 weeks pregnant",
                language: "en",
                atMs: 1,
                images: [],
            },
        ],
    });
    await send("terrible headache and I see flashing lights", 3);
    await send("terrible headache and I see flashing lights", 4);
    expect(taken.map(({ alarm }) => alarm)).toMatchObject({
        0: emergency,
        3: emergency,
        4: emergency,
    });
    expect(taken[1]?.alarm).toBeUndefined();
});

test("words behind a command that call for help are no command", async () => {
    const { inbox, taken } = openInbox();
    const receiver = receiverOf(inbox);
    const platform = createRecordingPlatform();
    const cry = "I have crushing chest pain and cannot breathe";
    const command = { name: "doctor", argument: cry } as const;
    await receiver.receive(message(`/doctor ${cry}`, { command }), platform);
    const choice = { name: "doctor", argument: "back" } as const;
    await receiver.receive(message("", { command: choice }), platform);
    expect(taken[0]).toMatchObject({ text: cry, alarm: emergency });
    expect(taken[0]).not.toHaveProperty("command");
    expect(taken[1]).toMatchObject({ command: choice });
    expect(taken[1]).not.toHaveProperty("alarm");
});

test("an edit that makes an emergency of an answered message gets its fixed message", async () => {
    const inbox: Inbox = { ...inboxWith(calm), accept: () => Promise.resolve("late") };
    const platform = createRecordingPlatform();
    const receiver = receiverOf(inbox);
    await receiver.receive(message("thank you", { edit: true }), platform);
    expect(platform.texts).toEqual([]);
    const cry = "I have crushing chest pain and cannot breathe";
    await receiver.receive(message(cry, { edit: true }), platform);
    expect(platform.texts).toHaveLength(1);
    expect(platform.texts[0]).toContain(notices("emergency", "en"));
});

test("while the store is away an emergency is told what to do, at once and once", async () => {
    const { inbox } = openInbox();
    const platform = createRecordingPlatform();
    const receiver = receiverOf(failing(inbox, "accept", 3));
    await receiver.receive(message("لا أستطيع التنفس وصدري يؤلمني بشدة"), platform);
    expect(platform.texts).toHaveLength(1);
    expect(platform.texts[0]).toContain(notices("emergency", "ar"));
    expect(platform.texts[0]).toContain(notices("emergency", "en"));
});

test("an emergency behind a message that waits for the store is told at once and once, whichever is noticed first", async () => {
    const gates: (() => void)[] = [];
    let away = true;
    const accept = async (): Promise<"accepted"> => {
        await new Promise<void>((open) => gates.push(open));
        if (away) throw new AppError("store-unavailable", "Away.", { retryable: true });
        return "accepted";
    };
    const platform = createRecordingPlatform();
    const receiver = receiverOf({ ...inboxWith(calm), accept });
    const nextTry = async (): Promise<void> => {
        await vi.waitFor(() => expect(gates).toHaveLength(1), 20_000);
        gates.pop()?.();
    };
    const fixed = (): number =>
        platform.texts.filter((text) => text.includes(notices("emergency", "en"))).length;
    const emergencies = [1, 2].map(() => message("I have crushing chest pain and cannot breathe"));
    const [early, late] = emergencies as [InboundMessage, InboundMessage];
    const first = receiver.receive(message("Hello there"), platform);
    // It comes before anybody knows that the store is away.
    receiver.glance(early, platform);
    receiver.glance(message("thank you"), platform);
    expect(fixed()).toBe(0);
    await nextTry();
    await vi.waitFor(() => expect(fixed()).toBe(1), 20_000);
    receiver.glance(late, platform);
    receiver.glance(late, platform);
    await receiver.idle();
    expect(fixed()).toBe(2);
    await nextTry();
    away = false;
    await nextTry();
    await first;
    away = true;
    const second = receiver.receive(early, platform);
    await nextTry();
    away = false;
    await nextTry();
    await second;
    const third = receiver.receive(late, platform);
    await nextTry();
    await third;
    // With the store there its turn brings the message.
    receiver.glance(message("I have crushing chest pain and cannot breathe"), platform);
    await receiver.idle();
    expect(fixed()).toBe(2);
    expect(platform.texts).toHaveLength(3);
});

test("an emergency in an edit that waits is told when the store goes, though the message itself is stored", async () => {
    let away = false;
    const accept = async (): Promise<"accepted"> => {
        if (away) throw new AppError("store-unavailable", "Away.", { retryable: true });
        return "accepted";
    };
    const platform = createRecordingPlatform();
    const receiver = receiverOf({ ...inboxWith(calm), accept });
    const told = (): boolean =>
        platform.texts.some((text) => text.includes(notices("emergency", "en")));
    const original = message("Hello there");
    const next = message("Are you there?");
    const edit = { ...original, edit: true, text: "I have crushing chest pain and cannot breathe" };
    for (const one of [original, next, edit]) receiver.glance(one, platform);
    await receiver.receive(original, platform);
    away = true;
    const waiting = receiver.receive(next, platform);
    await vi.waitFor(() => expect(told()).toBe(true), 20_000);
    away = false;
    await waiting;
    await receiver.receive(edit, platform);
    await receiver.idle();
});

test("nothing of what is sent before consent is kept, but its language, and words that agree", async () => {
    const { inbox, taken } = openInbox();
    const receiver = receiverOf(inbox, strict);
    const platform = createRecordingPlatform();
    const attachments = [{ kind: "image", id: "scan" }] as const;
    const quoted = { text: "secret", fromAssistant: false };
    const sent = (text: string): InboundMessage =>
        message(text, { conversation: patient, attachments, quoted });
    for (const text of ["عندي سكر منذ سنة", "I have a mild cough", "I agree.", "لا أوافق"]) {
        await receiver.receive(sent(text), platform);
    }
    // What people say to whatever they have read is no agreement.
    await receiver.receive(sent("OK"), platform);
    await receiver.receive(sent("j'ai mal à la tête depuis hier soir"), platform);
    const argument = "and my cough";
    const command = { name: "language", argument } as const;
    await receiver.receive({ ...sent(argument), command }, platform);
    expect(taken).toMatchObject([
        { text: "", attachments: [], withheld: { language: "ar" } },
        { text: "", attachments: [], withheld: { language: "en" } },
        { text: "", command: { name: "agree" } },
        { text: "", command: { name: "decline" } },
        { text: "", withheld: { language: "ar" } },
        { text: "", withheld: { language: "ar", other: "fr" } },
        { text: "", command: { name: "language", argument: "" } },
    ]);
    expect(JSON.stringify(taken)).not.toMatch(/secret|scan|cough|سكر/);
});

test("who has agreed is not asked again, and the clinic's own terminal never", async () => {
    const store = createMemoryStore();
    await store.update(patient, { consent: { atMs: 1, wording: "w" } });
    const { inbox, taken } = openInbox();
    const receiver = receiverOf(inbox, { ...strict, store });
    const platform = createRecordingPlatform();
    const words = [message("I cough", { conversation: patient }), message("I cough")];
    for (const one of words) await receiver.receive(one, platform);
    expect(taken).toEqual(words);
});

test("the blocked hear nothing, strangers hear it once, floods are not read; emergencies always are", async () => {
    const verdicts = { "telegram:7:1": "blocked", "telegram:7:2": "not-listed" } as const;
    const safety = openTestSafety({
        access: (key) => (key in verdicts ? verdicts[key as keyof typeof verdicts] : "allowed"),
        limits: {
            take: () =>
                Promise.resolve({
                    allowed: false,
                    scope: "patient",
                    reason: "rate",
                    retryAfterMs: 1,
                    told: false,
                }),
            spend: () => Promise.resolve(),
        },
    });
    const { inbox, taken } = openInbox();
    const receiver = receiverOf(inbox, { safety });
    const platform = createRecordingPlatform();
    for (const chat of ["1", "2", "2", "3"] as const) {
        const conversation: ConversationKey = `telegram:7:${chat}`;
        await receiver.receive(message("hello", { conversation }), platform);
        await receiver.idle();
    }
    expect(platform.texts).toEqual([notices("not-listed", "en"), notices("flooded", "en")]);
    expect(taken).toEqual([]);
    for (const chat of ["1", "2", "3"] as const) {
        const conversation: ConversationKey = `telegram:7:${chat}`;
        await receiver.receive(
            message("I can't breathe, my lips are blue", { conversation }),
            platform,
        );
    }
    expect(taken.map(({ alarm }) => alarm)).toEqual([emergency, emergency, emergency]);
});
