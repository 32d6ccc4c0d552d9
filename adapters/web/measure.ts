import type { Backlog } from "../../src/queue-ports.ts";
import type { CounterReading } from "../../src/safety-ports.ts";
import type { Distribution, ModelStatus, ProcessStatus } from "../../src/status-ports.ts";
import type { Sample } from "./wire.ts";

/** What was seen at one moment; what is absent could not be read. */
export interface Seen {
    readonly processes: readonly ProcessStatus[] | undefined;
    readonly backlog: Backlog | undefined;
    readonly counters: readonly CounterReading[] | undefined;
}

/** What was seen at one moment as numbers: those of all processes together. */
export function measure({ processes, backlog, counters }: Seen): Sample["values"] {
    const models = (processes ?? []).flatMap(({ model }) => (model ? [model] : []));
    const answers = (processes ?? []).map(({ answerMs }) => answerMs);
    const firstTokens = models.map(({ firstTokenMs }) => firstTokenMs);
    const memory = models.map(({ deviceMemory }) => deviceMemory);
    return {
        waiting: backlog?.conversations ?? null,
        waitMs: backlog?.waitMs ?? null,
        busy: sum(models, ({ busy }) => busy),
        answerMsP50: typical(answers),
        answerMsP95: slowest(answers),
        firstTokenMsP50: typical(firstTokens),
        firstTokenMsP95: slowest(firstTokens),
        tokensPerSecond: typical(models.map(({ tokensPerSecond }: ModelStatus) => tokensPerSecond)),
        deviceUsedBytes: sum(memory, (one) => one?.usedBytes),
        deviceTotalBytes: sum(memory, (one) => one?.totalBytes),
        processBytes: sum(processes ?? [], ({ residentBytes }) => residentBytes),
        failures: processes
            ? processes.flatMap(({ failures }) => failures).reduce((all, one) => all + one.count, 0)
            : null,
        emergencies: count(counters, "screened", { disposition: "emergency" }),
        crises: count(counters, "screened", { crisis: "yes" }),
        replaced: count(counters, "replaced"),
        limited: count(counters, "limited"),
    };
}

/** `null` where nothing has the value. */
function sum<Item>(items: readonly Item[], valueOf: (item: Item) => number | undefined) {
    const values = items.map(valueOf).filter((value) => value !== undefined);
    return values.length === 0 ? null : values.reduce((all, value) => all + value, 0);
}

/** The mean of the medians, each counting as often as something happened. */
function typical(all: readonly (Distribution | undefined)[]): number | null {
    const known = all.filter((one) => one !== undefined && one.count > 0) as Distribution[];
    const events = known.reduce((total, { count: times }) => total + times, 0);
    if (events === 0) return null;
    return known.reduce((total, { count: times, p50 }) => total + times * p50, 0) / events;
}

/** The 95th percentile of the slowest process. */
function slowest(all: readonly (Distribution | undefined)[]): number | null {
    const values = all.flatMap((one) => (one && one.count > 0 ? [one.p95] : []));
    return values.length === 0 ? null : Math.max(...values);
}

function count(
    counters: readonly CounterReading[] | undefined,
    name: CounterReading["name"],
    labels: Readonly<Record<string, string>> = {},
): number | null {
    if (counters === undefined) return null;
    return counters
        .filter((reading) => reading.name === name)
        .filter((reading) =>
            Object.entries(labels).every(([label, word]) => reading.labels[label] === word),
        )
        .reduce((all, { value }) => all + value, 0);
}
