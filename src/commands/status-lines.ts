import type { Distribution, ModelStatus, PlatformStatus, ProcessStatus } from "../status-ports.ts";
import type { Problem } from "./judge-status.ts";
import type { ClinicStatus } from "./read-status.ts";

/** What an administrator reads of the clinic at one moment, in lines. */
export function statusLines(
    status: ClinicStatus,
    problems: readonly Problem[],
    nowMs: number,
): readonly string[] {
    const { configuration, redis, processes, queue } = status;
    return [
        row("settings", configuration.file ?? "no clinic.yaml: the defaults hold"),
        ...(redis.reached ? [row("Redis", redis.description)] : []),
        ...processes.flatMap((process) => processLines(process, nowMs)),
        ...(queue
            ? [
                  row(
                      "waiting",
                      `${count(queue.waiting, "conversation")}${queue.waiting > 0 && processes.length > 0 ? `, about ${duration(queue.waitMs)}` : ""}`,
                  ),
              ]
            : []),
        "",
        ...(problems.length === 0 ? ["All is well."] : problems.map(problemLine)),
    ];
}

function problemLine({ message, remedy }: Problem): string {
    return `FAULT  ${message}${remedy === undefined ? "" : ` What to do: ${remedy}`}`;
}

function processLines(process: ProcessStatus, nowMs: number): readonly string[] {
    const { id, role, version, startedAtMs, residentBytes, configuration, failures } = process;
    return [
        row(
            "process",
            `${id}: ${roles[role]}, version ${version}, for ${duration(nowMs - startedAtMs)}, ${gigabytes(residentBytes)} GB`,
        ),
        ...process.platforms.map((platform) => row("  platform", platformText(platform, nowMs))),
        ...(process.model ? [row("  model", modelText(process.model))] : []),
        ...(process.answerMs
            ? [row("  answers", `${spread(process.answerMs, duration)}, in the last five minutes`)]
            : []),
        ...(configuration.afterRestart.length > 0
            ? [row("  restart", `needed for ${configuration.afterRestart.join(", ")}`)]
            : []),
        ...configuration.faults.map((fault) => row("  settings", `not applied: ${fault}`)),
        ...failures
            .slice(0, shownFailures)
            .map(({ message, remedy, atMs, count: times }) =>
                row(
                    "  failure",
                    `${duration(nowMs - atMs)} ago${times > 1 ? `, ${String(times)} times` : ""}: ${message}${remedy === undefined ? "" : ` What to do: ${remedy}`}`,
                ),
            ),
    ];
}

const shownFailures = 3;

const roles = {
    all: "receives and answers",
    adapters: "receives",
    worker: "answers",
} as const satisfies Readonly<Record<ProcessStatus["role"], string>>;

function platformText(platform: PlatformStatus, nowMs: number): string {
    const { account, condition, sinceMs, receivedAtMs, deliveredAtMs, link } = platform;
    const ago = (ms: number | undefined): string =>
        ms === undefined ? "none yet" : `${duration(nowMs - ms)} ago`;
    const state =
        condition.name === "failing" ? `failing: ${condition.reason}` : conditions[condition.name];
    const linked = link === undefined ? "" : `, phone: ${links[link]}`;
    return `${account}: ${state} for ${duration(nowMs - sinceMs)}${linked}; last message ${ago(receivedAtMs)}, last reply ${ago(deliveredAtMs)}`;
}

const conditions = {
    starting: "starting",
    "standing-by": "standing by, another process receives",
    running: "running",
} as const;

const links = {
    starting: "is being looked for",
    qr: "must scan a QR code",
    "pairing-code": "must be given a code",
    ready: "linked",
    "logged-out": "has unlinked the program",
    failed: "not reached",
} as const satisfies Readonly<Record<NonNullable<PlatformStatus["link"]>, string>>;

function modelText(model: ModelStatus): string {
    const { description, slots, busy, tokensPerSecond, firstTokenMs, deviceMemory } = model;
    return [
        `${description.name}, ${description.device}`,
        `${String(busy)} of ${String(slots)} places busy`,
        ...(tokensPerSecond && tokensPerSecond.count > 0
            ? [`${tokensPerSecond.p50.toFixed(1)} tokens a second`]
            : []),
        ...(firstTokenMs && firstTokenMs.count > 0
            ? [`first word after ${duration(firstTokenMs.p50)}`]
            : []),
        ...(deviceMemory
            ? [
                  `${gigabytes(deviceMemory.usedBytes)} of ${gigabytes(deviceMemory.totalBytes)} GB used`,
              ]
            : []),
        ...(description.vision.status === "ready" ? [] : ["takes no pictures"]),
    ].join(", ");
}

function spread(
    { count: number, p50, p95, max }: Distribution,
    show: (ms: number) => string,
): string {
    return `${String(number)}; half within ${show(p50)}, most within ${show(p95)}, all within ${show(max)}`;
}

function row(name: string, text: string): string {
    // What is said of several faults comes in several lines.
    return `${name.padEnd(12)}${text.replaceAll(/\s*\n\s*/g, " ")}`;
}

function count(number: number, what: string): string {
    return `${String(number)} ${what}${number === 1 ? "" : "s"}`;
}

function gigabytes(bytes: number): string {
    return (bytes / 1e9).toFixed(1);
}

/** A time in the unit that says most. */
function duration(ms: number): string {
    const seconds = Math.max(0, ms) / 1000;
    if (seconds < 10) return `${seconds.toFixed(1)} s`;
    if (seconds < 100) return `${seconds.toFixed(0)} s`;
    if (seconds < 100 * 60) return `${(seconds / 60).toFixed(0)} min`;
    if (seconds < 48 * 3600) return `${(seconds / 3600).toFixed(0)} h`;
    return `${(seconds / 86_400).toFixed(0)} days`;
}
