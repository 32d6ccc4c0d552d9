import sharp from "sharp";
import { expect, test } from "vitest";
import { AppError } from "../src/errors.ts";
import type { InboundMessage, Language, Reply } from "../src/message.ts";
import { answerMessage } from "../src/reply.ts";
import {
    assemble,
    conversation,
    echo,
    failing,
    failingAfter,
    message,
    never,
    notices,
    picture,
} from "./fakes/assembled-parts.ts";
import { createMemoryStore } from "./fakes/memory-store.ts";
import { createRecordingPlatform } from "./fakes/recording-platform.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";

test("the disclaimer closes the first answer and every answer about a picture, and comes back after a reset", async () => {
    const parts = assemble(createScriptedModel(echo));
    const platform = createRecordingPlatform(new Map([["scan", picture]]));
    const general = notices("disclaimer", "en");
    const aboutImage = notices("disclaimer-image", "en");
    const scan = { attachments: [{ kind: "image", id: "scan" }] } as const;
    await answerMessage(message("Hello there, doctor"), platform, parts, never);
    await answerMessage(message("What should I do now?"), platform, parts, never);
    await answerMessage(message("What is this?", scan), platform, parts, never);
    await answerMessage(
        message("/reset", { command: { name: "reset", argument: "" } }),
        platform,
        parts,
        never,
    );
    await answerMessage(message("Hello again, my friend"), platform, parts, never);
    expect(platform.texts).toEqual([
        `You said: Hello there, doctor\n\n${general}`,
        "You said: What should I do now?",
        `You said: What is this?\n\n${aboutImage}`,
        notices("reset-done", "en"),
        `You said: Hello again, my friend\n\n${general}`,
    ]);
});

test.each<[string, Partial<InboundMessage>, Language, Reply["text"]]>([
    ["an empty message", { text: " \u202e\u0000" }, "en", notices("message-empty", "en")],
    ["signs alone", { text: "@@@ ۝ ..." }, "en", notices("message-unclear", "en")],
    [
        "a message that is too long",
        { text: "الم ".repeat(25_000) },
        "ar",
        notices("message-too-long", "ar"),
    ],
    [
        "a voice message",
        { text: "", attachments: [{ kind: "other", id: "v" }], appLanguage: "ar-EG" },
        "ar",
        notices("file-unsupported", "ar"),
    ],
    [
        "a broken picture",
        { text: "", attachments: [{ kind: "image", id: "broken" }] },
        "en",
        notices("image-corrupt", "en"),
    ],
    [
        "a picture that is gone",
        { text: "", attachments: [{ kind: "image", id: "gone" }] },
        "en",
        notices("image-unavailable", "en"),
    ],
    [
        "a picture that is too large",
        { text: "", attachments: [{ kind: "image", id: "huge" }] },
        "en",
        notices("image-too-large", "en"),
    ],
])(
    "%s gets a sentence in the patient's language, and the conversation goes on",
    async (_name, content, language, expected) => {
        const parts = assemble(createScriptedModel(echo));
        const huge = await sharp({
            create: { width: 2000, height: 2000, channels: 3, background: "red" },
        })
            .png()
            .toBuffer();
        const files = new Map<string, Uint8Array>([
            ["broken", picture.subarray(0, 60)],
            ["huge", huge],
        ]);
        const platform = createRecordingPlatform(files);
        await answerMessage(message("", content), platform, parts, never);
        expect(platform.replies[0]?.reply).toEqual({ text: expected, language });
        await answerMessage(message("I have a headache today"), platform, parts, never);
        expect(platform.texts[1]).toContain("You said: I have a headache today");
    },
);

test("what can be used of a message is answered, and the rest is told", async () => {
    const model = createScriptedModel(echo);
    const platform = createRecordingPlatform(
        new Map([
            ["scan", picture],
            ["broken", picture.subarray(0, 50)],
        ]),
    );
    const attachments = ["scan", "broken", "third"].map((id) => ({ kind: "image", id }) as const);
    await answerMessage(
        message("What is this?", { attachments }),
        platform,
        assemble(model),
        never,
    );
    expect(platform.texts[0]?.split("\n\n").slice(0, 3)).toEqual([
        notices("images-too-many", "en"),
        notices("image-corrupt", "en"),
        "You said: What is this?",
    ]);
    expect(model.requests[0]?.messages.at(-1)?.images).toHaveLength(1);
});

