import type {
    ChatCompletion,
    ChatModel,
    ChatOptions,
    ChatRequest,
    VisionState,
} from "../../src/ports.ts";

/** A model that answers by a function, for tests and benchmarks of what surrounds the model. */
export interface ScriptedModel extends ChatModel {
    /** All requests so far. */
    readonly requests: readonly ChatRequest[];
}

/** The model's part of a test: gives the answer's text, or throws. */
export type Script = (request: ChatRequest, options: ChatOptions) => string | Promise<string>;

/** A {@link ScriptedModel} that streams its answer word by word. */
export function createScriptedModel(
    script: Script,
    vision: VisionState = { status: "ready", imageSide: 28, imageTokens: 4 },
): ScriptedModel {
    const requests: ChatRequest[] = [];
    return {
        requests,
        description: {
            name: "scripted",
            device: "none",
            contextTokens: 4096,
            demonstration: false,
            vision,
        },
        generate: async (request, options): Promise<ChatCompletion> => {
            requests.push(request);
            for (const image of request.messages.flatMap(({ images }) => images)) {
                await image.load();
            }
            const text = await script(request, options);
            for (const piece of text.match(/\S+\s*/g) ?? []) options.onText?.(piece);
            return {
                text,
                stop: options.signal.aborted ? "aborted" : "end",
                droppedTurns: 0,
                images: request.messages.flatMap(({ images }) => images).length,
                tokens: { prompt: 1, cached: 0, image: 0, generated: 1 },
                timingsMs: { image: 0, firstToken: 0, total: 0 },
            };
        },
        close: () => Promise.resolve(),
    };
}
