/** The composition root's part for administrators: who they are, and what they are told. */
import { type AdministratorParts, ClinicWatch } from "./administration.ts";
import type { AdministrationParts, ReplyParts } from "./assistant.ts";
import type { Config } from "./config.ts";
import { reached } from "./conversation/late-store.ts";
import { isAppError } from "./errors.ts";
import type { Logger } from "./log.ts";
import type { Platform } from "./ports.ts";
import { administratorRooms, createAdministratorCheck } from "./safety/access/administrators.ts";
import type { Exchange } from "./serve.ts";
import type { Storage } from "./storage.ts";

/** Who is told, and with which texts. */
export interface Addressees {
    readonly reply: Pick<ReplyParts, "notices" | "settings" | "logger">;
    /** As the clinic's configuration names them. */
    readonly admins: readonly string[];
}

/** What one process does for the clinic's administrators. */
export interface Administration {
    /** @throws `config-invalid` for an administrator that cannot be understood. */
    partsOf(config: Pick<Config, "admins">): AdministrationParts;
    /**
     * Keeps a view of the clinic until the signal aborts. The processes that have platforms tell
     * administrators what is wrong, one at a time. Never fails.
     */
    serve(
        addressees: () => Addressees,
        platforms: readonly Platform[],
        signal: AbortSignal,
    ): Promise<void>;
}

/** Makes what a process does for administrators; it does nothing until it is served. */
export function openAdministration(
    storage: Pick<Storage, "openExchange" | "postbox" | "statusBoard" | "store">,
    logger: Logger,
): Administration {
    let exchange: Exchange | undefined;
    const watch = new ClinicWatch({
        board: storage.statusBoard,
        inbox: { backlog: async () => reached(exchange).inbox.backlog() },
        outbox: { dead: async () => reached(exchange).outbox.dead() },
    });
    const tell = async (parts: AdministratorParts, signal: AbortSignal): Promise<void> => {
        exchange = await storage.openExchange();
        await exchange.fleet.hold("administrators", (held) => watch.tell(parts, held), signal);
    };
    return {
        partsOf: ({ admins }) => ({
            isAdministrator: createAdministratorCheck(admins),
            describe: (language, notices) => watch.describe(language, notices),
        }),
        serve: async (addressees, platforms, signal) => {
            const accounts = platforms.map(({ account }) => account);
            const parts = {
                reply: () => addressees().reply,
                rooms: () => administratorRooms(addressees().admins, accounts),
                postbox: storage.postbox,
                store: storage.store,
            };
            storage.openExchange().then(
                (opened) => (exchange = opened),
                () => undefined,
            );
            const telling = platforms.length === 0 ? undefined : tell(parts, signal);
            await Promise.all([
                watch.watch({ logger }, signal),
                telling?.catch((error: unknown) => {
                    if (!isAppError(error, "aborted")) throw error;
                }),
            ]);
        },
    };
}
