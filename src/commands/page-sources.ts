import type { PageSources } from "../../adapters/web/page-options.ts";
import type { ClinicProcess } from "../clinic-process.ts";
import type { Config } from "../config.ts";
import { reached } from "../conversation/late-store.ts";
import { createAuditLog } from "../privacy/signed-records.ts";
import type { Exchange } from "../serve.ts";

/** What the local page shows, and where it comes from once the process is open. */
export interface LatePageSources extends PageSources {
    readonly connect: (clinic: Pick<ClinicProcess, "operations" | "storage">) => void;
}

/**
 * What the local page shows of a process. The page is there before the process is, and while Redis is
 * away: until then nothing is known.
 */
export function openPageSources({ dataFolder }: Pick<Config, "dataFolder">): LatePageSources {
    let clinic: Pick<ClinicProcess, "operations" | "storage"> | undefined;
    let exchange: Exchange | undefined;
    const notYet = { status: 503, body: "The program is still starting.\n" } as const;
    return {
        connect: (opened) => {
            clinic = opened;
            opened.storage.openExchange().then(
                (found) => (exchange = found),
                () => undefined,
            );
        },
        readStatus: async () => reached(clinic).storage.statusBoard.read(),
        readBacklog: async () => reached(exchange).inbox.backlog(),
        readCounters: async () => reached(clinic).storage.counters.read(),
        outbox: {
            dead: async () => reached(exchange).outbox.dead(),
            resend: async (id) => reached(exchange).outbox.resend(id),
            discard: async (id) => reached(exchange).outbox.discard(id),
        },
        deadLetters: { open: async (id) => reached(exchange).deadLetters.open(id) },
        audit: createAuditLog(dataFolder),
        health: () => clinic?.operations.health() ?? { status: 200, body: "The program starts.\n" },
        ready: () => clinic?.operations.readiness() ?? notYet,
        metrics: async () => {
            if (!clinic) return notYet;
            const contentType = "text/plain; version=0.0.4; charset=utf-8";
            return { status: 200, body: await clinic.operations.metrics(), contentType };
        },
    };
}
