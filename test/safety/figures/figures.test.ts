import { expect, it } from "vitest";
import type { CounterReading } from "../../../src/safety-ports.ts";
import { figuresTable } from "../../../src/safety/figures/figures-table.ts";
import { prometheusText } from "../../../src/safety/figures/prometheus-text.ts";

const readings: readonly CounterReading[] = [
    { name: "access-refused", labels: { reason: "blocked" }, value: 12 },
    { name: "access-refused", labels: { reason: "not-listed" }, value: 0 },
    { name: "limited", labels: { scope: "patient", reason: "rate" }, value: 0 },
    { name: "erased", labels: {}, value: 3 },
];

it("writes counters as Prometheus reads them", () => {
    expect(prometheusText(readings)).toBe(
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

it("writes counters as people read them", () => {
    expect(figuresTable(readings)).toEqual([
        "12  access-refused: messages that the access lists refused",
        "12    reason blocked",
        " 0  limited: messages and questions beyond a limit",
        " 3  erased: conversations that were erased on demand",
    ]);
});
