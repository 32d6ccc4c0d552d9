import { join } from "node:path";
import { createLocalPage, type LocalPage } from "../../adapters/web/local-page.ts";
import { createTerminalLinkDisplay } from "../../adapters/terminal/link-display.ts";
import type { ClinicProcess, Role } from "../clinic-process.ts";
import type { Config } from "../config.ts";
import type { Logger } from "../log.ts";
import { packageRoot } from "../package-root.ts";
import { packageVersion } from "../package-version.ts";
import type { LinkDisplay } from "../ports.ts";
import { openPageSources } from "./page-sources.ts";

/** Where the administrator sees the clinic and links a phone: the terminal, and a local page. */
export interface LinkView {
    readonly display: LinkDisplay;
    /** Absent when it is switched off. */
    readonly page?: LocalPage;
    /** Lets the page show the process that it belongs to, once there is one. */
    readonly connect: (clinic: ClinicProcess) => void;
}

/**
 * Makes the places in which a process of this role shows how it is. With `localPage.enabled: auto`
 * every process with platforms has a page, and no worker.
 */
export function openLinkView(config: Config, role: Role, logger: Logger): LinkView {
    const { enabled, host, port, publicAddress, password } = config.localPage;
    const hasPage = role !== "worker" && enabled !== false;
    const sources = openPageSources(config);
    const page = hasPage
        ? createLocalPage({
              host,
              port,
              ...(publicAddress === undefined ? {} : { publicAddress }),
              ...(password === undefined ? {} : { password }),
              sources,
              clientFolder: join(packageRoot(), "dist/adapters/web/client"),
              assetsFolder: join(packageRoot(), "adapters/web/assets"),
              version: packageVersion(),
              maxFileBytes: config.images.maxBytes,
              logger,
          })
        : undefined;
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
        connect: (clinic) => sources.connect(clinic),
    };
}
