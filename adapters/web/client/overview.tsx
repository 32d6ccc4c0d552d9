import type { ComponentChildren } from "preact";
import type { ModelStatus, PlatformStatus, ProcessStatus } from "../../../src/status-ports.ts";
import type { Overview as OverviewData, Sample } from "../wire.ts";
import { Tiles } from "./tiles.tsx";
import { useWords } from "./format.ts";
import { PhoneLink } from "./phone-link.tsx";

interface OverviewProps {
    readonly overview: OverviewData | undefined;
    readonly samples: readonly Sample[];
}

/** How everything stands. */
export function Overview({ overview, samples }: OverviewProps) {
    const { t } = useWords();
    const processes = overview?.processes;
    return (
        <>
            <div class="heading">
                <h1>{t.overview.title}</h1>
            </div>
            {!overview && <p>{t.connection.connecting}</p>}
            {overview && !processes && <p class="notice bad">{t.overview.away}</p>}
            {processes?.length === 0 && <p class="notice">{t.overview.nothing}</p>}
            {overview?.links.map((link) => (
                <PhoneLink key={link.account} link={link} />
            ))}
            {processes && <Tiles overview={overview} latest={samples.at(-1)} />}
            {processes?.map((process) => (
                <Process key={process.id} process={process} nowMs={overview?.nowMs ?? 0} />
            ))}
        </>
    );
}

function Process({ process, nowMs }: { readonly process: ProcessStatus; readonly nowMs: number }) {
    const { t, duration, bytes, dateTime } = useWords();
    const { id, role, startedAtMs, residentBytes, version, platforms, model, configuration } =
        process;
    return (
        <section class="card process" aria-label={`${t.overview.process} ${id}`}>
            <h2>
                {t.overview.process} <bdi class="id">{id}</bdi>
            </h2>
            <Facts>
                <Fact name={t.overview.does}>{t.overview.roles[role]}</Fact>
                <Fact name={t.overview.since}>{duration(nowMs - startedAtMs)}</Fact>
                <Fact name={t.overview.memory}>{bytes(residentBytes)}</Fact>
                <Fact name={t.overview.version}>
                    <bdi>{version}</bdi>
                </Fact>
            </Facts>
            <h3>{t.overview.platforms}</h3>
            {platforms.length === 0 && <p class="faint">{t.overview.noPlatforms}</p>}
            <ul class="platforms">
                {platforms.map((platform) => (
                    <Platform key={platform.account} platform={platform} />
                ))}
            </ul>
            <h3>{t.overview.model}</h3>
            {model ? <Model model={model} /> : <p class="faint">{t.overview.noModel}</p>}
            <h3>{t.overview.configuration}</h3>
            <p class="faint">
                {t.overview.applied} {dateTime(configuration.appliedAtMs)}.{" "}
                {configuration.faults.length + configuration.afterRestart.length === 0
                    ? t.overview.inOrder
                    : ""}
            </p>
            <Findings tone="bad" about={t.overview.faults} items={configuration.faults} />
            <Findings
                tone="warn"
                about={t.overview.afterRestart}
                items={configuration.afterRestart}
            />
        </section>
    );
}

function Findings({
    tone,
    about,
    items,
}: {
    readonly tone: "bad" | "warn";
    readonly about: string;
    readonly items: readonly string[];
}) {
    if (items.length === 0) return null;
    return (
        <div class={`notice ${tone}`}>
            <p>{about}</p>
            <ul lang="en" dir="ltr">
                {items.map((item) => (
                    <li>{item}</li>
                ))}
            </ul>
        </div>
    );
}

const tones = {
    starting: "warn",
    "standing-by": "calm",
    running: "good",
    failing: "bad",
} as const;

function Platform({ platform }: { readonly platform: PlatformStatus }) {
    const { t, dateTime, time } = useWords();
    const { account, condition, sinceMs, receivedAtMs, deliveredAtMs } = platform;
    const at = (ms: number | undefined): string => (ms === undefined ? t.overview.never : time(ms));
    return (
        <li>
            <span class={`state ${tones[condition.name]}`}>
                {t.overview.conditions[condition.name]}
            </span>
            <strong>{useAccountName(account)}</strong>
            <span class="faint">{dateTime(sinceMs)}</span>
            <span class="faint">
                {t.overview.received}: {at(receivedAtMs)} · {t.overview.delivered}:{" "}
                {at(deliveredAtMs)}
            </span>
            {condition.name === "failing" && (
                <p class="notice bad" lang="en" dir="ltr">
                    {condition.reason} {condition.remedy ?? ""}
                </p>
            )}
        </li>
    );
}

/** An account as people call it, with the clinic's own id where there are several of its kind. */
export function useAccountName(account: string): ComponentChildren {
    const { t } = useWords();
    const names = t.overview.platformNames;
    const [platform = "", id = ""] = account.split(":");
    if (names[account] !== undefined) return names[account];
    return (
        <>
            {names[platform] ?? platform} <bdi class="id">{id}</bdi>
        </>
    );
}

function Model({ model }: { readonly model: ModelStatus }) {
    const { t, duration, number, bytes } = useWords();
    const { description, busy, slots, tokensPerSecond, firstTokenMs, deviceMemory } = model;
    const { vision } = description;
    return (
        <>
            {description.demonstration && <p class="notice warn">{t.overview.demonstration}</p>}
            <Facts>
                <Fact name={t.overview.model}>
                    <bdi>{description.name}</bdi>
                </Fact>
                <Fact name={t.overview.device}>
                    <bdi>{description.device}</bdi>
                </Fact>
                <Fact name={t.overview.places}>{t.overview.busy(busy, slots)}</Fact>
                {tokensPerSecond && (
                    <Fact name={t.figures.charts.speed}>
                        {number(tokensPerSecond.p50, 1)} {t.figures.units.perSecond}
                    </Fact>
                )}
                {firstTokenMs && (
                    <Fact name={t.figures.charts.firstToken}>{duration(firstTokenMs.p50)}</Fact>
                )}
                {deviceMemory && (
                    <Fact name={t.figures.charts.device}>
                        {bytes(deviceMemory.usedBytes)} / {bytes(deviceMemory.totalBytes)}
                    </Fact>
                )}
                <Fact name={t.overview.pictures}>
                    {vision.status === "ready" ? t.overview.yes : t.none}
                </Fact>
            </Facts>
            {vision.status === "unavailable" && (
                <p class="notice warn" lang="en" dir="ltr">
                    {vision.reason} {vision.remedy}
                </p>
            )}
        </>
    );
}

function Facts({ children }: { readonly children: ComponentChildren }) {
    return <dl class="facts">{children}</dl>;
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
    return (
        <div>
            <dt>{name}</dt>
            <dd>{children}</dd>
        </div>
    );
}
