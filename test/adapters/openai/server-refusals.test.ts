import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ChatModel } from "../../../src/ports.ts";
import { type Handler, OpenAiServer } from "../../fakes/openai-server.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import { ask, assistant, samplePicture, system, user } from "../llama/demo-model.ts";
import { openOn, refuses, says, serve } from "./server-bench.ts";

const question = [system("English"), user("What helps?")];

let server: OpenAiServer;
let model: ChatModel;
let url: string;

beforeAll(async () => {
    server = await OpenAiServer.start(() => undefined);
    url = server.url;
});
afterAll(() => server.stop());
beforeEach(async () => {
    server.requests.length = 0;
    model = await openOn(url);
});

describe("a server that", () => {
    it("has no room or breaks the connection is asked again", async () => {
        serve(
            server,
            refuses(503, { error: { message: "Loading model" } }),
            (_, stream) => stream.cut(),
            says("There."),
        );
        expect((await ask(model, "c", question)).text).toBe("There.");
        expect(server.requests).toHaveLength(3);
    });

    it("is away fails, and may be tried again; when it is back it answers", async () => {
        const { port } = server;
        await server.stop();
        const away = await openOn(url);
        await expect(ask(away, "c", question)).rejects.toMatchObject({
            code: "model-failed",
            retryable: true,
            message: "The model server cannot be reached (ECONNREFUSED).",
        });
        server = await OpenAiServer.start(says("Back."), port);
        expect((await ask(away, "c", question)).text).toBe("Back.");
    });

    const vllm = { object: "error", message: "The model `x` does not exist.", code: 404 };
    const ollama = { error: { message: 'model "x" not found, try pulling it first' } };
    const limit = { error: { message: "At most 1 image(s) may be provided in one request." } };
    it.each<[string, Handler, boolean, RegExp]>([
        ["refuses the key", refuses(401, "no"), false, /BIMEDIX2_MODEL_API_KEY/],
        ["forbids it", refuses(403, { error: "no" }), false, /BIMEDIX2_MODEL_API_KEY/],
        ["lacks the model (vLLM)", refuses(404, vllm), false, /server\.model/],
        ["lacks the model (Ollama)", refuses(404, ollama), false, /server\.model/],
        ["is another one", refuses(404, "404 page not found"), false, /server\.url.*\/v1/],
        ["is a web site", (_, stream) => stream.page("<html>Sara"), true, /server\.url/],
        ["sends on", refuses(307, "", { location: "http://127.0.0.1:1/" }), false, /server\.url/],
        ["does not like it", refuses(400, { error: { message: "hm" } }), false, /log/],
        ["takes no more pictures", refuses(400, limit), false, /--limit-mm-per-prompt/],
        ["fails", refuses(500, "Sara"), true, /log/],
    ])("%s", async (_, handler, retryable, remedy) => {
        serve(server, handler);
        const scan = await samplePicture("xray_left_01.png");
        const error = await ask(model, "c", [user("Sara?", scan)]).catch((fault: unknown) => fault);
        expect(error).toMatchObject({
            code: "model-failed",
            retryable,
            remedy: expect.stringMatching(remedy) as string,
        });
        expect(String(error)).not.toContain("Sara");
        expect(server.requests).toHaveLength(retryable ? 3 : 1);
    });
});

describe("a prompt that the server finds too long", () => {
    const talk = Array.from({ length: 20 }, (_, index) => [
        user(`Question ${index} about a headache and what to do`),
        assistant("Rest in a quiet room, drink water and see a doctor if it lasts."),
    ]).flat();
    const messages = [system("English"), ...talk, user("And now?")];
    const inStream: Handler = (_, stream) =>
        stream.raw('event: error\ndata: {"error":{"message":"n_keep >= n_ctx"}}\n\n');
    const outright = refuses(400, {
        object: "error",
        message: "This model's maximum context length is 512 tokens. However, you requested 600",
    });

    it.each([
        ["outright", outright],
        ["within the stream", inStream],
    ])("%s loses its oldest turns, in two steps", async (_, tooLong) => {
        const logger = createRecordingLogger();
        const logged = await openOn(url, { logger });
        serve(server, tooLong, tooLong, says("Rest."));
        const answer = await ask(logged, "c", messages);
        expect(answer).toMatchObject({ text: "Rest.", droppedTurns: talk.length });
        const sent = server.requests.map(({ body }) => body.messages.length);
        expect(sent[0]).toBeGreaterThan(sent[1] ?? 0);
        expect(sent[1]).toBeGreaterThan(2);
        expect(sent[2]).toBe(2);
        const last = server.requests.map(({ body }) => body.messages.at(-1)?.content);
        expect(new Set(last)).toEqual(new Set(["And now?"]));
        expect(JSON.stringify(logger.entries)).not.toContain("headache");
    });

    it("is too long when nothing but the last message is left", async () => {
        serve(server, outright);
        await expect(ask(model, "c", messages)).rejects.toMatchObject({ code: "prompt-too-long" });
        expect(server.requests).toHaveLength(3);
    });

    it("is told by what the server has counted the last time", async () => {
        serve(server, says("Yes.", 3000), says("Yes."));
        const half = messages.slice(0, 21);
        await ask(model, "dense", [...half, user("And?")]);
        const next = await ask(model, "dense", [
            ...half,
            user("And?"),
            assistant("Yes."),
            user("So?"),
        ]);
        expect(next.droppedTurns).toBeGreaterThan(5);
        const other = await openOn(url);
        expect((await ask(other, "dense", [...half, user("And?")])).droppedTurns).toBe(0);
    });
});

describe("the description", () => {
    it.each<[string, readonly object[] | undefined, number]>([
        ["vLLM", [{ id: "served", max_model_len: 1024 }], 1024],
        ["llama-server", [{ id: "served", meta: { n_ctx: 512, n_ctx_train: 9 } }], 512],
        ["Ollama", [{ id: "served:latest" }], 2048],
        ["a server without a list", undefined, 2048],
    ])("takes the context of %s", async (_, models, contextTokens) => {
        server.models = models;
        const { description } = await openOn(url);
        expect(description).toMatchObject({ name: "Ours", contextTokens });
        expect(description.device).toBe(`server 127.0.0.1:${server.port}`);
        expect(description.vision).toEqual({ status: "ready", imageSide: 84, imageTokens: 36 });
    });
});
