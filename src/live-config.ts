/** Which settings hold at once when the configuration is changed, and which after a restart. */
import { isDeepStrictEqual } from "node:util";
import type { Config, InspectedConfig } from "./config.ts";

/** What of a changed configuration holds. */
export interface ChangedConfig {
    /** With the new value of every setting that holds at once, and the old one of all others. */
    readonly config: Config;
    /** Settings that have changed and hold now, as `clinic.yaml` names them. */
    readonly atOnce: readonly string[];
    /** Settings that have changed and hold after a restart; secrets and addresses by their variable. */
    readonly afterRestart: readonly string[];
}

/** A configuration without faults. */
export type SoundConfig = InspectedConfig & { readonly config: Config };

/**
 * Settings, or sections of them, that hold at once. All others are read once, at the start: by the
 * model, by the platforms, by Redis.
 */
export const heldAtOnce: readonly string[] = [
    "access",
    "admins",
    "clinic",
    "consent",
    "disclaimer",
    "images",
    "languages",
    "limits",
    "messages.maxCharacters",
    "notices",
    "queue.deliverWithinHours",
    "queue.setAsideAfterCrashes",
    "queue.tellWaitingAbove",
    "safety",
    "staff.hours",
    "staff.language",
    "staff.onUrgent",
    "staff.showText",
    "staff.silentHours",
    "tasks",
];

/** Telegram's menu shows them from the start on. */
const menuNotices = "notices.command-";

/**
 * Puts what may change while the program runs from one configuration into another.
 *
 * @param started What the program was started with.
 * @param running What it runs with.
 * @param changed What the files say now.
 */
export function changeConfig(
    started: SoundConfig,
    running: SoundConfig,
    changed: SoundConfig,
): ChangedConfig {
    const config = withLiveParts(started.config, changed.config);
    const afterRestart = differences(started, changed).filter((name) => !holdsAtOnce(name));
    const isWhole = afterRestart.length > 0 || isDeepStrictEqual(config, changed.config);
    return {
        config,
        atOnce: differences(running, changed).filter(holdsAtOnce),
        // What lies in other files, such as a model's profile, has no name here.
        afterRestart: isWhole ? afterRestart : changedParts(config, changed.config),
    };
}

/** Whether a change of a setting holds without a restart. */
export function holdsAtOnce(setting: string): boolean {
    if (setting.startsWith(menuNotices)) return false;
    return heldAtOnce.some((name) => setting === name || setting.startsWith(`${name}.`));
}

function withLiveParts(started: Config, changed: Config): Config {
    const { clinic, defaultLanguage, images, disclaimer, consent, access, admins, limits } =
        changed;
    const { tellWaitingAbove, deliverWithinMs, setAsideAfterCrashes } = changed.queue;
    const staff = withLiveStaff(started.staff, changed.staff);
    const { clinicFile: _former, ...rest } = started;
    return {
        ...rest,
        ...(changed.clinicFile === undefined ? {} : { clinicFile: changed.clinicFile }),
        clinic,
        defaultLanguage,
        images,
        disclaimer,
        consent,
        access,
        admins,
        limits,
        notices: withLiveNotices(started.notices, changed.notices),
        tasks: changed.tasks,
        triageRules: changed.triageRules,
        messages: { ...started.messages, maxCharacters: changed.messages.maxCharacters },
        queue: { ...started.queue, tellWaitingAbove, deliverWithinMs, setAsideAfterCrashes },
        ...(staff === undefined ? {} : { staff }),
    };
}

function withLiveNotices(
    started: Config["notices"],
    changed: Config["notices"],
): Config["notices"] {
    const isLive = ([name]: [string, unknown]): boolean => holdsAtOnce(`notices.${name}`);
    return Object.fromEntries([
        ...Object.entries(changed).filter(isLive),
        ...Object.entries(started).filter((notice) => !isLive(notice)),
    ]);
}

/** Where the clinic's people are reached stays as it was: platforms are open for it. */
function withLiveStaff(started: Config["staff"], changed: Config["staff"]): Config["staff"] {
    if (started === undefined || changed === undefined) return started;
    const { hours: _closed, ...rest } = started;
    const { language, onUrgent, showText, silentMs, hours } = changed;
    return {
        ...rest,
        language,
        onUrgent,
        showText,
        silentMs,
        ...(hours === undefined ? {} : { hours }),
    };
}

const rulesSetting = "safety.triageRules";

/** The names of the settings and variables in which two configurations differ. */
function differences(one: InspectedConfig, other: InspectedConfig): string[] {
    const settings = differingPaths(one.settings, other.settings, "");
    const variables = differingPaths(one.variables, other.variables, "");
    // The same files may have other rules now.
    const rules = isDeepStrictEqual(one.ruleDigests, other.ruleDigests) ? [] : [rulesSetting];
    return [...new Set([...settings, ...variables, ...rules])];
}

function differingPaths(one: unknown, other: unknown, path: string): string[] {
    if (isDeepStrictEqual(one, other)) return [];
    if (!isSection(one) || !isSection(other)) return [path];
    const names = new Set([...Object.keys(one), ...Object.keys(other)]);
    return [...names].flatMap((name) =>
        differingPaths(one[name], other[name], path === "" ? name : `${path}.${name}`),
    );
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}

function changedParts(one: Config, other: Config): string[] {
    const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof Config>;
    return [...names].filter((name) => !isDeepStrictEqual(one[name], other[name]));
}
