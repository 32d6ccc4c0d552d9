import { useWords } from "./format.ts";

/** One line of a plot; `null` is a gap. */
export interface Line {
    readonly name: string;
    readonly values: readonly (number | null)[];
}

interface LineChartProps {
    readonly times: readonly number[];
    readonly lines: readonly Line[];
    /** The axis reaches at least so far. */
    readonly least: number;
    readonly write: (value: number) => string;
    readonly label: string;
}

const width = 600;
const height = 170;
const top = 10;
const bottom = 150;
/** More points than a screen has columns cost time and show nothing. */
const mostPoints = 300;
const spanMs = 30 * 60_000;

/** A plot over the last half hour. Time runs from the left in both languages, as on every monitor. */
export function LineChart({ times, lines, least, write, label }: LineChartProps) {
    const { time } = useWords();
    const endMs = times.at(-1) ?? 0;
    const startMs = Math.max(endMs - spanMs, times[0] ?? 0);
    const isSeen = (index: number): boolean => (times[index] ?? 0) >= startMs;
    const highest = roundUp(
        Math.max(least, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0))),
    );
    const x = (index: number): number =>
        (width * ((times[index] ?? 0) - startMs)) / Math.max(1, endMs - startMs);
    const y = (value: number): number => bottom - ((bottom - top) * value) / highest;
    const step = Math.ceil(times.length / mostPoints);
    const summary = lines.map(({ name, values }) => {
        const last = values.at(-1) ?? null;
        return `${name}: ${last === null ? "–" : write(last)}`;
    });
    return (
        <div class="plot" dir="ltr">
            <svg
                viewBox={`0 0 ${width} ${height}`}
                preserveAspectRatio="none"
                role="img"
                aria-label={`${label}. ${summary.join(", ")}`}
            >
                {[0, 0.5, 1].map((part) => (
                    <line
                        class="grid"
                        x1={0}
                        x2={width}
                        y1={y(highest * part)}
                        y2={y(highest * part)}
                    />
                ))}
                {lines.map(({ values }, index) => (
                    <path class={`line line-${index}`} d={pathOf(values, { step, isSeen, x, y })} />
                ))}
            </svg>
            <div class="axis" aria-hidden="true">
                <bdi>{write(highest)}</bdi>
                <bdi>{write(highest / 2)}</bdi>
                <bdi>0</bdi>
            </div>
            <div class="times" aria-hidden="true">
                <bdi>{startMs > 0 ? time(startMs) : ""}</bdi>
                <bdi>{endMs > 0 ? time(endMs) : ""}</bdi>
            </div>
        </div>
    );
}

interface Scale {
    readonly step: number;
    readonly isSeen: (index: number) => boolean;
    readonly x: (index: number) => number;
    readonly y: (value: number) => number;
}

function pathOf(values: readonly (number | null)[], { step, isSeen, x, y }: Scale): string {
    let path = "";
    let isDrawn = false;
    for (const [index, value] of values.entries()) {
        // The newest is always among those that are drawn.
        if ((values.length - 1 - index) % step !== 0 || !isSeen(index)) continue;
        if (value !== null) {
            path += `${isDrawn ? "L" : "M"}${x(index).toFixed(1)} ${y(value).toFixed(1)}`;
        }
        isDrawn = value !== null;
    }
    return path;
}

/** The next 1, 2, 4 or 5 with zeros behind it: halves of it are easily read. */
function roundUp(value: number): number {
    const power = 10 ** Math.floor(Math.log10(value));
    const leading = [1, 2, 4, 5, 10].find((candidate) => candidate * power >= value) ?? 10;
    return leading * power;
}
