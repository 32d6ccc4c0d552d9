import { expect, test } from "vitest";
import { DirectAnswers } from "../src/direct-answers.ts";
import { assemble, echo, message, never } from "./fakes/assembled-parts.ts";
import { createRecordingLogger } from "./fakes/recording-logger.ts";
import { createRecordingPlatform } from "./fakes/recording-platform.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";

test("messages of one conversation are answered one after another, others beside them", async () => {
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const model = createScriptedModel(async (request, options) => {
        if (request.messages.at(-1)?.text.startsWith("First")) await slow;
        return echo(request, options);
    });
    const platform = createRecordingPlatform();
    const parts = assemble(model);
    const direct = new DirectAnswers(() => parts, never);
    direct.receive(message("First question of mine"), platform);
    direct.receive(message("Second question of mine"), platform);
    direct.receive(message("Mine is another", { conversation: "terminal:local:other" }), platform);
    while (platform.texts.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    release();
    await direct.idle();
    expect(platform.texts.map((text) => text.split("\n")[0])).toEqual([
        "You said: Mine is another",
        "You said: First question of mine",
        "You said: Second question of mine",
    ]);
});

test("a cancelled answer leaves nothing half-written, and is no failure", async () => {
    const stop = new AbortController();
    const logger = createRecordingLogger();
    const model = createScriptedModel(() => {
        stop.abort();
        return "half";
    });
    const platform = createRecordingPlatform();
    const parts = assemble(model, { logger });
    const direct = new DirectAnswers(() => parts, stop.signal);
    direct.receive(message("I have a headache"), platform);
    await direct.idle();
    expect(platform.replies.map(({ abandoned }) => abandoned)).toEqual([true]);
    expect(platform.texts).toEqual([]);
    expect(logger.entries).toEqual([]);
});
