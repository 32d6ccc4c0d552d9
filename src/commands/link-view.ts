import { createLocalPage, type LocalPage } from "../../adapters/local-page/local-page.ts";
import { createTerminalLinkDisplay } from "../../adapters/terminal/link-display.ts";
import type { Role } from "../clinic-process.ts";
import type { Config } from "../config.ts";
import type { Logger } from "../log.ts";
import type { LinkDisplay } from "../ports.ts";

/** Where the administrator links a phone: the terminal, and a page on this machine. */
export interface LinkView {
    readonly display: LinkDisplay;
    /** Absent when it is switched off. */
    readonly page?: LocalPage;
}

/**
 * Makes the places in which a process of this role shows how a phone is linked.
 *
 * @param metrics What the page has for Prometheus.
 */
export function openLinkView(
    config: Config,
    role: Role,
    logger: Logger,
    metrics: () => Promise<string>,
): LinkView {
    const { enabled, port } = config.localPage;
    const isLinked = config.platforms.whatsappWeb !== undefined && role !== "worker";
    const hasPage = enabled === "auto" ? isLinked : enabled && role !== "worker";
    const page = hasPage ? createLocalPage({ port, logger, metrics }) : undefined;
    const terminal = createTerminalLinkDisplay({
        output: process.stdout,
        interactive: process.stdout.isTTY,
        ...(page ? { pageAddress: page.address } : {}),
    });
    return {
        display: {
            show: (account, state) => {
                page?.show(account, state);
                terminal.show(account, state);
            },
        },
        ...(page ? { page } : {}),
    };
}
