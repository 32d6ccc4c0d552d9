import type { EnvironmentSettings } from "./environment.ts";
import type { Fault } from "./faults.ts";
import type { ClinicFile } from "./read-clinic-file.ts";

/** What is missing of platforms that are switched on. */
export function platformFaults(
    file: ClinicFile,
    environment: EnvironmentSettings,
    others: readonly Fault[],
): Fault[] {
    return [
        ...telegramFaults(file, environment, others),
        ...cloudFaults(file, environment, others),
    ];
}

/** Whether a fault tells already where the variable's value went. */
function isTold(others: readonly Fault[], variable: string): boolean {
    const told = new RegExp(`(as|mean|Write|put) ${variable}`);
    return others.some(({ message }) => told.test(message));
}

function telegramFaults(
    { settings, isFaulty, valuePlace }: ClinicFile,
    environment: EnvironmentSettings,
    others: readonly Fault[],
): Fault[] {
    const path = ["platforms", "telegram", "enabled"];
    const isSound = !isFaulty(path) && !environment.isFaulty("TELEGRAM_BOT_TOKEN");
    const isDemanded = isSound && settings.platforms.telegram.enabled === true;
    const isMissing = environment.variables.TELEGRAM_BOT_TOKEN === undefined;
    if (!isDemanded || !isMissing || isTold(others, "TELEGRAM_BOT_TOKEN")) return [];
    const message =
        "platforms.telegram.enabled is true, but there is no bot token. Open Telegram, write /newbot to @BotFather, and put the token it gives you into the file .env as TELEGRAM_BOT_TOKEN=…";
    return [{ ...valuePlace(path), message }];
}

/** Where Meta shows what the Cloud API needs. */
const cloudSecrets = {
    WHATSAPP_ACCESS_TOKEN: "the token of a system user (Meta Business settings, System users)",
    WHATSAPP_APP_SECRET: "the app secret (Meta for Developers, your app, App settings, Basic)",
    WHATSAPP_VERIFY_TOKEN:
        "a word of your own choice, which you also give to Meta as verify token,",
} as const;
const cloudVariables = Object.keys(cloudSecrets) as (keyof typeof cloudSecrets)[];

function cloudFaults(
    { settings, isFaulty, valuePlace }: ClinicFile,
    environment: EnvironmentSettings,
    others: readonly Fault[],
): Fault[] {
    const path = ["platforms", "whatsappCloud", "enabled"];
    const { enabled: wanted, phoneNumberIds } = settings.platforms.whatsappCloud;
    const set = cloudVariables.filter((name) => environment.variables[name] !== undefined);
    const isOn = wanted === true || (wanted === "auto" && set.length > 0);
    if (isFaulty(path) || !isOn) return [];
    const because =
        wanted === true ? "platforms.whatsappCloud.enabled is true" : `${set[0]} is set`;
    const missing = cloudVariables.filter(
        (name) => !set.includes(name) && !environment.isFaulty(name) && !isTold(others, name),
    );
    const faults = missing.map((name) => ({
        ...valuePlace(path),
        message: `${because}, but ${name} is missing. Put ${cloudSecrets[name]} into the file .env as ${name}=… (docs/whatsapp-cloud.md).`,
    }));
    const idPath = ["platforms", "whatsappCloud", "phoneNumberIds"];
    if (phoneNumberIds.length > 0 || isFaulty(idPath)) return faults;
    const message = `${because}, but platforms.whatsappCloud.phoneNumberIds is empty. Write the id that Meta shows beside your phone number (WhatsApp, API Setup) into it, like phoneNumberIds: ["106540352242922"].`;
    return [...faults, { ...valuePlace(idPath), message }];
}
