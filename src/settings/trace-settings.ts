/**
 * Whether traces are to be sent, by the standard variables of OpenTelemetry; its library reads the
 * rest of them itself.
 */
export function wantsTraces(environment: Readonly<Record<string, string | undefined>>): boolean {
    const endpoint =
        environment["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] ||
        environment["OTEL_EXPORTER_OTLP_ENDPOINT"];
    const isDisabled = environment["OTEL_SDK_DISABLED"]?.toLowerCase() === "true";
    return Boolean(endpoint) && !isDisabled && environment["OTEL_TRACES_EXPORTER"] !== "none";
}
