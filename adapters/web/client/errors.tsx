import type { Overview } from "../wire.ts";
import { useWords } from "./format.ts";

/** What has failed of late, and what to do. */
export function Errors({ overview }: { readonly overview: Overview | undefined }) {
    const { t, dateTime } = useWords();
    const failures = (overview?.processes ?? [])
        .flatMap(({ id, failures: all }) => all.map((failure) => ({ ...failure, process: id })))
        .sort((a, b) => b.atMs - a.atMs);
    return (
        <>
            <div class="heading">
                <h1>{t.errors.title}</h1>
            </div>
            {overview?.processes && failures.length === 0 && (
                <p class="card empty">{t.errors.empty}</p>
            )}
            {overview && !overview.processes && <p class="notice bad">{t.overview.away}</p>}
            {failures.length > 0 && t.errors.english !== "" && (
                <p class="faint">{t.errors.english}</p>
            )}
            <ul class="failures">
                {failures.map(({ code, message, remedy, atMs, count, process }) => (
                    <li key={`${process} ${code} ${message}`} class="card">
                        <p lang="en" dir="ltr">
                            <strong>{message}</strong>
                        </p>
                        {remedy !== undefined && (
                            <>
                                <p class="label">{t.errors.toDo}</p>
                                <p lang="en" dir="ltr">
                                    {remedy}
                                </p>
                            </>
                        )}
                        <p class="faint">
                            {t.errors.times(count)} · {t.errors.last}: {dateTime(atMs)} ·{" "}
                            <bdi class="id">{code}</bdi> · <bdi class="id">{process}</bdi>
                        </p>
                    </li>
                ))}
            </ul>
        </>
    );
}
