import { useState } from "preact/hooks";
import type { Measure, Sample } from "../wire.ts";
import { useWords, type Words } from "./format.ts";
import { LineChart, type Line } from "./line-chart.tsx";
import type { ChartName } from "./texts-shape.ts";

/** One plot: what it shows and how its values are written. */
interface Chart {
    readonly name: ChartName;
    readonly measures: readonly Measure[];
    /** What is counted begins at nothing. */
    readonly fromStart?: true;
    readonly write: (value: number, words: Words) => string;
    /** The axis reaches at least so far. */
    readonly least: number;
}

const asCount = (value: number, { number }: Words): string => number(value, value < 10 ? 1 : 0);
const asTime = (value: number, { duration }: Words): string =>
    value === 0 ? "0" : duration(value);
const asBytes = (value: number, { bytes }: Words): string => (value === 0 ? "0" : bytes(value));

const charts: readonly Chart[] = [
    { name: "queue", measures: ["waiting", "busy"], write: asCount, least: 4 },
    { name: "wait", measures: ["waitMs"], write: asTime, least: 4_000 },
    { name: "answer", measures: ["answerMsP50", "answerMsP95"], write: asTime, least: 4_000 },
    {
        name: "firstToken",
        measures: ["firstTokenMsP50", "firstTokenMsP95"],
        write: asTime,
        least: 400,
    },
    { name: "speed", measures: ["tokensPerSecond"], write: asCount, least: 4 },
    {
        name: "device",
        measures: ["deviceUsedBytes", "deviceTotalBytes"],
        write: asBytes,
        least: 4e9,
    },
    { name: "memory", measures: ["processBytes"], write: asBytes, least: 4e8 },
    { name: "failures", measures: ["failures"], fromStart: true, write: asCount, least: 4 },
    {
        name: "safety",
        measures: ["emergencies", "crises", "replaced", "limited"],
        fromStart: true,
        write: asCount,
        least: 4,
    },
];

/** The last half hour in plots, and as tables. */
export function Figures({ samples }: { readonly samples: readonly Sample[] }) {
    const { t } = useWords();
    const shown = charts.filter(({ measures }) =>
        measures.some((name) => samples.some(({ values }) => values[name] !== null)),
    );
    return (
        <>
            <div class="heading">
                <h1>{t.figures.title}</h1>
                <p class="faint">{t.figures.span}</p>
            </div>
            {samples.length === 0 && <p>{t.connection.connecting}</p>}
            <div class="charts">
                {shown.map((chart) => (
                    <ChartCard key={chart.name} chart={chart} samples={samples} />
                ))}
            </div>
        </>
    );
}

function ChartCard({
    chart,
    samples,
}: {
    readonly chart: Chart;
    readonly samples: readonly Sample[];
}) {
    const words = useWords();
    const { t } = words;
    const lines = chart.measures.map((name): Line => {
        const values = samples.map(({ values: all }) => all[name]);
        const base = chart.fromStart ? (values.find((value) => value !== null) ?? 0) : 0;
        return {
            name: t.figures.series[name] ?? name,
            values: values.map((value) => (value === null ? null : Math.max(0, value - base))),
        };
    });
    const write = (value: number): string => chart.write(value, words);
    const title = t.figures.charts[chart.name];
    return (
        <figure class="card chart">
            <figcaption>
                <h2>{title}</h2>
                <ul class="legend">
                    {lines.map(({ name, values }, index) => (
                        <li>
                            <i class={`line-${index}`} aria-hidden="true" />
                            {name}: <strong>{latest(values, write, t.figures.unknown)}</strong>
                        </li>
                    ))}
                </ul>
            </figcaption>
            <LineChart
                times={samples.map(({ atMs }) => atMs)}
                lines={lines}
                least={chart.least}
                write={write}
                label={title}
            />
            <AsTable samples={samples} lines={lines} write={write} title={title} />
        </figure>
    );
}

function latest(
    values: readonly (number | null)[],
    write: (value: number) => string,
    unknown: string,
): string {
    const value = values.at(-1) ?? null;
    return value === null ? unknown : write(value);
}

interface AsTableProps {
    readonly samples: readonly Sample[];
    readonly lines: readonly Line[];
    readonly write: (value: number) => string;
    readonly title: string;
}

/** The same in words, one row a minute, newest first. */
function AsTable({ samples, lines, write, title }: AsTableProps) {
    const { t, time } = useWords();
    const [isOpen, setOpen] = useState(false);
    const rows = isOpen ? samples.map((_, index) => index).filter(isOnePerMinute(samples)) : [];
    return (
        <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
            <summary>
                {t.figures.table}
                <span class="hidden">: {title}</span>
            </summary>
            <div class="scroll" tabIndex={0} role="region" aria-label={title}>
                <table>
                    <thead>
                        <tr>
                            <th scope="col">{t.figures.time}</th>
                            {lines.map(({ name }) => (
                                <th scope="col">{name}</th>
                            ))}
                        </tr>
                    </thead>
                    <tbody>
                        {rows.toReversed().map((index) => (
                            <tr key={index}>
                                <th scope="row">{time(samples[index]?.atMs ?? 0)}</th>
                                {lines.map(({ values }) => (
                                    <td>
                                        {latest([values[index] ?? null], write, t.figures.unknown)}
                                    </td>
                                ))}
                            </tr>
                        ))}
                    </tbody>
                </table>
            </div>
        </details>
    );
}

/** The first of each minute, and the last of all. */
function isOnePerMinute(samples: readonly Sample[]): (index: number) => boolean {
    const minute = (index: number): number => Math.floor((samples[index]?.atMs ?? 0) / 60_000);
    return (index) =>
        index === 0 || index === samples.length - 1 || minute(index) !== minute(index - 1);
}
