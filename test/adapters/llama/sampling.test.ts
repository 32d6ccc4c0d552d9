import { expect, it } from "vitest";
import type { ChatModel } from "../../../src/ports.ts";
import { ask, openDemo, system, user } from "./demo-model.ts";

const question = [system("English"), user("Tell me about glaucoma")];

async function answers(model: ChatModel): Promise<Set<string>> {
    const texts = new Set<string>();
    for (let index = 0; index < 6; index++) texts.add((await ask(model, "a", question)).text);
    await model.close();
    return texts;
}

it("draws answers as the model's profile says", async () => {
    const options = { projectorPath: undefined };
    const profile = { topP: 1, maxTokens: 20 };
    const greedy = await openDemo({ ...options, sampling: { ...profile, temperature: 0 } });
    const likeliest = await answers(greedy);
    expect(likeliest.size).toBe(1);

    const hot = await openDemo({ ...options, sampling: { ...profile, temperature: 2 } });
    expect((await answers(hot)).size).toBeGreaterThan(1);

    const narrow = { temperature: 2, topP: 0.0001, maxTokens: 20 };
    expect(await answers(await openDemo({ ...options, sampling: narrow }))).toEqual(likeliest);
});

it("takes the profile's limit as the ceiling of an answer", async () => {
    const sampling = { temperature: 0, topP: 1, maxTokens: 5 };
    const model = await openDemo({ projectorPath: undefined, sampling });
    const { stop, tokens } = await model.generate(
        { conversation: "a", messages: question, maxTokens: 50 },
        { signal: new AbortController().signal },
    );
    expect({ stop, generated: tokens.generated }).toEqual({ stop: "length", generated: 5 });
    await model.close();
});