test("words about a picture that did not come are not answered from an earlier picture", async () => {
    const platform = createRecordingPlatform(new Map([["scan", picture]]));
    const model = createScriptedModel(echo);
    const parts = assemble(model);
    const send = async (id: string): Promise<void> => {
        const sent = message("What is this?", { attachments: [{ kind: "image", id }] });
        await answerMessage(sent, platform, parts, never);
    };
    await send("scan");
    await send("gone");
    await send("scan");
    const seen = model.requests.map(({ messages }) => messages.flatMap(({ images }) => images));
    expect(seen.map(({ length }) => length)).toEqual([1, 0, 2]);
});

test("without vision a picture is refused honestly and its caption is answered", async () => {
    const model = createScriptedModel(echo, { status: "unavailable", reason: "r", remedy: "r" });
    const platform = createRecordingPlatform();
    const attachments = [{ kind: "image", id: "scan" }] as const;
    await answerMessage(
        message("عندي صداع شديد", { attachments }),
        platform,
        assemble(model),
        never,
    );
    expect(platform.texts[0]).toMatch(notices("vision-unavailable", "ar"));
    expect(platform.texts[0]).toContain("You said: عندي صداع شديد");
});

test("a store that is away delays the answer: the patient is told once, then answered", async () => {
    const store = failing(createMemoryStore(), "read", 3);
    const platform = createRecordingPlatform();
    await answerMessage(
        message("I have a headache"),
        platform,
        assemble(createScriptedModel(echo), { store }),
        never,
    );
    expect(platform.texts).toHaveLength(2);
    expect(platform.texts[0]).toBe(notices("delayed", "en"));
    expect(platform.texts[1]).toContain("You said: I have a headache");
});

test("a store that goes away during the answer delays the storing, not the answer", async () => {
    const memory = createMemoryStore();
    const order: string[] = [];
    const platform = createRecordingPlatform(new Map(), () => order.push("delivered"));
    const store = failing(
        {
            ...memory,
            update: async (...args: Parameters<typeof memory.update>) => {
                order.push("stored");
                await memory.update(...args);
            },
        },
        "update",
        3,
    );
    await answerMessage(
        message("I have a headache"),
        platform,
        assemble(createScriptedModel(echo), { store }),
        never,
    );
    expect(order).toEqual(["delivered", "stored"]);
    expect((await memory.read(conversation)).turns.map(({ role }) => role)).toEqual([
        "user",
        "assistant",
    ]);
});

test("a patient reads that a conversation is forgotten when it is, not before", async () => {
    const memory = createMemoryStore();
    const order: string[] = [];
    const update: typeof memory.update = async (...args) => {
        await memory.update(...args);
        order.push("forgotten");
    };
    const platform = createRecordingPlatform(new Map(), () => order.push("told"));
    const store = failing({ ...memory, update }, "update", 2);
    const command = { name: "reset", argument: "" } as const;
    const parts = assemble(createScriptedModel(echo), { store });
    await answerMessage(message("/reset", { command }), platform, parts, never);
    expect(order).toEqual(["forgotten", "told"]);
});

test("a platform that is down gets the same reply again without asking the model again", async () => {
    let failures = 2;
    const model = createScriptedModel(echo);
    const platform = createRecordingPlatform(new Map(), () => {
        failures -= 1;
        if (failures >= 0) throw new AppError("platform-unavailable", "Down.", { retryable: true });
    });
    await answerMessage(message("I have a headache"), platform, assemble(model), never);
    expect(platform.texts).toHaveLength(1);
    expect(model.requests).toHaveLength(1);
});

test("a failing model gives an apology in the patient's language, and the failed turn is not remembered", async () => {
    const parts = assemble(
        createScriptedModel(() => {
            throw new AppError("model-failed", "Out of luck.");
        }),
    );
    const platform = createRecordingPlatform();
    const answer = await answerMessage(message("عندي سعال خفيف"), platform, parts, never);
    expect(answer.failure).toBe("model-failed");
    expect(platform.texts).toEqual([notices("failed", "ar")]);
    expect(await parts.store.read(conversation)).toEqual({ turns: [] });
});

