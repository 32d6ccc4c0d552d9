import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import {
    defaultResource,
    detectResources,
    envDetector,
    resourceFromAttributes,
} from "@opentelemetry/resources";
import {
    BasicTracerProvider,
    BatchSpanProcessor,
    type SpanExporter,
} from "@opentelemetry/sdk-trace-base";
import type { Logger } from "../../src/log.ts";
import type { Span, SpanName, SpanOptions, Telemetry } from "../../src/telemetry-ports.ts";
import { readTraceparent, writeTraceparent } from "./trace-parent.ts";

/** How traces are sent. The rest stands in the standard variables `OTEL_…` of the environment. */
export interface OpenTelemetryOptions {
    readonly version: string;
    readonly logger: Logger;
}

const closeWithinMs = 5_000;
const serviceName = "bimedix2-chat";

/** What others see of a step in their map of services. */
const kinds: Partial<Record<SpanName, SpanKind>> = {
    receive: SpanKind.CONSUMER,
    deliver: SpanKind.PRODUCER,
};

/** Sends spans in batches to an OpenTelemetry collector, by OTLP over HTTP (JSON). */
export function openTelemetry({ version, logger }: OpenTelemetryOptions): Telemetry {
    const fromEnvironment = detectResources({ detectors: [envDetector] });
    const named = resourceFromAttributes({
        "service.name": serviceName,
        "service.version": version,
    });
    const provider = new BasicTracerProvider({
        resource: defaultResource().merge(named).merge(fromEnvironment),
        spanProcessors: [new BatchSpanProcessor(watched(new OTLPTraceExporter(), logger))],
    });
    const tracer = provider.getTracer("bimedix2", version);
    return {
        begin: (name, { parent, links = [], startedAtMs, attributes = {} }: SpanOptions = {}) => {
            const span = tracer.startSpan(
                name,
                {
                    kind: kinds[name] ?? SpanKind.INTERNAL,
                    attributes: { ...attributes },
                    links: links.flatMap((link) => {
                        const context = readTraceparent(link);
                        return context ? [{ context }] : [];
                    }),
                    ...(startedAtMs === undefined ? {} : { startTime: startedAtMs }),
                },
                beneath(parent),
            );
            const begun: Span = {
                traceparent: writeTraceparent(span.spanContext()),
                note: (noted) => void span.setAttributes({ ...noted }),
                event: (event) => void span.addEvent(event),
                end: (failure) => {
                    if (failure !== undefined) {
                        span.setStatus({ code: SpanStatusCode.ERROR });
                        span.setAttribute("error.type", failure);
                    }
                    span.end();
                },
            };
            return begun;
        },
        close: async () => {
            let timer: NodeJS.Timeout | undefined;
            const late = new Promise<void>((resolve) => {
                timer = setTimeout(resolve, closeWithinMs);
            });
            // What could not be sent has been said already.
            await Promise.race([provider.shutdown().catch(() => undefined), late]);
            clearTimeout(timer);
        },
    };
}

function beneath(parent: string | undefined): Context {
    const context = readTraceparent(parent);
    return context ? trace.setSpanContext(ROOT_CONTEXT, context) : ROOT_CONTEXT;
}

/** Tells the administrator, once until it works again, that traces get lost. */
function watched(exporter: SpanExporter, logger: Logger): SpanExporter {
    let failing = false;
    return {
        export: (spans, done) => {
            exporter.export(spans, (result) => {
                const failed = result.error !== undefined;
                if (failed && !failing) {
                    const remedy =
                        "Check OTEL_EXPORTER_OTLP_ENDPOINT: it must be a collector that takes OTLP over HTTP, mostly at port 4318.";
                    logger.warn({ remedy }, "Traces cannot be sent; they are lost meanwhile");
                }
                failing = failed;
                done(result);
            });
        },
        forceFlush: async () => await exporter.forceFlush?.(),
        shutdown: () => exporter.shutdown(),
    };
}
