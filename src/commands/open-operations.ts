import { serveOperations } from "../../adapters/operations-server/operations-server.ts";
import type { InspectedConfig } from "../config.ts";
import type { Logger } from "../log.ts";
import type { Operations } from "../operations/operations.ts";

/**
 * Answers machines at the address that the environment names, if it names one, until `stop` aborts.
 * Never fails.
 *
 * @param operations Of this process, as soon as it is open.
 */
export async function openOperations(
    { variables }: Pick<InspectedConfig, "variables">,
    operations: () => Operations | undefined,
    logger: Logger,
    stop: AbortController,
): Promise<void> {
    const address = variables.BIMEDIX2_OPERATIONS_ADDRESS;
    if (address === undefined) return;
    const [, bracketed, name, port] = /^(?:\[(.+)\]:|(.+):)?(\d+)$/.exec(address) ?? [];
    const host = bracketed ?? name ?? "127.0.0.1";
    await serveOperations({ host, port: Number(port), sources: operations, logger }, stop.signal);
}
