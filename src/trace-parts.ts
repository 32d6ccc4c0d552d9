import type { AssistantParts, DeskParts } from "./assistant.ts";
import { describeError } from "./log.ts";
import type { ChatModel } from "./ports.ts";
import type { Review, ReviewSubject } from "./safety/review/review.ts";
import type { Span, SpanAttributes, SpanName, Telemetry } from "./telemetry-ports.ts";

/**
 * The parts for one turn, with which its steps are spans beneath that of the turn: the screen, each
 * call of the model, and the review of each whole answer.
 *
 * @param turn Its attributes get what the screen found.
 */
export function traceParts<Parts extends AssistantParts | DeskParts>(
    parts: Parts,
    turn: Span,
    telemetry: Telemetry,
): Parts {
    const { safety } = parts;
    let screened = false;
    let answered = false;
    const step = <Result>(
        name: SpanName,
        work: () => Result,
        describe: (result: Result) => SpanAttributes,
    ): Result => {
        const span = beginBeneath(turn, name, telemetry);
        try {
            const result = work();
            span.note(describe(result));
            return result;
        } finally {
            span.end();
        }
    };
    const traced: Pick<DeskParts, "safety"> = {
        safety: {
            ...safety,
            triage: (text, ...others) => {
                if (screened) return safety.triage(text, ...others);
                screened = true;
                return step(
                    "screen",
                    () => safety.triage(text, ...others),
                    ({ disposition }) => {
                        const found = { "bimedix2.disposition": disposition };
                        turn.note(found);
                        return found;
                    },
                );
            },
            review: Object.assign((subject: ReviewSubject): Review => {
                // While an answer is written it is reviewed again and again.
                if (!answered) return safety.review(subject);
                answered = false;
                return step(
                    "review",
                    () => safety.review(subject),
                    ({ verdict }) => ({ "bimedix2.verdict": verdict }),
                );
            }, safety.review),
        },
    };
    if (!("model" in parts)) return { ...parts, ...traced };
    const model = traceModel(parts.model, turn, telemetry, () => (answered = true));
    return { ...parts, ...traced, model };
}

function traceModel(
    model: ChatModel,
    turn: Span,
    telemetry: Telemetry,
    onAnswered: () => void,
): ChatModel {
    return {
        description: model.description,
        ...(model.forget ? { forget: (conversation) => model.forget?.(conversation) } : {}),
        close: () => model.close(),
        generate: async (request, options) => {
            const span = beginBeneath(turn, "model", telemetry);
            let first = true;
            const onText = (piece: string): void => {
                if (first) span.event("first-token");
                first = false;
                options.onText?.(piece);
            };
            try {
                const completion = await model.generate(request, { ...options, onText });
                const { stop, images, droppedTurns, tokens, timingsMs } = completion;
                span.note({
                    "bimedix2.stop": stop,
                    "bimedix2.images": images,
                    "bimedix2.dropped_turns": droppedTurns,
                    "gen_ai.usage.input_tokens": tokens.prompt,
                    "gen_ai.usage.output_tokens": tokens.generated,
                    "bimedix2.cached_tokens": tokens.cached,
                    "bimedix2.image_ms": timingsMs.image,
                    "bimedix2.first_token_ms": timingsMs.firstToken,
                });
                span.end();
                onAnswered();
                return completion;
            } catch (error) {
                span.end(failureOf(error));
                throw error;
            }
        },
    };
}

/** Begins a step of a turn. */
export function beginBeneath(turn: Span, name: SpanName, telemetry: Telemetry): Span {
    const { traceparent } = turn;
    return telemetry.begin(name, traceparent === undefined ? {} : { parent: traceparent });
}

/** Names a failure without anything that it says. */
export function failureOf(error: unknown): string {
    const { code, error: name } = describeError(error);
    return String(code ?? name);
}
