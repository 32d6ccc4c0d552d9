import { counterCatalogue, type CounterReading } from "../../safety-ports.ts";

/**
 * Counters as Prometheus reads them (text exposition format 0.0.4). Names and words of the catalogue
 * need no escaping.
 *
 * @param readings Those of one counter stand together.
 */
export function prometheusText(readings: readonly CounterReading[]): string {
    const lines = readings.flatMap(({ name, labels, value }, index) => {
        const metric = `bimedix2_safety_${name.replaceAll("-", "_")}_total`;
        const head = [
            `# HELP ${metric} ${counterCatalogue[name].meaning}`,
            `# TYPE ${metric} counter`,
        ];
        const pairs = Object.entries(labels).map(([label, word]) => `${label}="${word}"`);
        const series = pairs.length === 0 ? metric : `${metric}{${pairs.join(",")}}`;
        const isFirst = readings[index - 1]?.name !== name;
        return [...(isFirst ? head : []), `${series} ${String(value)}`];
    });
    return lines.map((line) => `${line}\n`).join("");
}