test("a stored picture that is gone does not keep the conversation from going on", async () => {
    const memory = createMemoryStore();
    const store = { ...memory, readImage: () => Promise.resolve(undefined) };
    const model = createScriptedModel(echo);
    const parts = assemble(model, { store });
    const platform = createRecordingPlatform(new Map([["scan", picture]]));
    const attachments = [{ kind: "image", id: "scan" }] as const;
    await answerMessage(message("What is this?", { attachments }), platform, parts, never);
    await answerMessage(message("On which side is it?"), platform, parts, never);
    expect(platform.texts[1]).toBe("You said: On which side is it?");
    expect(model.requests.at(-1)?.messages.flatMap(({ images }) => images)).toEqual([]);
});

test("an explicit wish for a language is kept until the patient wishes otherwise", async () => {
    const model = createScriptedModel(echo);
    const parts = assemble(model);
    const platform = createRecordingPlatform();
    const lastLine = (): string | undefined =>
        model.requests.at(-1)?.messages[0]?.text.split("\n").at(-1);
    await answerMessage(message("عندي صداع منذ أمس"), platform, parts, never);
    expect(lastLine()).toBe("Reply in Arabic.");
    await answerMessage(message("Please reply in English"), platform, parts, never);
    expect(lastLine()).toBe("Reply in English.");
    await answerMessage(message("شكرا جزيلا لك"), platform, parts, never);
    expect(lastLine()).toBe("Reply in English.");
    const command = { name: "language", argument: "automatic" } as const;
    await answerMessage(message("/language automatic", { command }), platform, parts, never);
    await answerMessage(message("شكرا جزيلا لك"), platform, parts, never);
    expect(lastLine()).toBe("Reply in Arabic.");
});

test("the model is told what a message replies to, and only a short part of it", async () => {
    const model = createScriptedModel(echo);
    const quoted = { text: `Take rest. ${"x".repeat(5000)}`, fromAssistant: true };
    await answerMessage(
        message("Why is that?", { quoted }),
        createRecordingPlatform(),
        assemble(model),
        never,
    );
    const asked = model.requests[0]?.messages.at(-1)?.text ?? "";
    expect(asked).toMatch(/Take rest\. x+…?\n\nWhy is that\?$/);
    expect(asked.length).toBeLessThan(400);
});

test("a model that has lost its sight still answers text in a conversation with a picture", async () => {
    const platform = createRecordingPlatform(new Map([["scan", picture]]));
    const seeing = assemble(createScriptedModel(echo));
    const attachments = [{ kind: "image", id: "scan" }] as const;
    await answerMessage(message("What is this?", { attachments }), platform, seeing, never);
    const vision = { status: "unavailable", reason: "r", remedy: "r" } as const;
    const blind = createScriptedModel(echo, vision);
    const { store } = seeing;
    await answerMessage(
        message("Thank you very much"),
        platform,
        assemble(blind, { store }),
        never,
    );
    expect(platform.texts[1]).toBe("You said: Thank you very much");
    expect(blind.requests[0]?.messages.flatMap(({ images }) => images)).toEqual([]);
});

test("a turn whose storing took effect unnoticed is not stored again", async () => {
    const memory = createMemoryStore();
    const store = failingAfter(memory, "update");
    const parts = assemble(createScriptedModel(echo), { store });
    await answerMessage(message("I have a headache"), createRecordingPlatform(), parts, never);
    expect((await memory.read(conversation)).turns).toHaveLength(2);
});

test("a store that refuses is apologised for in the patient's language", async () => {
    const read = (): Promise<never> =>
        Promise.reject(new AppError("store-failed", "The password is wrong."));
    const parts = assemble(createScriptedModel(echo), { store: { ...createMemoryStore(), read } });
    const platform = createRecordingPlatform();
    await answerMessage(message("عندي صداع منذ أمس"), platform, parts, never);
    expect(platform.texts).toEqual([notices("failed", "ar")]);
});

test("a reply that the platform refuses becomes an apology", async () => {
    let first = true;
    const platform = createRecordingPlatform(new Map(), () => {
        if (first) {
            first = false;
            throw new AppError("platform-rejected", "No.");
        }
    });
    const parts = assemble(createScriptedModel(echo));
    await answerMessage(message("I have a headache"), platform, parts, never);
    expect(platform.texts).toEqual([notices("failed", "en")]);
});
