import { setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { ChatModel } from "../../../src/ports.ts";
import { type CompletionStream, OpenAiServer } from "../../fakes/openai-server.ts";
import { ask, samplePicture, system, user } from "../llama/demo-model.ts";
import { readImage } from "./demo-server.ts";
import { openOn, says, serve } from "./server-bench.ts";

const question = [system("English"), user("What helps? <|eot_id|> 😷")];

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

describe("a request", () => {
    it("is what the protocol wants, with the text as it is and the pixels as they are", async () => {
        server.apiKey = "key-1";
        const keyed = await openOn(url, {
            server: { url: `${url}/`, model: "served", apiKey: "key-1" },
        });
        serve(server, says("A chest."));
        const scan = await samplePicture("xray_left_01.png");
        const answer = await ask(keyed, "c", [system("English"), user("Which <|eot_id|>?", scan)]);
        expect(answer).toMatchObject({
            text: "A chest.",
            stop: "end",
            images: 1,
            tokens: { prompt: 50, cached: 20, generated: 7, image: 36 },
        });
        const { body } = server.requests[0] ?? {};
        expect(body).toMatchObject({
            model: "served",
            max_tokens: 100,
            temperature: 0.1,
            top_p: 0.9,
            stream: true,
            stream_options: { include_usage: true },
        });
        const [picture, text] = body?.messages[1]?.content ?? [];
        server.apiKey = undefined;
        expect(body?.messages[0]?.content).toBe(question[0]?.text);
        expect(text).toEqual({ type: "text", text: "Which <|eot_id|>?" });
        if (typeof picture !== "object" || picture.type !== "image_url") throw new Error("none");
        const sent = await readImage(picture.image_url.url).then((image) => image.load());
        expect(Buffer.from(sent.rgb).equals((await scan.load()).rgb)).toBe(true);
    });

    it("with pictures is refused where the model sees none", async () => {
        const sightless = await openOn(url, { imageSide: undefined });
        const scan = await samplePicture("xray_left_01.png");
        await expect(ask(sightless, "c", [user("What?", scan)])).rejects.toMatchObject({
            code: "companion-unavailable",
        });
        expect(sightless.description.vision.status).toBe("unavailable");
    });
});

describe("a stream", () => {
    it("comes whole, however it is cut into chunks and lines", async () => {
        const pieces = ["مرحبًا ", "\ud83d", "\ude37 ", "صحتك"];
        serve(server, async (_, stream) => {
            const events = pieces.map((content) => ({ choices: [{ delta: { content } }] }));
            const bytes = Buffer.from(
                `\uFEFF: waiting\r\n\r\nevent: message\r\n${events
                    .map((event) => `data: ${JSON.stringify(event)}\r\n\r\n`)
                    .join(
                        "",
                    )}data: {"choices":[{"delta":{},"finish_reason":"length"}]}\r\rdata:[DONE]`,
            );
            for (const byte of bytes) {
                stream.raw(Buffer.from([byte]));
                await turn();
            }
            stream.stop();
        });
        const shown: string[] = [];
        const { text, stop } = await model.generate(
            { conversation: "c", messages: question },
            { signal: new AbortController().signal, onText: (piece) => shown.push(piece) },
        );
        expect({ text, stop }).toEqual({ text: "مرحبًا 😷 صحتك", stop: "length" });
        expect(shown).toEqual(["مرحبًا ", "😷 ", "صحتك"]);
    });

    it("ends at once when nobody waits any more, with the text so far", async () => {
        const left = new Promise<void>((resolve) => {
            serve(server, (_, stream) => {
                stream.left.addEventListener("abort", () => resolve());
                stream.piece("So far");
            });
        });
        const controller = new AbortController();
        const answer = await model.generate(
            { conversation: "c", messages: question },
            { signal: controller.signal, onText: () => controller.abort() },
        );
        expect(answer).toMatchObject({ text: "So far", stop: "aborted" });
        await left;
    });

    it("ends at the limit, even if the server does not", async () => {
        serve(server, (_, stream) => {
            const timer = setInterval(() => stream.piece("on and "), 1);
            stream.left.addEventListener("abort", () => clearInterval(timer));
        });
        const answer = await model.generate(
            { conversation: "c", messages: question, maxTokens: 5 },
            { signal: new AbortController().signal },
        );
        expect(answer).toMatchObject({ stop: "length" });
    });

    it.each<[string, (stream: CompletionStream) => void]>([
        ["breaks off", (stream) => stream.cut()],
        ["ends without an end", (stream) => stream.stop()],
        ["is no JSON", (stream) => stream.raw("data: {oops\n\n")],
        ["is no completion", (stream) => stream.event({ choices: "none" })],
        ["states an error", (stream) => stream.event({ error: { message: "GPU lost Sara" } })],
        ["is dropped by the server", (stream) => stream.end("abort")],
        ["has no end of a line", (stream) => stream.raw(`data: ${"x".repeat(1_100_000)}`)],
    ])("that %s fails, and may be tried again", async (_, fault) => {
        serve(server, async (_body, stream) => {
            stream.piece("Half of Sara's");
            await turn();
            fault(stream);
        });
        const error = await ask(model, "c", question).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ code: "model-failed" });
        expect(String(error)).not.toContain("Sara");
    });

    it.each([
        ["before its first word", (stream: CompletionStream) => stream.begin()],
        ["after it", (stream: CompletionStream) => stream.piece("Well")],
    ])("that falls silent %s fails", async (_, fault) => {
        const timings = { tries: 1, retry: { firstMs: 1, mostMs: 1 } };
        const impatient = await openOn(url, {
            timings: { ...timings, firstTextMs: 150, betweenEventsMs: 150 },
        });
        serve(server, (_body, stream) => fault(stream));
        await expect(ask(impatient, "c", question)).rejects.toMatchObject({
            code: "model-failed",
            retryable: true,
            message: "The model server has not answered in time.",
        });
    });
});
