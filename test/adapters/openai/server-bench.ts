import { type ServerModelOptions, openServerModel } from "../../../adapters/openai/chat-model.ts";
import { createLogger } from "../../../src/log.ts";
import type { ChatModel } from "../../../src/ports.ts";
import type { Handler, OpenAiServer } from "../../fakes/openai-server.ts";

/** What a test may set; `imageSide: undefined` opens the model without eyes. */
export type OpenOptions = Omit<Partial<ServerModelOptions>, "imageSide"> & {
    readonly imageSide?: undefined;
};

/** A model on this server, with short waits. */
export function openOn(url: string, options: OpenOptions = {}): Promise<ChatModel> {
    const { imageSide, ...others } = { imageSide: 84, ...options };
    return openServerModel({
        name: "Ours",
        demonstration: false,
        server: { url, model: "served" },
        ...(imageSide === undefined ? {} : { imageSide }),
        contextTokens: 2048,
        sampling: { temperature: 0.1, topP: 0.9, maxTokens: 100 },
        logger: createLogger("silent"),
        timings: {
            firstTextMs: 20_000,
            betweenEventsMs: 20_000,
            tries: 3,
            retry: { firstMs: 1, mostMs: 5 },
        },
        ...others,
    });
}

/** The server answers the requests by these handlers, the last one for ever. */
export function serve(server: OpenAiServer, ...handlers: readonly [Handler, ...Handler[]]): void {
    let next = 0;
    server.handler = (body, stream) => {
        const handler = handlers[Math.min(next, handlers.length - 1)];
        next += 1;
        return handler?.(body, stream);
    };
}

/** An answer in one piece. */
export function says(text: string, prompt = 50): Handler {
    return (_, stream) => {
        stream.piece(text);
        stream.end("stop", { prompt, generated: 7, cached: 20 });
    };
}

/** No answer, but a status. */
export function refuses(status: number, body: string | object, headers = {}): Handler {
    return (_, stream) => stream.refuse(status, body, headers);
}
