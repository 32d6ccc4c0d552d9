import type { Command } from "commander";
import type { Describer } from "./describe.ts";
import type { UsersAct, UsersOptions } from "./users.ts";

/** Describes `bimedix2 users` and what stands behind it. */
export function describeUsers(program: Command, { command, say, end }: Describer): void {
    const users = command(program, "users")
        .option("--json", say("json"), false)
        // Behind the commands below, --json is theirs.
        .enablePositionalOptions()
        .action(async (options: UsersOptions) =>
            end(await (await import("./users.ts")).listUsers(options)),
        );
    const act = (name: UsersAct): void => {
        command(users, `users ${name}`)
            .argument("<patients...>", say("patients"))
            .option("--json", say("json"), false)
            .action(async (patients: string[], options: UsersOptions) =>
                end(await (await import("./users.ts")).changeUsers(name, patients, options)),
            );
    };
    for (const name of ["allow", "block", "unblock", "remove"] as const) act(name);
}
