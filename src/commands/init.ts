/** `bimedix2 init`: a few questions, and the clinic has its two files. */
import { randomInt } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeQR } from "qr";
import { checkTelegramToken } from "../../adapters/telegram/check-token.ts";
import { meetAdministrator, meetingLink } from "../../adapters/telegram/meet-administrator.ts";
import { isAppError } from "../errors.ts";
import { packageRoot } from "../package-root.ts";
import { editClinicFile, type SettingChange } from "../settings/edit-clinic-file.ts";
import { editEnvironmentFile } from "../settings/edit-environment-file.ts";
import { findModelProfile } from "../settings/model-profile.ts";
import { telegramTokenPattern } from "../settings/secrets.ts";
import { settingFault } from "../settings/setting-fault.ts";
import { exitCode, type ExitCode } from "./exit-code.ts";
import { createQuestioner, type Questioner } from "./questions.ts";
import { readConfig, stopController } from "./session.ts";

type Path = SettingChange["path"];

/** How long the administrator may take to open the chat on a phone. */
const meetingMs = 180_000;
const askMs = 15_000;

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
            await greetAdministrator(questions, token, stop.signal);
        }
        say(closing);
        return exitCode.success;
    } finally {
        questions.close();
    }
}

const closing = `
Next:
  npx bimedix2 doctor    checks everything, and says what to do about each fault
  npm start              starts the assistant (in an installed package: npx bimedix2 start)`;

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
    const { clinic, defaultLanguage, model, platforms } = readConfig();
    const isNew = !existsSync(join(folder, "clinic.yaml"));
    const known = new Map([
        ["clinic.name.en", isNew ? "" : clinic.name.en],
        ["clinic.name.ar", isNew ? "" : clinic.name.ar],
        ["clinic.emergencyNumber", clinic.emergencyNumber ?? ""],
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
    ): Promise<SettingChange[]> => {
        const fallback = known.get(path.join(".")) ?? "";
        const value = await questions.ask({ text, fallback, fault });
        return value === fallback ? [] : [{ path, value }];
    };
    const orNothing = (path: Path) => (value: string) =>
        value === "" ? undefined : settingFault({ path, value });
    const emergency = ["clinic", "emergencyNumber"] as const;
    const crisis = ["clinic", "crisisNumber"] as const;
    say("");
    const changes = [
        ...(await ask(["clinic", "name", "en"], "The clinic's name in English")),
        ...(await ask(["clinic", "name", "ar"], "The clinic's name in Arabic")),
        ...(await ask(
            [...emergency],
            'The number to call in an emergency, for example 997 (empty: patients read "your local emergency number")',
            orNothing([...emergency]),
        )),
        ...(await ask(
            [...crisis],
            "A number for people who think of suicide or suffer violence (empty: the emergency number)",
            orNothing([...crisis]),
        )),
        ...(await ask(["languages", "default"], "The language to begin with: ar or en")),
        ...(await ask(
            ["model", "profile"],
            "The model: demo (a toy to try everything with), bimedix2-8b-bi, bimedix2-8b or bimedix2-70b",
            profileFault,
        )),
    ];
    const profile = changes.find(({ path }) => path.join(".") === "model.profile")?.value;
    const licence =
        profile === undefined || profile === "demo" ? [] : await acceptLicence(questions);
    return [...changes, ...licence, ...(await askWhatsApp(questions, known))];
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

interface Bot {
    readonly token: string;
    readonly username: string;
}

/** A token that Telegram accepts; `undefined`: none for now. */
async function askToken(
    questions: Questioner,
    hasToken: boolean,
    signal: AbortSignal,
): Promise<Bot | undefined> {
    say("\nTelegram: write /newbot to @BotFather in Telegram; it answers with a token.");
    for (;;) {
        const token = await questions.ask({
            text: hasToken
                ? "Another token (empty: keep the one in .env)"
                : "The token (empty: later)",
            fault: (answer) =>
                answer === "" || telegramTokenPattern.test(answer)
                    ? undefined
                    : "A token is digits, a colon and 35 letters, digits or signs.",
        });
        if (token === "") return undefined;
        try {
            const bounded = AbortSignal.any([signal, AbortSignal.timeout(askMs)]);
            const { username } = await checkTelegramToken({ token, ...apiRoot(), signal: bounded });
            say(`  The token belongs to @${username}.`);
            return { token, username };
        } catch (error) {
            if (!isAppError(error) || signal.aborted) throw error;
            say(`  ${[error.message, error.remedy ?? ""].join(" ").trim()}`);
            if (isAppError(error, "config-invalid")) continue;
            if (await questions.confirm("Keep this token without having tried it?", false)) {
                return { token, username: "" };
            }
        }
    }
}

/** A Bot API server of the clinic's own, as for every other command. */
function apiRoot(): { readonly apiRoot?: string } {
    const address = process.env["TELEGRAM_API_ROOT"];
    return address ? { apiRoot: address } : {};
}

async function greetAdministrator(
    questions: Questioner,
    { token, username }: Bot,
    signal: AbortSignal,
): Promise<void> {
    const wanted =
        username !== "" && (await questions.confirm("Try it with your own Telegram now?", true));
    if (!wanted) return;
    const code = String(randomInt(100_000, 1_000_000));
    const link = meetingLink(username, code);
    say(`\nOpen this on your phone and press Start:\n  ${link}\n${encodeQR(link, "ascii")}`);
    try {
        const met = await meetAdministrator(
            { token, ...apiRoot(), code, patienceMs: meetingMs, signal },
            hello,
        );
        say(met ? "The bot has written to you." : "Nobody came. The token works all the same.");
    } catch (error) {
        if (!isAppError(error) || signal.aborted) throw error;
        say([error.message, error.remedy ?? ""].join(" ").trim());
    }
}

const hello =
    "Your clinic's assistant can write to you: the token works. It answers as soon as it is started.\n\nيمكن لمساعد عيادتكم مراسلتكم: الرمز يعمل. سيجيب بعد تشغيله.";

function say(text: string): void {
    process.stdout.write(`${text}\n`);
}
