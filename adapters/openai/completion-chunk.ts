import { asObject, countIn, objectsIn, parseObject, textIn } from "./json-object.ts";
import { malformed, statedError, streamFailure } from "./server-failures.ts";

/** What one event of a streamed chat completion says. */
export interface CompletionChunk {
    /** The next piece of the answer; empty where the event is about something else. */
    readonly text: string;
    /** Why the answer ends, in the server's word. */
    readonly finish?: string;
    /** What the whole request took, where the server says it. */
    readonly usage?: TokenUsage;
}

/** Tokens, as the server counts them. */
export interface TokenUsage {
    readonly prompt: number;
    readonly cached: number;
    readonly generated: number;
}

/**
 * Reads the data of an event.
 *
 * @throws `model-failed` when it is no part of a completion or states an error, `prompt-too-long`
 * when the error says so.
 */
export function readChunk(data: string): CompletionChunk {
    const object = parseObject(data);
    const error = statedError(object);
    if (error) throw streamFailure(error);
    if (object === undefined || !Array.isArray(object["choices"])) throw malformed();
    const [choice] = objectsIn(object["choices"]);
    const finish = textIn(choice, "finish_reason");
    const usage = readUsage(object["usage"]);
    return {
        text: textIn(asObject(choice?.["delta"]), "content") ?? "",
        ...(finish === undefined ? {} : { finish }),
        ...(usage === undefined ? {} : { usage }),
    };
}

function readUsage(value: unknown): TokenUsage | undefined {
    const usage = asObject(value);
    const prompt = countIn(usage, "prompt_tokens");
    if (prompt === undefined) return undefined;
    const cached = countIn(asObject(usage?.["prompt_tokens_details"]), "cached_tokens") ?? 0;
    return {
        prompt,
        cached: Math.min(cached, prompt),
        generated: countIn(usage, "completion_tokens") ?? 0,
    };
}
