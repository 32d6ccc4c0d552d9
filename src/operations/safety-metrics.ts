import { counterCatalogue, type CounterReading } from "../safety-ports.ts";
import type { Metric } from "./metrics.ts";

/**
 * The counters of safety, which all processes of a clinic share.
 *
 * @param readings In the order of the catalogue.
 */
export function safetyMetrics(readings: readonly CounterReading[]): readonly Metric[] {
    const names = [...new Set(readings.map(({ name }) => name))];
    return names.map((name) => ({
        name: `bimedix2_safety_${name.replaceAll("-", "_")}_total`,
        help: counterCatalogue[name].meaning,
        type: "counter",
        samples: readings
            .filter((reading) => reading.name === name)
            .map(({ labels, value }) => ({ labels, value })),
    }));
}
