/** `bimedix2 init`: a few questions, and the clinic has its two files. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../package-root.ts";
import { editClinicFile, type SettingChange } from "../settings/edit-clinic-file.ts";
import { type CountryCode, countryCodes, countryNamed, countryOf } from "../settings/countries.ts";
import { editList } from "../settings/edit-access-list.ts";
import { editEnvironmentFile } from "../settings/edit-environment-file.ts";
import { findModelProfile } from "../settings/model-profile.ts";
import { settingFault } from "../settings/setting-fault.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { createQuestioner, type Questioner, say } from "./questions.ts";
import { askToken, greetAdministrator } from "./init-telegram.ts";
import { readSoundConfig, stopController } from "./session.ts";

type Path = SettingChange["path"];

/**
 * Asks what a clinic needs to begin, tries the bot's token, says hello to the administrator on Telegram,
 * and writes clinic.yaml and .env in the current folder. What these hold already stays, unless an
 * answer changes it.
 *
 * @throws `aborted` when the questions are not answered; then nothing is written.
 */
export async function init(): Promise<ExitCode> {
    const stop = stopController();
    const questions = createQuestioner(process.stdin, process.stdout, stop.signal);
    try {
        say(
            "This sets up your clinic's assistant in this folder. Press Enter to take what stands in brackets; nothing is written before the end.",
        );
        const before = await readFiles(process.cwd());
        const changes = await askClinic(questions, before.known);
        const token = await askToken(questions, before.hasToken, stop.signal);
        await writeFile(join(process.cwd(), "clinic.yaml"), editClinicFile(before.clinic, changes));
        say("\nclinic.yaml is written.");
        if (token !== undefined) {
            const text = editEnvironmentFile(before.environment, "TELEGRAM_BOT_TOKEN", token.token);
            await writeFile(join(process.cwd(), ".env"), text, { mode: 0o600 });
            say(".env is written; it holds the token: keep it to yourself.");
            const met = await greetAdministrator(questions, token, stop.signal);
            if (met !== undefined) await nameAdministrator(questions, met);
        }
        say(nextSteps(process.cwd()));
        return exitCode.success;
    } finally {
        questions.close();
    }
}

/** Whoever has opened the chat may be told there of what breaks. */
async function nameAdministrator(questions: Questioner, chat: number): Promise<void> {
    const wanted = await questions.confirm(
        "Shall it tell you in this chat what breaks, and answer /status there?",
        true,
    );
    if (!wanted) return;
    const path = join(process.cwd(), "clinic.yaml");
    const entry = `telegram:${String(chat)}`;
    const change = { add: [entry], removes: (known: string) => known === entry };
    await writeFile(path, editList(await readFile(path, "utf8"), ["admins"], change));
    say("You are the administrator now (admins in clinic.yaml).");
}

/** By the ways to run the program from this folder. */
function nextSteps(folder: string): string {
    const isSource = folder === packageRoot();
    const isPackage = existsSync(join(folder, "node_modules", "bimedix2-chat"));
    const program = isSource || isPackage ? "npx bimedix2" : "bimedix2";
    const starting = isSource ? "npm start" : `${program} start`;
    const commands = [
        [`${program} doctor`, "checks everything, and says what to do about each fault"],
        [starting, "starts the assistant"],
    ] as const;
    const lines = commands.map(([command, meaning]) => `  ${command.padEnd(22)} ${meaning}`);
    const service =
        isSource || isPackage
            ? []
            : [
                  "Where the program is a service, copy the two files to it first (docs/administrator.md).",
              ];
    return ["", "Next:", ...lines, ...service].join("\n");
}

interface Files {
    readonly clinic: string;
    readonly environment: string;
    /** A setting as it holds now. */
    readonly known: ReadonlyMap<string, string>;
    readonly hasToken: boolean;
}

/** What is there already, else the examples, whose remarks explain each setting. */
async function readFiles(folder: string): Promise<Files> {
    const read = async (name: string, example: string): Promise<string> => {
        const path = join(folder, name);
        return await readFile(existsSync(path) ? path : join(packageRoot(), example), "utf8");
    };
    // Faulty files are named with their faults, as by every other command.
    const { config, settings } = readSoundConfig();
    const { clinic, defaultLanguage, model, platforms } = config;
    const isNew = !existsSync(join(folder, "clinic.yaml"));
    const known = new Map([
        ["clinic.name.en", isNew ? "" : clinic.name.en],
        ["clinic.name.ar", isNew ? "" : clinic.name.ar],
        ["clinic.country", clinic.country ?? ""],
        // What the country gives is offered when it is known.
        ["clinic.emergencyNumber", settings.clinic.emergencyNumber ?? ""],
        ["clinic.crisisNumber", clinic.crisisNumber ?? ""],
        ["languages.default", defaultLanguage],
        ["model.profile", model.profile],
        ["platforms.whatsappWeb.enabled", platforms.whatsappWeb ? "yes" : "no"],
    ]);
    return {
        clinic: await read("clinic.yaml", "clinic.example.yaml"),
        environment: await read(".env", ".env.example"),
        known,
        hasToken: platforms.telegram !== undefined,
    };
}

