import type { EnvironmentSettings } from "./environment.ts";
import type { Fault } from "./faults.ts";
import { isLoopback } from "./local-page-settings.ts";
import type { ClinicFile } from "./read-clinic-file.ts";

/** Whatever others can reach needs a password. */
export function localPageFaults(
    { settings: { localPage }, isFaulty, valuePlace }: ClinicFile,
    { variables, isFaulty: isFaultyVariable }: EnvironmentSettings,
): Fault[] {
    const hasPassword =
        variables.BIMEDIX2_PAGE_PASSWORD !== undefined ||
        isFaultyVariable("BIMEDIX2_PAGE_PASSWORD");
    if (localPage.enabled === false || hasPassword) return [];
    const advice =
        "Put one of at least 12 characters into the file .env as BIMEDIX2_PAGE_PASSWORD=…";
    const place = (name: string) => valuePlace(["localPage", name]);
    const isOpen = (name: "host" | "publicAddress"): boolean => !isFaulty(["localPage", name]);
    if (!isLoopback(localPage.host) && isOpen("host")) {
        const message = `localPage.host lets other machines reach the page, but there is no password. ${advice}, or write host: 127.0.0.1.`;
        return [{ ...place("host"), message }];
    }
    if (localPage.publicAddress === undefined || !isOpen("publicAddress")) return [];
    const message = `localPage.publicAddress lets others reach the page, but there is no password. ${advice}`;
    return [{ ...place("publicAddress"), message }];
}
