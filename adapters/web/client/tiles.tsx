import type { ComponentChildren } from "preact";
import type { Overview, Sample } from "../wire.ts";
import { useWords } from "./format.ts";

interface TilesProps {
    readonly overview: Overview | undefined;
    readonly latest: Sample | undefined;
}

/** What matters most, at a glance; each leads to where more is said. */
export function Tiles({ overview, latest }: TilesProps) {
    const { t, number, duration } = useWords();
    const unknown = "–";
    const values = latest?.values;
    const failures = (overview?.processes ?? []).flatMap((process) => process.failures);
    const dead = overview?.deadReplies;
    const faults = (overview?.processes ?? []).some(
        ({ configuration }) => configuration.faults.length > 0,
    );
    const write = (value: number | null | undefined, how: (value: number) => string): string =>
        value === null || value === undefined ? unknown : how(value);
    return (
        <ul class="tiles">
            <Tile name={t.figures.series["waiting"] ?? ""} view="figures">
                {write(values?.waiting, number)}
            </Tile>
            <Tile name={t.figures.series["busy"] ?? ""} view="figures">
                {write(values?.busy, number)}
            </Tile>
            <Tile name={t.figures.charts.answer} view="figures">
                {write(values?.answerMsP50, duration)}
            </Tile>
            <Tile name={t.views.undelivered} view="undelivered" isBad={(dead ?? 0) > 0}>
                {write(dead, number)}
            </Tile>
            <Tile name={t.views.errors} view="errors" isBad={failures.length > 0}>
                {number(failures.length)}
            </Tile>
            {faults && (
                <Tile name={t.overview.configuration} view="overview" isBad={true}>
                    !
                </Tile>
            )}
        </ul>
    );
}

interface TileProps {
    readonly name: string;
    readonly view: string;
    readonly isBad?: boolean;
    readonly children: ComponentChildren;
}

function Tile({ name, view, isBad = false, children }: TileProps) {
    return (
        <li>
            <a class={isBad ? "tile bad" : "tile"} href={`#${view}`}>
                <strong>{children}</strong>
                <span>{name}</span>
            </a>
        </li>
    );
}
