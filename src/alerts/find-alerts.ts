import type { PlatformAccount } from "../message.ts";
import type { Backlog, DeadReply } from "../queue-ports.ts";
import type { PlatformStatus, ProcessStatus } from "../status-ports.ts";

/** The clinic at one moment. */
export interface ClinicView {
    readonly processes: readonly ProcessStatus[];
    readonly backlog: Pick<Backlog, "conversations" | "workers">;
    readonly dead: readonly DeadReply[];
}

/** Something that an administrator must know of. */
export type Alert = {
    /** Equal as long as it is the same fault. */
    readonly key: string;
} & (
    | {
          readonly name: "platform";
          readonly account: PlatformAccount;
          /** What is wrong and what to do, in English. */
          readonly details: string;
      }
    /** The phone must be linked with the program again. */
    | { readonly name: "link"; readonly account: PlatformAccount }
    /** Nobody can answer. */
    | { readonly name: "workers"; readonly waiting: number }
    /** The configuration was changed and is faulty. */
    | { readonly name: "configuration"; readonly details: string }
    /** Replies were set aside. */
    | {
          readonly name: "undelivered";
          readonly count: number;
          /** When the last one was, in milliseconds since 1970. */
          readonly newestMs: number;
      }
);

/** All that is wrong at this moment. */
export function findAlerts({ processes, backlog, dead }: ClinicView): readonly Alert[] {
    const newestMs = dead.reduce((latest, { diedAtMs }) => Math.max(latest, diedAtMs), 0);
    return [
        ...platformAlerts(processes.flatMap(({ platforms }) => platforms)),
        ...(backlog.workers === 0
            ? [{ key: "workers", name: "workers", waiting: backlog.conversations } as const]
            : []),
        ...configurationAlerts(processes),
        ...(dead.length > 0
            ? [
                  {
                      // What is set aside later is told as well.
                      key: `undelivered ${String(newestMs)}`,
                      name: "undelivered",
                      count: dead.length,
                      newestMs,
                  } as const,
              ]
            : []),
    ];
}

/**
 * Whether what was wrong and is so no more works again. A platform that is just being tried anew, or
 * whose process is away, does not.
 */
export function worksAgain(alert: Alert, { processes }: Pick<ClinicView, "processes">): boolean {
    if (alert.name !== "platform" && alert.name !== "link") return true;
    return processes
        .flatMap(({ platforms }) => platforms)
        .some(
            ({ account, condition }) => account === alert.account && condition.name === "running",
        );
}

function platformAlerts(all: readonly PlatformStatus[]): readonly Alert[] {
    const accounts = [...new Set(all.map(({ account }) => account))];
    return accounts.flatMap((account): readonly Alert[] => {
        const states = all.filter((status) => status.account === account);
        const isUnlinked = states.some(({ link }) => link !== undefined && needsPhone.has(link));
        if (isUnlinked) return [{ key: `link ${account}`, name: "link", account }];
        // One process that receives is enough.
        if (states.some(({ condition }) => condition.name === "running")) return [];
        const [failing] = states.flatMap(({ condition }) =>
            condition.name === "failing" ? [condition] : [],
        );
        if (failing === undefined) return [];
        const details = [failing.reason, failing.remedy ?? ""].join(" ").trim();
        return [{ key: `platform ${account}`, name: "platform", account, details }];
    });
}

const needsPhone: ReadonlySet<NonNullable<PlatformStatus["link"]>> = new Set([
    "qr",
    "pairing-code",
    "logged-out",
]);

function configurationAlerts(processes: readonly ProcessStatus[]): readonly Alert[] {
    // Processes on one machine read one file.
    const faults = new Set(processes.flatMap(({ configuration }) => configuration.faults));
    return faults.size === 0
        ? []
        : [{ key: "configuration", name: "configuration", details: [...faults].join("\n") }];
}
