import type { PlatformAccount } from "../message.ts";
import type { PlatformStatus, ProcessStatus } from "../status-ports.ts";
import type { ClinicStatus } from "./read-status.ts";

/** Something wrong, and what to do. */
export interface Problem {
    readonly message: string;
    readonly remedy?: string;
}

const startIt =
    "Start it: npx bimedix2 start, or where it is a service: sudo systemctl start bimedix2.";

/** What is wrong at this moment, the worst first; nothing: all is well. */
export function problemsOf(status: ClinicStatus): readonly Problem[] {
    const { configuration, processes, queue } = status;
    const count = configuration.faults.length;
    return [
        ...redisProblems(status),
        ...(status.redis.reached ? processProblems(status) : []),
        ...(count === 0
            ? []
            : [
                  {
                      message: `The configuration has ${String(count)} ${count === 1 ? "fault" : "faults"}; it is not applied.`,
                      remedy: "bimedix2 config check names each.",
                  },
              ]),
        ...accountsOf(processes).flatMap(accountProblems),
        ...(queue && queue.dead.length > 0
            ? [
                  {
                      message: `${String(queue.dead.length)} replies could not be delivered and are set aside.`,
                      remedy: "bimedix2 queue shows them, and how to send them again.",
                  },
              ]
            : []),
    ];
}

function redisProblems({ redis }: ClinicStatus): readonly Problem[] {
    if (redis.reached) return [];
    if (redis.stopped) return [{ message: "Nothing runs.", remedy: startIt }];
    const { message, remedy } = redis.error;
    return [{ message, ...(remedy === undefined ? {} : { remedy }) }];
}

function processProblems({ processes, configuration }: ClinicStatus): readonly Problem[] {
    if (processes.length === 0) return [{ message: "Nothing runs.", remedy: startIt }];
    const hears = processes.some(({ role }) => role !== "worker");
    return [
        ...(processes.some(({ model }) => model !== undefined)
            ? []
            : [
                  {
                      message: "No process has a model yet: patients wait.",
                      remedy: "If none is just starting, start one: npx bimedix2 start --role worker.",
                  },
              ]),
        ...(hears || !configuration.hasPlatforms
            ? []
            : [
                  {
                      message: "No process speaks to the platforms.",
                      remedy: "Start one: npx bimedix2 start --role adapters.",
                  },
              ]),
    ];
}

/** An account, and how it stands in each process that has it. */
interface Account {
    readonly account: PlatformAccount;
    readonly standings: readonly PlatformStatus[];
}

/** All accounts, each once. */
function accountsOf(processes: readonly ProcessStatus[]): readonly Account[] {
    const accounts = new Map<PlatformAccount, PlatformStatus[]>();
    for (const platform of processes.flatMap(({ platforms }) => platforms)) {
        accounts.set(platform.account, [...(accounts.get(platform.account) ?? []), platform]);
    }
    return [...accounts].map(([account, standings]) => ({ account, standings }));
}

function accountProblems({ account, standings }: Account): readonly Problem[] {
    if (standings.some(({ link }) => link === "qr" || link === "pairing-code")) {
        return [
            {
                message: `${account} is not linked with its phone.`,
                remedy: "Open the page for the administrator, or the terminal of the program, and scan the code with the phone.",
            },
        ];
    }
    // One process that receives is enough.
    if (standings.some(({ condition }) => condition.name === "running")) return [];
    return standings.flatMap(({ condition }) =>
        condition.name === "failing"
            ? [
                  {
                      message: `${account} does not work: ${condition.reason}`,
                      ...(condition.remedy === undefined ? {} : { remedy: condition.remedy }),
                  },
              ]
            : [],
    );
}
