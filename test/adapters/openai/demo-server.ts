import { createHash } from "node:crypto";
import { getLlama } from "node-llama-cpp";
import sharp from "sharp";
import { llama3Template } from "../../../adapters/llama/named-templates.ts";
import { PromptTokenizer } from "../../../adapters/llama/prompt-tokens.ts";
import type { ChatImage, ChatMessage } from "../../../src/ports.ts";
import {
    type CompletionBody,
    type CompletionStream,
    type ContentPart,
    OpenAiServer,
} from "../../fakes/openai-server.ts";
import { demoFiles, openDemo } from "../llama/demo-model.ts";

const contextTokens = 2048;

/** The demonstration model behind the real protocol, with a server's own count of tokens. */
export async function startDemoServer(): Promise<{
    readonly server: OpenAiServer;
    /** How many prompts were refused because they were too long. */
    readonly refused: () => number;
    stop(): Promise<void>;
}> {
    const model = await openDemo();
    const llama = await getLlama({ gpu: false });
    const vocabulary = await llama.loadModel({ modelPath: demoFiles.model, vocabOnly: true });
    const { vision } = model.description;
    const imageTokens = vision.status === "ready" ? vision.imageTokens : 0;
    const tokenizer = new PromptTokenizer(vocabulary, llama3Template, imageTokens);
    const count = (messages: readonly ChatMessage[]): number =>
        messages.reduce((sum, it) => sum + tokenizer.message(it).tokens.length, 10);
    let refused = 0;

    const answer = async (body: CompletionBody, stream: CompletionStream): Promise<void> => {
        const messages = await Promise.all(body.messages.map(readMessage));
        const tokens = count(messages);
        if (tokens + body.max_tokens > contextTokens) {
            refused += 1;
            const message = `request (${tokens} tokens) exceeds the available context size (${contextTokens} tokens), try increasing it`;
            const error = { code: 400, message, type: "exceed_context_size_error" };
            stream.refuse(400, { error });
            return;
        }
        stream.event({ choices: [{ delta: { role: "assistant", content: null } }] });
        const done = await model.generate(
            { conversation: conversationOf(body), messages, maxTokens: body.max_tokens },
            { signal: stream.left, onText: (piece) => stream.piece(piece) },
        );
        const { prompt, generated, cached } = done.tokens;
        const reason = done.stop === "length" ? "length" : "stop";
        stream.end(reason, { prompt, generated, cached });
    };
    const server = await OpenAiServer.start(answer);
    server.models = [{ id: "served", max_model_len: contextTokens }];
    return {
        server,
        refused: () => refused,
        stop: async () => {
            await server.stop();
            await model.close();
            await vocabulary.dispose();
            await llama.dispose();
        },
    };
}

/** Requests with the same beginning belong together, as a server's own cache has it. */
function conversationOf({ messages }: CompletionBody): string {
    const beginning = JSON.stringify(messages.slice(0, 3));
    return createHash("sha256").update(beginning).digest("hex");
}

async function readMessage({
    role,
    content,
}: CompletionBody["messages"][number]): Promise<ChatMessage> {
    if (role !== "system" && role !== "user" && role !== "assistant") {
        throw new RangeError(`There is no role ${role}.`);
    }
    const parts: readonly ContentPart[] =
        typeof content === "string" ? [{ type: "text", text: content }] : content;
    const images = await Promise.all(
        parts.flatMap((part) => (part.type === "image_url" ? [readImage(part.image_url.url)] : [])),
    );
    const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
    return { role, text, images };
}

/** The pixels of a PNG in a data URL. */
export async function readImage(url: string): Promise<ChatImage> {
    const [, base64 = ""] = /^data:image\/png;base64,([A-Za-z\d+/]+=*)$/.exec(url) ?? [];
    const { data, info } = await sharp(Buffer.from(base64, "base64"))
        .raw()
        .toBuffer({ resolveWithObject: true });
    const id = createHash("sha256").update(data).digest("hex");
    return {
        id,
        load: () => Promise.resolve({ id, side: info.width, rgb: new Uint8Array(data) }),
    };
}
