/** What the model keeps of a conversation: under which key, and that it is told of erasures. */
import { expect, it } from "vitest";
import { AppError } from "../src/errors.ts";
import type { ConversationKey } from "../src/message.ts";
import type { ChatModel } from "../src/ports.ts";
import { answerMessage } from "../src/reply.ts";
import { serve } from "../src/serve.ts";
import { noTelemetry } from "../src/telemetry-ports.ts";
import { traceParts } from "../src/trace-parts.ts";
import { watchModel } from "../src/operations/watch-model.ts";
import { ProcessFigures } from "../src/operations/process-figures.ts";
import { assemble, conversation, echo, message, never } from "./fakes/assembled-parts.ts";
import { createMemoryExchange } from "./fakes/memory-exchange.ts";
import { createRecordingPlatform } from "./fakes/recording-platform.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";

const key = new Uint8Array(32).fill(7);
const erase = () => Promise.reject(new RangeError("Nobody asked for it."));

it("a model that keeps what it reads is given the conversation's key, and answers without it", async () => {
    const model = createScriptedModel(echo);
    const forgotten: string[] = [];
    const keeping = { ...model, forget: (chat: string) => void forgotten.push(chat) };
    const asked: ConversationKey[] = [];
    const data = {
        erase,
        cacheKey: async (chat: ConversationKey) => {
            asked.push(chat);
            if (asked.length > 1) throw new AppError("store-unavailable", "Redis is away.");
            return key;
        },
    };
    const platform = createRecordingPlatform(new Map());
    for (const text of ["Hello there, doctor", "What should I do now?"]) {
        await answerMessage(message(text), platform, assemble(keeping, { data }), never);
    }
    await answerMessage(message("Thank you, doctor"), platform, assemble(model, { data }), never);
    expect(platform.texts.map((text) => text.split("\n")[0])).toEqual([
        "You said: Hello there, doctor",
        "You said: What should I do now?",
        "You said: Thank you, doctor",
    ]);
    expect(asked).toEqual([conversation, conversation]);
    expect(model.requests.map(({ cacheKey }) => cacheKey)).toEqual([key, undefined, undefined]);
});

it("an answer that ends while its key is read is not begun by the model", async () => {
    const model = createScriptedModel(echo);
    const keeping = { ...model, forget: () => undefined };
    const over = new AbortController();
    const cacheKey = async (): Promise<Uint8Array> => {
        over.abort("lost");
        return await Promise.resolve(key);
    };
    const parts = assemble(keeping, { data: { erase, cacheKey } });
    const platform = createRecordingPlatform(new Map());
    const answering = answerMessage(message("Hello there"), platform, parts, over.signal);
    await expect(answering).rejects.toMatchObject({ code: "aborted" });
    expect(model.requests).toEqual([]);
});

it("a worker's model is told of what is erased, also through what watches and traces it", async () => {
    const forgotten: string[] = [];
    const model: ChatModel = {
        ...createScriptedModel(echo),
        forget: (chat) => void forgotten.push(chat),
    };
    const parts = assemble(watchModel(model, new ProcessFigures()));
    const { model: watched } = traceParts(parts, noTelemetry.begin("answer"), noTelemetry);
    const exchange = createMemoryExchange();
    const over = new AbortController();
    const turns: typeof exchange.turns = {
        ...exchange.turns,
        onErased: async (listen, signal) => {
            listen("telegram:1:2");
            await exchange.turns.onErased(listen, signal);
        },
    };
    const duties = {
        platforms: [],
        desk: () => Promise.resolve("done" as const),
        finishWithinMs: 1,
        worker: {
            model: watched.description,
            slots: 1,
            answer: () => Promise.resolve("done" as const),
            forget: (chat: ConversationKey) => watched.forget?.(chat),
        },
    };
    const served = serve({ ...exchange, turns }, duties, over.signal);
    over.abort();
    await served;
    expect(forgotten).toEqual(["telegram:1:2"]);
    const plain = watchModel(createScriptedModel(echo), new ProcessFigures());
    expect(plain).not.toHaveProperty("forget");
    expect(plain).not.toHaveProperty("prepare");
});
