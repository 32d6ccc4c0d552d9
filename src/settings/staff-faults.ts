import type { EnvironmentSettings } from "./environment.ts";
import type { Fault } from "./faults.ts";
import type { ClinicFile } from "./read-clinic-file.ts";

/** What is missing where the clinic's people are to be reached. */
export function staffFaults(
    { settings: { staff, platforms }, isFaulty, valuePlace }: ClinicFile,
    { variables, isFaulty: isFaultyVariable }: EnvironmentSettings,
): Fault[] {
    const faults: Fault[] = [];
    const fault = (path: readonly string[], message: string): void => {
        if (!isFaulty(path)) faults.push({ ...valuePlace(path), message });
    };
    const hasToken =
        variables.TELEGRAM_BOT_TOKEN !== undefined || isFaultyVariable("TELEGRAM_BOT_TOKEN");
    if (staff.telegramGroup !== undefined && (!hasToken || platforms.telegram.enabled === false)) {
        fault(
            ["staff", "telegramGroup"],
            "staff.telegramGroup is set, but Telegram is off. Put the token of @BotFather into the file .env as TELEGRAM_BOT_TOKEN=… and set platforms.telegram.enabled to auto, or delete this line.",
        );
    }
    const hasSecret =
        variables.STAFF_WEBHOOK_SECRET !== undefined || isFaultyVariable("STAFF_WEBHOOK_SECRET");
    if (staff.webhook !== undefined && !hasSecret) {
        fault(
            ["staff", "webhook"],
            "staff.webhook is set, but STAFF_WEBHOOK_SECRET is missing. Make up a long word, put it into the file .env as STAFF_WEBHOOK_SECRET=… and give it to your system: it signs what is sent (docs/staff.md).",
        );
    }
    const lacksWebhook = staff.webhook === undefined && !isFaulty(["staff", "webhook"]);
    if (staff.listen.port !== undefined && lacksWebhook) {
        fault(
            ["staff", "listen", "port"],
            "staff.listen.port is set, but staff.webhook is empty: nobody would answer there. Set staff.webhook to the address of your system, or delete this line.",
        );
    }
    return faults;
}