async function askClinic(
    questions: Questioner,
    known: Files["known"],
): Promise<readonly SettingChange[]> {
    const ask = async (
        path: Path,
        text: string,
        fault = (value: string) => settingFault({ path, value }),
        offered = "",
    ): Promise<SettingChange[]> => {
        const fallback = known.get(path.join(".")) || offered;
        const value = await questions.ask({ text, fallback, fault });
        return value === fallback ? [] : [{ path, value }];
    };
    const orNothing = (path: Path) => (value: string) =>
        value === "" ? undefined : settingFault({ path, value });
    const emergency = ["clinic", "emergencyNumber"] as const;
    const crisis = ["clinic", "crisisNumber"] as const;
    say("");
    const names = [
        ...(await ask(["clinic", "name", "en"], "The clinic's name in English")),
        ...(await ask(["clinic", "name", "ar"], "The clinic's name in Arabic")),
    ];
    const country = await askCountry(questions, known.get("clinic.country") ?? "");
    const changes = [
        ...names,
        ...country.changes,
        ...(await ask(
            [...emergency],
            'The number to call in an emergency, for example 997 (empty: patients read "your local emergency number")',
            orNothing([...emergency]),
            countryOf(country.code).ambulance,
        )),
        ...(await ask(
            [...crisis],
            "A number for people who think of suicide or suffer violence (empty: the emergency number)",
            orNothing([...crisis]),
        )),
        ...(await ask(["languages", "default"], "The language to begin with: ar or en")),
        ...(await ask(
            ["model", "profile"],
            "The model: demo (a toy to try everything with), bimedix2-8b-bi, bimedix2-8b, bimedix2-70b, or another one that bimedix2 pull lists",
            profileFault,
        )),
    ];
    const profile = changes.find(({ path }) => path.join(".") === "model.profile")?.value;
    const licence =
        profile === undefined || profile === "demo" ? [] : await acceptLicence(questions);
    return [...changes, ...licence, ...(await askWhatsApp(questions, known))];
}

/** The country by its letters or its name in either language; it gives the number of the ambulance. */
async function askCountry(
    questions: Questioner,
    before: string,
): Promise<{ readonly code?: CountryCode; readonly changes: readonly SettingChange[] }> {
    const path = ["clinic", "country"] as const;
    const answer = await questions.ask({
        text: "Its country, by name or by its two letters, for example SA (empty: none)",
        fallback: before,
        fault: (given) =>
            given === "" || codeOf(given)
                ? undefined
                : "It must be the two letters or the name of a country that is known (docs/configuration.md lists them).",
    });
    const code = codeOf(answer);
    const isNew = code !== undefined && code !== before;
    return {
        ...(code === undefined ? {} : { code }),
        changes: isNew ? [{ path: [...path], value: code }] : [],
    };
}

function codeOf(answer: string): CountryCode | undefined {
    const letters = answer.toUpperCase();
    return countryCodes.find((code) => code === letters) ?? countryNamed(answer);
}

function profileFault(name: string): string | undefined {
    const found = findModelProfile(name, [process.cwd(), packageRoot()]);
    return "unknown" in found ? `It ${found.unknown}` : undefined;
}

async function askWhatsApp(
    questions: Questioner,
    known: Files["known"],
): Promise<readonly SettingChange[]> {
    const before = known.get("platforms.whatsappWeb.enabled") === "yes";
    const value = await questions.confirm(
        "WhatsApp through WhatsApp Web? Unofficial: WhatsApp can block the number (docs/whatsapp-web.md)",
        before,
    );
    return value === before ? [] : [{ path: ["platforms", "whatsappWeb", "enabled"], value }];
}

async function acceptLicence(questions: Questioner): Promise<SettingChange[]> {
    const accepted = await questions.confirm(
        'Do you accept its licence, CC BY-NC-SA 4.0 ("not ready for clinical or commercial use")?',
        false,
    );
    if (!accepted)
        say("  It cannot be used before you accept it: model.acceptLicence in clinic.yaml.");
    return accepted ? [{ path: ["model", "acceptLicence"], value: true }] : [];
}
