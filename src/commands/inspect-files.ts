import type { Config } from "../config.ts";
import type { Finding } from "./finding.ts";
import { findOpenPlaces, octal } from "./private-places.ts";
import { inspectCurrentConfig } from "./session.ts";

/** Whether only those who need it may read the clinic's secrets and its data folder. */
export async function inspectFiles(config: Config): Promise<Finding> {
    const { secretFiles } = inspectCurrentConfig();
    const open = findOpenPlaces(config, process.cwd(), secretFiles);
    if (open.length === 0) {
        return { state: "ok", text: "secrets and data are for their owner alone" };
    }
    const chmods = open.map(({ path, wanted }) => `chmod ${octal(wanted)} ${path}`);
    return {
        state: open.some(({ kind }) => kind === "secret") ? "fault" : "notice",
        text: `Others may read ${open.map(({ path }) => path).join(", ")}.`,
        remedy: `Run bimedix2 doctor --fix, or: ${chmods.join(" && ")}`,
    };
}
