import { expect, it } from "vitest";
import { wantsTraces } from "../../src/settings/trace-settings.ts";

const endpoint = "http://127.0.0.1:4318";

it.each([
    [false, {}],
    [false, { OTEL_EXPORTER_OTLP_ENDPOINT: "" }],
    [true, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }],
    [true, { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint }],
    [false, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_SDK_DISABLED: "True" }],
    [false, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_EXPORTER: "none" }],
])("sends traces: %s for %o", (expected, environment) => {
    expect(wantsTraces(environment)).toBe(expected);
});
