import { expect, it } from "vitest";
import { Histogram } from "../../src/operations/histogram.ts";
import { writeMetrics } from "../../src/operations/metrics.ts";
import { RollingWindow } from "../../src/operations/rolling-window.ts";

it("keeps the values of the last five minutes, with what was really there as quantiles", () => {
    let nowMs = 0;
    const window = new RollingWindow(() => nowMs);
    expect(window.distribution()).toBeUndefined();
    window.add(1_000_000);
    nowMs = 1;
    for (let value = 100; value >= 1; value -= 1) window.add(value);
    nowMs = 5 * 60_000;
    expect(window.distribution()).toEqual({ count: 100, p50: 50, p95: 95, max: 100 });
    nowMs += 1;
    expect(window.distribution()).toBeUndefined();
});

it("keeps at most 2,000 values, the latest", () => {
    const window = new RollingWindow(() => 0);
    for (let value = 1; value <= 10_000; value += 1) window.add(value);
    expect(window.distribution()).toMatchObject({ count: 2_000, max: 10_000, p50: 9_000 });
});

it("writes each type as Prometheus reads it, with labels that need escaping", () => {
    const histogram = new Histogram([0.5, 1]);
    for (const value of [0.2, 0.5, 0.7, 3]) histogram.add(value);
    const text = writeMetrics([
        { name: "seconds", help: "Times.", type: "histogram", samples: [histogram.sample()] },
        {
            name: "info",
            help: "Back\\slash.",
            type: "gauge",
            samples: [{ labels: { name: 'a "b"\n\\c' }, value: 1 }],
        },
        { name: "empty_total", help: "None.", type: "counter", samples: [] },
    ]);
    expect(text).toBe(
        [
            "# HELP seconds Times.",
            "# TYPE seconds histogram",
            'seconds_bucket{le="0.5"} 2',
            'seconds_bucket{le="1"} 3',
            'seconds_bucket{le="+Inf"} 4',
            "seconds_sum 4.4",
            "seconds_count 4",
            "# HELP info Back\\\\slash.",
            "# TYPE info gauge",
            'info{name="a \\"b\\"\\n\\\\c"} 1',
            "",
        ].join("\n"),
    );
});
