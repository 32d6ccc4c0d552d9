/**
 * Where the way of a message through the clinic's processes is written down, as one trace. Spans hold
 * times, counts and fixed words; never a text, a name, a number or an id of a patient.
 */

/** One step of a message's way. */
export type SpanName =
    /** From the platform until it is stored. */
    | "receive"
    /** Until somebody answers it. */
    | "queue"
    /** The whole turn. */
    | "answer"
    | "screen"
    | "model"
    | "review"
    | "commit"
    | "deliver";

/** What is noted of a span: counts, durations and fixed words. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** How a span begins. */
export interface SpanOptions {
    /** The {@link Span.traceparent} that it follows from; absent: a trace begins. */
    readonly parent?: string;
    /** Those of other traces that end in it. */
    readonly links?: readonly string[];
    /** In milliseconds since 1970; absent: now. */
    readonly startedAtMs?: number;
    readonly attributes?: SpanAttributes;
}

/** One step, until it ends. None of its methods fails. */
export interface Span {
    /** W3C Trace Context, for what follows from it, here or elsewhere; absent: nothing is recorded. */
    readonly traceparent?: string;
    note(attributes: SpanAttributes): void;
    /** Something happened now. */
    event(name: string): void;
    /** @param failure Why it failed: a code or a class, no message. */
    end(failure?: string): void;
}

/** Records spans. */
export interface Telemetry {
    /** Never fails. */
    begin(name: SpanName, options?: SpanOptions): Span;
    /** Hands over what is recorded, within a few seconds. Never fails. */
    close(): Promise<void>;
}

const nothing: Span = { note: () => undefined, event: () => undefined, end: () => undefined };

/** Records nothing. */
export const noTelemetry: Telemetry = {
    begin: () => nothing,
    close: () => Promise.resolve(),
};
