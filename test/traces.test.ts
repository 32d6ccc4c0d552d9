/** The way of a message, as a collector of traces gets it from the real program's parts. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openTelemetry } from "../adapters/opentelemetry/telemetry.ts";
import { createLogger } from "../src/log.ts";
import type { Telemetry } from "../src/telemetry-ports.ts";
import { type BotApi, startBotApi } from "./fakes/bot-api.ts";
import { TestClinic } from "./setup/clinic.ts";

interface ReceivedSpan {
    readonly traceId: string;
    readonly spanId: string;
    readonly parentSpanId?: string;
    readonly name: string;
    readonly startTimeUnixNano: string;
    readonly endTimeUnixNano: string;
    readonly attributes: readonly { readonly key: string; readonly value: object }[];
    readonly events: readonly { readonly name: string }[];
}

interface Received {
    readonly resourceSpans: readonly {
        readonly resource: { readonly attributes: ReceivedSpan["attributes"] };
        readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[];
    }[];
}

const bodies: string[] = [];
let collector: Server;
let api: BotApi;
let clinic: TestClinic;
let telemetry: Telemetry;

beforeAll(async () => {
    collector = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
            bodies.push(Buffer.concat(chunks).toString());
            response.end("{}");
        });
    });
    await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
    const { port } = collector.address() as AddressInfo;
    vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", `http://127.0.0.1:${String(port)}`);
    vi.stubEnv("OTEL_SERVICE_NAME", "clinic-of-the-test");
    telemetry = openTelemetry({ version: "1.2.3", logger: createLogger("warn") });
    api = await startBotApi();
    const environment = { TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.apiRoot };
    clinic = await TestClinic.open(() => ({ environment, telemetry }));
    clinic.serve();
});

afterAll(async () => {
    await clinic.close();
    await api.close();
    collector.close();
    vi.unstubAllEnvs();
});

test("one message is one connected trace, from the platform to the delivery", async () => {
    api.sendText(4_711_227, "My name is Zaynab. I have a headache, what should I do?");
    await api.waitFor(() => api.visibleMessages(4_711_227)[0]?.text.includes("headache"), 60_000);
    await clinic.stop();
    await telemetry.close();

    const received = bodies.map((body) => JSON.parse(body) as Received);
    const spans = received
        .flatMap(({ resourceSpans }) => resourceSpans)
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap((scope) => scope.spans);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    const parentOf = ({ parentSpanId }: ReceivedSpan): string | undefined =>
        spans.find(({ spanId }) => spanId === parentSpanId)?.name;
    const edges = spans.map((span) => `${parentOf(span) ?? "none"} > ${span.name}`);
    // The desk has a look first: a question that needs the model goes on to a worker.
    expect([...new Set(edges)].toSorted()).toEqual([
        "answer > commit",
        "answer > deliver",
        "answer > model",
        "answer > review",
        "answer > screen",
        "none > receive",
        "receive > answer",
        "receive > queue",
    ]);
    for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
        expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
    }
    const model = spans.find(({ name }) => name === "model");
    expect(model?.events.map(({ name }) => name)).toEqual(["first-token"]);
    const attributes = (name: string): Record<string, unknown> =>
        Object.fromEntries(
            spans
                .filter((span) => span.name === name)
                .flatMap((span) => span.attributes)
                .map(({ key, value }) => [key, Object.values(value)[0]]),
        );
    expect(attributes("answer")).toMatchObject({
        "bimedix2.language": "en",
        "bimedix2.messages": 1,
        "bimedix2.disposition": expect.any(String) as string,
    });
    expect(attributes("model")["gen_ai.usage.output_tokens"]).toBeGreaterThan(1);
    expect(attributes("deliver")).toEqual({
        "bimedix2.platform": "telegram",
        "bimedix2.end": "delivered",
    });
});

test("what a collector gets names the service, and nothing of patients or of secrets", () => {
    const sent = bodies.join("\n");
    expect(sent).toContain("clinic-of-the-test");
    expect(sent).toContain("1.2.3");
    expect(sent).not.toMatch(/Zaynab|headache|4711227/);
    expect(sent).not.toContain(api.token);
    expect(sent).not.toContain(api.token.split(":")[0] ?? "");
});
