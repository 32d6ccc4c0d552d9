import { expect, test } from "vitest";
import { AppError } from "../src/errors.ts";
import { Reception } from "../src/reception.ts";
import {
    assemble,
    conversation,
    echo,
    failing,
    message,
    never,
    notices,
} from "./fakes/assembled-parts.ts";
import { createMemoryInbox } from "./fakes/memory-store.ts";
import { createRecordingPlatform } from "./fakes/recording-platform.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";

test("a cancelled answer leaves nothing half-written and stays in the inbox for the next start", async () => {
    const stop = new AbortController();
    const parts = assemble(
        createScriptedModel(() => {
            stop.abort();
            return "half";
        }),
    );
    const platform = createRecordingPlatform();
    const reception = new Reception(parts, stop.signal);
    await reception.receive(message("I have a headache"), platform);
    await reception.idle();
    expect(platform.replies.map(({ abandoned }) => abandoned)).toEqual([true]);
    expect(platform.texts).toEqual([]);

    const next = assemble(createScriptedModel(echo), { inbox: parts.inbox, store: parts.store });
    const restarted = new Reception(next, never);
    await restarted.recover([platform]);
    await restarted.idle();
    expect(platform.texts[0]).toContain("You said: I have a headache");
    expect(await parts.inbox.unsettled()).toEqual([]);
});

test("messages are taken over while the store is away, each is answered once, in order", async () => {
    const inbox = failing(createMemoryInbox(), "accept", 2);
    const platform = createRecordingPlatform();
    const parts = assemble(createScriptedModel(echo), { inbox });
    const reception = new Reception(parts, never);
    const first = message("My first question is here");
    await reception.receive(first, platform);
    await reception.receive(first, platform);
    await reception.receive(message("My second question is here"), platform);
    await reception.idle();
    expect(platform.texts.map((text) => text.split("\n")[0])).toEqual([
        notices("delayed", "en").split("\n")[0],
        "You said: My first question is here",
        "You said: My second question is here",
    ]);
});

test("an answer that was stored and not delivered before a stop is delivered by the next start, whole and without asking the model again", async () => {
    const stop = new AbortController();
    const model = createScriptedModel(echo);
    const parts = assemble(model);
    const broken = createRecordingPlatform(new Map(), () => {
        stop.abort();
        throw new AppError("platform-unavailable", "Down.", { retryable: true });
    });
    const reception = new Reception(parts, stop.signal);
    await reception.receive(message("I have a headache"), broken);
    await reception.idle();
    expect(broken.replies.map(({ abandoned }) => abandoned)).toEqual([true]);

    const platform = createRecordingPlatform();
    const restarted = new Reception(parts, never);
    await restarted.recover([platform]);
    await restarted.idle();
    expect(platform.texts).toEqual([
        `You said: I have a headache\n\n${notices("disclaimer", "en")}`,
    ]);
    expect(model.requests).toHaveLength(1);
    expect((await parts.store.read(conversation)).turns).toHaveLength(2);
});

test("a platform recovers its own conversations only", async () => {
    const parts = assemble(createScriptedModel(echo));
    const foreign = message("My test result is private", { conversation: "terminal:other:chat" });
    await parts.inbox.accept(foreign);
    await parts.inbox.accept(message("I have a headache"));
    const platform = createRecordingPlatform();
    const reception = new Reception(parts, never);
    await reception.recover([platform]);
    await reception.idle();
    expect(platform.replies.map(({ to }) => to.conversation)).toEqual([conversation]);
    expect(await parts.inbox.unsettled()).toEqual([foreign]);
});

test("a message that is recovered and received at once is answered once", async () => {
    const inbox = createMemoryInbox();
    const parts = assemble(createScriptedModel(echo), { inbox });
    const platform = createRecordingPlatform();
    const reception = new Reception(parts, never);
    await Promise.all([
        reception.receive(message("I have a headache"), platform),
        reception.recover([platform]),
    ]);
    await reception.recover([platform]);
    await reception.idle();
    expect(platform.texts).toHaveLength(1);
});

test("a store that refuses a message is told to the patient once, however often the platform tries", async () => {
    const accept = (): Promise<never> =>
        Promise.reject(new AppError("store-failed", "The password is wrong."));
    const inbox = { ...createMemoryInbox(), accept };
    const platform = createRecordingPlatform();
    const reception = new Reception(assemble(createScriptedModel(echo), { inbox }), never);
    const stubborn = message("عندي صداع منذ أمس");
    for (let tries = 0; tries < 3; tries += 1) {
        await expect(reception.receive(stubborn, platform)).rejects.toMatchObject({
            code: "store-failed",
        });
    }
    expect(platform.texts).toEqual([notices("delayed", "ar")]);
});
