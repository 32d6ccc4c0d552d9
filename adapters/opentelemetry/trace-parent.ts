import type { SpanContext } from "@opentelemetry/api";

const pattern = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** A span as others are told of it (W3C Trace Context, version 00). */
export function writeTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
    return `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, "0")}`;
}

/** `undefined` for what is no trace context. */
export function readTraceparent(text: string | undefined): SpanContext | undefined {
    const [, traceId, spanId, flags] = pattern.exec(text ?? "") ?? [];
    if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
    return { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
}
