import { counterCatalogue, type CounterReading } from "../../safety-ports.ts";

/**
 * Counters as a table for people: each with its meaning and its sum, beneath it what is not 0 of
 * its labels.
 *
 * @param readings Those of one counter stand together.
 */
export function figuresTable(readings: readonly CounterReading[]): readonly string[] {
    const names = [...new Set(readings.map(({ name }) => name))];
    const rows = names.flatMap((name) => {
        const all = readings.filter((reading) => reading.name === name);
        const sum = all.reduce((before, { value }) => before + value, 0);
        const parts = all.filter(
            ({ labels, value }) => value > 0 && Object.keys(labels).length > 0,
        );
        return [
            { value: sum, text: `${name}: ${lowerFirst(counterCatalogue[name].meaning)}` },
            ...parts.map(({ labels, value }) => ({ value, text: `  ${describe(labels)}` })),
        ];
    });
    const width = Math.max(...rows.map(({ value }) => String(value).length));
    return rows.map(({ value, text }) => `${String(value).padStart(width)}  ${text}`);
}

function describe(labels: Readonly<Record<string, string>>): string {
    return Object.entries(labels)
        .map(([label, word]) => `${label} ${word}`)
        .join(", ");
}

function lowerFirst(sentence: string): string {
    return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1).replace(/\.$/, "")}`;
}
