import { expect, it } from "vitest";
import { writeMetrics } from "../../src/operations/metrics.ts";
import { safetyMetrics } from "../../src/operations/safety-metrics.ts";
import type { CounterReading } from "../../src/safety-ports.ts";

const readings: readonly CounterReading[] = [
    { name: "access-refused", labels: { reason: "blocked" }, value: 12 },
    { name: "access-refused", labels: { reason: "not-listed" }, value: 0 },
    { name: "limited", labels: { scope: "patient", reason: "rate" }, value: 0 },
    { name: "erased", labels: {}, value: 3 },
];

it("writes counters as Prometheus reads them", () => {
    expect(writeMetrics(safetyMetrics(readings))).toBe(
        [
            "# HELP bimedix2_safety_access_refused_total Messages that the access lists refused.",
            "# TYPE bimedix2_safety_access_refused_total counter",
            'bimedix2_safety_access_refused_total{reason="blocked"} 12',
            'bimedix2_safety_access_refused_total{reason="not-listed"} 0',
            "# HELP bimedix2_safety_limited_total Messages and questions beyond a limit.",
            "# TYPE bimedix2_safety_limited_total counter",
            'bimedix2_safety_limited_total{scope="patient",reason="rate"} 0',
            "# HELP bimedix2_safety_erased_total Conversations that were erased on demand.",
            "# TYPE bimedix2_safety_erased_total counter",
            "bimedix2_safety_erased_total 3",
            "",
        ].join("\n"),
    );
});
