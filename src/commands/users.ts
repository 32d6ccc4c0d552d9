/** `bimedix2 users`: who is served and who is not, as clinic.yaml says. */
import type { Config } from "../config.ts";
import { AppError } from "../errors.ts";
import { openCipher } from "../privacy/open-cipher.ts";
import { createAuditLog } from "../privacy/signed-records.ts";
import {
    accessEntryFault,
    formatAccessEntry,
    parseAccessEntry,
} from "../safety/access/access-entry.ts";
import { type AccessSettings, changeAccess } from "../settings/change-access.ts";
import type { AccessListChange } from "../settings/edit-access-list.ts";
import { configInvalid } from "../settings/faults.ts";
import { currentUser } from "./current-user.ts";
import { print } from "./data.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { currentFolder, inspectCurrentConfig } from "./session.ts";

/** `bimedix2 users …`, as it was typed. */
export interface UsersOptions {
    readonly json: boolean;
}

/** What is done with patients: where they are put, and where they are taken away. */
const acts = {
    allow: {
        to: "allow",
        from: [],
        done: "is on the list of those who are served",
    },
    block: { to: "block", from: [], done: "is blocked" },
    unblock: { to: undefined, from: ["block"], done: "is not blocked any more" },
    remove: {
        to: undefined,
        from: ["allow", "block"],
        done: "is on no list any more",
    },
} as const satisfies Readonly<Record<string, Act>>;

interface Act {
    readonly to: AccessListChange["list"] | undefined;
    readonly from: readonly AccessListChange["list"][];
    readonly done: string;
}

/** What can be done. */
export type UsersAct = keyof typeof acts;

/** Shows who is served and who is not. */
export async function listUsers({ json }: UsersOptions): Promise<ExitCode> {
    const { faults, settings } = inspectCurrentConfig();
    if (faults.length > 0) throw configInvalid(faults);
    const { admins } = settings;
    const { allow, block } = settings.access;
    const everybody = allow.length === 0;
    print(json, { everybody, allow, block, admins }, [
        everybody ? "Everybody is served, except those who are blocked." : "Only these are served:",
        ...allow.map((entry) => `  ${entry}`),
        block.length === 0 ? "Nobody is blocked." : "These are blocked:",
        ...block.map((entry) => `  ${entry}`),
        admins.length === 0
            ? "There is no administrator (admins in clinic.yaml)."
            : "Administrators:",
        ...admins.map((entry) => `  ${entry}`),
    ]);
    return exitCode.success;
}

/**
 * Changes the lists in clinic.yaml, and writes down that this was done.
 *
 * @throws `config-invalid`.
 */
export async function changeUsers(
    name: UsersAct,
    patients: readonly string[],
    { json }: UsersOptions,
): Promise<ExitCode> {
    const unclear = patients.map(unclearFault).find((fault) => fault !== undefined);
    if (unclear !== undefined) {
        process.stderr.write(`${unclear}\n`);
        return exitCode.usage;
    }
    const { config, faults, settings } = inspectCurrentConfig();
    if (!config) throw configInvalid(faults);
    const act: Act = acts[name];
    const entries = [...new Set(patients.map((patient) => written(patient)))];
    const isOn = (list: AccessListChange["list"], entry: string): boolean =>
        settings.access[list].some((listed) => written(listed) === entry);
    const isMeant = (entry: string): boolean =>
        act.to === undefined ? act.from.some((list) => isOn(list, entry)) : !isOn(act.to, entry);
    const changed = entries.filter(isMeant);
    const unchanged = entries.filter((entry) => !isMeant(entry));
    const changes = changesOf(act, changed);
    let { access } = settings;
    if (changed.length > 0) {
        await record(config, changed, (entry) =>
            act.to === "block" || (act.to === undefined && !isOn("block", entry))
                ? "block"
                : "allow",
        );
        ({ access } = await changeAccess(currentFolder(), changes));
    }
    const notes = notesOf(settings.access, access, changed);
    print(json, { changed, unchanged, ...access, everybody: access.allow.length === 0, notes }, [
        ...changed.map((entry) => `${entry} ${act.done}.`),
        ...unchanged.map((entry) =>
            act.to === undefined
                ? `${entry} was on no such list.`
                : `${entry} was on that list already.`,
        ),
        ...notes,
        ...(changed.length > 0
            ? ["A program that is running applies this by itself; no restart is needed."]
            : []),
    ]);
    return unchanged.length > 0 && act.to === undefined ? exitCode.failure : exitCode.success;
}

function changesOf({ to, from }: Act, entries: readonly string[]): readonly AccessListChange[] {
    const removes = (listed: string): boolean => entries.includes(written(listed));
    if (to !== undefined) return [{ list: to, add: entries, removes: () => false }];
    return from.map((list) => ({ list, add: [], removes }));
}

/**
 * Writes down what is about to be done: who cannot, must not do it. By what stands there only who has
 * the clinic's keys can tell whom it is about.
 */
async function record(
    { dataFolder, dataKeys }: Config,
    patients: readonly string[],
    whatOf: (patient: string) => "allow" | "block",
): Promise<void> {
    const audit = createAuditLog(dataFolder);
    const cipher = await openCipher(dataKeys);
    for (const patient of patients) {
        const [fingerprint = ""] = cipher.fingerprints(Buffer.from(patient), ["access"]);
        const subject = fingerprint.slice(0, 16);
        await audit.record({ what: whatOf(patient), who: currentUser(), subject });
    }
}

/** What follows from a change that may not have been meant. */
function notesOf(
    before: AccessSettings,
    { allow, block }: AccessSettings,
    changed: readonly string[],
): readonly string[] {
    const blocked = new Set(block.map(written));
    const stillBlocked = changed.filter(
        (entry) => blocked.has(entry) && allow.some((listed) => written(listed) === entry),
    );
    return [
        ...(before.allow.length === 0 && allow.length > 0
            ? ["From now on only those on the list are served."]
            : []),
        ...(before.allow.length > 0 && allow.length === 0
            ? ["Nobody is on the list of those who are served any more: now everybody is."]
            : []),
        ...stillBlocked.map((entry) => `${entry} is blocked, which counts more.`),
    ];
}

/** Says what is wrong with a patient on the command line, without repeating it. */
function unclearFault(patient: string): string | undefined {
    // A shell makes several words of a number with spaces.
    if (/^\+?[\d٠-٩۰-۹]{1,4}$/.test(patient.trim())) {
        return 'A part of a number stands alone. Put a number with spaces in quotes, for example "+966 50 123 4567".';
    }
    const fault = accessEntryFault(patient);
    return fault === undefined ? undefined : `A patient must be ${fault}.`;
}

/** The one way in which the program writes an entry. */
function written(entry: string): string {
    try {
        return formatAccessEntry(parseAccessEntry(entry));
    } catch (error) {
        if (error instanceof AppError) return entry;
        throw error;
    }
}
