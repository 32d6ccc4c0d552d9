import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inspectConfig } from "../src/config.ts";
import { changeConfig, heldAtOnce, holdsAtOnce, type SoundConfig } from "../src/live-config.ts";
import { packageRoot } from "../src/package-root.ts";
import { weekdays } from "../src/handoff/working-hours.ts";
import { clinicSettingNames } from "../src/settings/setting-names.ts";
import { accessToken, appSecret, type Files, inFolderWith, token } from "./config/clinic-folder.ts";

const groupOnly = "staff: { telegramGroup: -1001234567890";
const cloudSecrets =
    "accessToken: '${OUR_ACCESS}', appSecret: '${OUR_APP}', verifyToken: '${OUR_SECRET_16}'";
const cloud = (more = ""): string =>
    `platforms: { whatsappCloud: { phoneNumberIds: ["123456789012345"], ${cloudSecrets}${more} } }`;

/** One other value for every setting of `clinic.yaml`; a day stands for all of its week. */
const changes: Readonly<Record<string, string>> = {
    "clinic.name": "clinic: { name: { en: Green Clinic, ar: العيادة الخضراء } }",
    "clinic.country": "clinic: { country: AE }",
    "clinic.emergencyNumber": 'clinic: { emergencyNumber: "997" }',
    "clinic.crisisNumber": 'clinic: { crisisNumber: "920033360" }',
    "clinic.timeZone": "clinic: { timeZone: Asia/Riyadh }",
    "clinic.hours": 'clinic: { timeZone: Asia/Riyadh, hours: { DAY: "09:00-17:00" } }',
    "languages.default": "languages: { default: ar }",
    "tasks.pictures": "tasks: { pictures: false }",
    "tasks.caseSummaries": "tasks: { caseSummaries: false }",
    "tasks.otherLanguages": "tasks: { otherLanguages: false }",
    "model.profile": "model: { profile: medgemma-4b-server, acceptLicence: true }",
    "model.acceptLicence": "model: { acceptLicence: true }",
    "model.file": "model: { file: other.gguf }",
    "model.projector": "model: { projector: eyes.gguf }",
    "model.apiKey": "model: { apiKey: '${OUR_SECRET_16}' }",
    "model.gpu": "model: { gpu: cpu }",
    "model.threads": "model: { threads: 3 }",
    "model.conversationsInMemory": "model: { conversationsInMemory: 2 }",
    "model.rememberInMemoryGigabytes": "model: { rememberInMemoryGigabytes: 0.5 }",
    "model.rememberOnDiskGigabytes": "model: { rememberOnDiskGigabytes: 0 }",
    "model.contextTokens": "model: { contextTokens: 1024 }",
    "model.maxAnswerTokens": "model: { maxAnswerTokens: 17 }",
    "model.temperature": "model: { temperature: 0.5 }",
    "model.topP": "model: { topP: 0.5 }",
    "images.maxMegabytes": "images: { maxMegabytes: 2 }",
    "images.maxMegapixels": "images: { maxMegapixels: 2 }",
    "images.maxPerMessage": "images: { maxPerMessage: 2 }",
    "messages.maxCharacters": "messages: { maxCharacters: 500 }",
    "messages.quietSeconds": "messages: { quietSeconds: 3 }",
    "messages.gatherAtMostSeconds": "messages: { gatherAtMostSeconds: 13 }",
    "queue.tellWaitingAbove": "queue: { tellWaitingAbove: 3 }",
    "queue.deliverWithinHours": "queue: { deliverWithinHours: 3 }",
    "queue.finishWithinSeconds": "queue: { finishWithinSeconds: 3 }",
    "queue.setAsideAfterCrashes": "queue: { setAsideAfterCrashes: 3 }",
    "disclaimer.firstAnswer": "disclaimer: { firstAnswer: false }",
    "disclaimer.afterReset": "disclaimer: { afterReset: false }",
    "disclaimer.everyAnswers": "disclaimer: { everyAnswers: 3 }",
    "disclaimer.text": "disclaimer: { text: { en: No diagnosis., ar: ليس تشخيصًا. } }",
    "disclaimer.imageText": "disclaimer: { imageText: { en: No diagnosis., ar: ليس تشخيصًا. } }",
    "consent.required": "consent: { required: false }",
    "consent.minimumAge": "consent: { minimumAge: 16 }",
    "consent.text": "consent: { text: { en: Do you agree?, ar: هل توافق؟ } }",
    notices: "notices: { stopped: { en: Ended., ar: انتهى. } }",
    "notices.command-help": "notices: { command-help: { en: Advice, ar: نصائح } }",
    "access.allow": 'access: { allow: ["telegram:7"] }',
    "access.block": 'access: { block: ["telegram:7"] }',
    admins: 'admins: ["telegram:7"]',
    "limits.patient.questionsPerMinute": "limits: { patient: { questionsPerMinute: 3 } }",
    "limits.patient.questionsPerHour": "limits: { patient: { questionsPerHour: 3 } }",
    "limits.patient.questionsPerDay": "limits: { patient: { questionsPerDay: 3 } }",
    "limits.patient.messagesPerMinute": "limits: { patient: { messagesPerMinute: 3 } }",
    "limits.patient.tokensPerDay": "limits: { patient: { tokensPerDay: 3 } }",
    "limits.clinic.questionsPerHour": "limits: { clinic: { questionsPerHour: 3 } }",
    "limits.clinic.tokensPerDay": "limits: { clinic: { tokensPerDay: 3 } }",
    "safety.triageRules": "safety: { triageRules: [our-rules.yaml] }",
    "conversation.expireAfterDays": "conversation: { expireAfterDays: 3 }",
    "conversation.maxTurns": "conversation: { maxTurns: 30 }",
    "staff.telegramGroup": "staff: { telegramGroup: -1001234567891 }",
    "staff.webhook": `${groupOnly}, webhook: "https://clinic.example/assistant" }`,
    "staff.webhookSecret": `${groupOnly}, webhookSecret: '\${OUR_SECRET_16}' }`,
    "staff.listen.host": `${groupOnly}, listen: { host: 127.0.0.2 } }`,
    "staff.listen.port": `${groupOnly}, webhook: "https://clinic.example/assistant", listen: { port: 8091 } }`,
    "staff.listen.path": `${groupOnly}, listen: { path: /people } }`,
    "staff.language": `${groupOnly}, language: ar }`,
    "staff.onUrgent": `${groupOnly}, onUrgent: nothing }`,
    "staff.showText": `${groupOnly}, showText: false }`,
    "staff.silentHours": `${groupOnly}, silentHours: 3 }`,
    "staff.hours": `${groupOnly}, hours: { timeZone: Asia/Riyadh, DAY: "09:00-17:00" } }`,
    "staff.hours.timeZone": `${groupOnly}, hours: { timeZone: Asia/Riyadh, sunday: "09:00-17:00" } }`,
    "platforms.telegram.enabled": "platforms: { telegram: { enabled: true } }",
    "platforms.telegram.token": "platforms: { telegram: { token: '${OUR_TOKEN}' } }",
    "platforms.whatsappWeb.enabled": "platforms: { whatsappWeb: { enabled: true } }",
    "platforms.whatsappWeb.phoneNumber":
        'platforms: { whatsappWeb: { phoneNumber: "966501234567" } }',
    "platforms.whatsappWeb.groups": "platforms: { whatsappWeb: { groups: mentions } }",
    "platforms.whatsappWeb.catchUpHours": "platforms: { whatsappWeb: { catchUpHours: 3 } }",
    "platforms.whatsappWeb.browser": "platforms: { whatsappWeb: { browser: /usr/bin/chromium } }",
    "platforms.whatsappWeb.version": 'platforms: { whatsappWeb: { version: "2.3000.1" } }',
    "platforms.whatsappCloud.enabled": "platforms: { whatsappCloud: { enabled: false } }",
    "platforms.whatsappCloud.phoneNumberIds": cloud(),
    "platforms.whatsappCloud.accessToken": cloud(),
    "platforms.whatsappCloud.appSecret": cloud(),
    "platforms.whatsappCloud.verifyToken": cloud(),
    "platforms.whatsappCloud.host": cloud(", host: 127.0.0.2"),
    "platforms.whatsappCloud.port": cloud(", port: 8092"),
    "platforms.whatsappCloud.path": cloud(", path: /meta"),
    "platforms.terminal.enabled": "platforms: { terminal: { enabled: false } }",
    "localPage.enabled": "localPage: { enabled: false }",
    "localPage.host": "localPage: { host: 127.0.0.2 }",
    "localPage.port": "localPage: { port: 7421 }",
    "localPage.publicAddress": 'localPage: { publicAddress: "https://clinic.example" }',
    "localPage.password": "localPage: { password: '${OUR_SECRET_16}' }",
};

const secrets = `TELEGRAM_BOT_TOKEN=${token}
STAFF_WEBHOOK_SECRET=${"w".repeat(16)}
BIMEDIX2_PAGE_PASSWORD=${"p".repeat(16)}
OUR_TOKEN=987654321:${"B".repeat(35)}
OUR_ACCESS=${accessToken}
OUR_APP=${appSecret}
OUR_SECRET_16=${"s".repeat(16)}
`;

/** The configuration of a clinic that has people and a bot. */
function configWith(clinicFile: string, environment = secrets): SoundConfig {
    const files: Files = {
        "clinic.yaml": clinicFile,
        ".env": environment,
        "our-rules.yaml": "rules: []\n",
    };
    return inFolderWith(files, (folder) => {
        const read = inspectConfig({ environment: {}, folder, packageRoot: packageRoot() });
        if (read.config === undefined) throw new Error(JSON.stringify(read.faults));
        const unplaced = JSON.parse(JSON.stringify(read).replaceAll(folder, "/clinic"));
        return unplaced as SoundConfig;
    });
}

describe("each setting holds at once, or after a restart", () => {
    const base = `${groupOnly} }\n`;
    const days = (name: string, line: string): (readonly [string, string])[] =>
        line.includes("DAY")
            ? weekdays.map((day) => [`${name}.${day}`, line.replace("DAY", day)] as const)
            : [[name, line]];
    const cases = Object.entries(changes).flatMap(([name, line]) => days(name, line));
    const started = configWith(base);

    test("no setting is left out", () => {
        const names = new Set(cases.map(([name]) => name));
        expect(clinicSettingNames().filter((name) => !names.has(name))).toEqual([]);
    });

    test.each(cases)("%s", (name, line) => {
        const changed = configWith(line.startsWith("staff") ? line : `${base}${line}\n`);
        const { config, atOnce, afterRestart } = changeConfig(started, started, changed);
        const named = [...atOnce, ...afterRestart];
        expect(named.some((setting) => setting === name || setting.startsWith(`${name}.`))).toBe(
            true,
        );
        if (holdsAtOnce(name)) {
            expect({ config, afterRestart }).toEqual({ config: changed.config, afterRestart: [] });
        } else {
            expect({ config, atOnce }).toEqual({ config: started.config, atOnce: [] });
        }
    });
});

test("what waits for a restart still waits after further changes, until it is taken back", () => {
    const started = configWith("model: { temperature: 0.5 }\n");
    const second = configWith("model: { temperature: 0.6 }\n");
    const third = configWith("model: { temperature: 0.6 }\nlanguages: { default: ar }\n");
    const { config, atOnce, afterRestart } = changeConfig(started, second, third);
    expect({ atOnce, afterRestart }).toEqual({
        atOnce: ["languages.default"],
        afterRestart: ["model.temperature"],
    });
    expect(config.model).toEqual(started.config.model);
    expect(config.defaultLanguage).toBe("ar");
    const back = changeConfig(started, third, configWith("model: { temperature: 0.5 }\n"));
    expect(back.afterRestart).toEqual([]);
});

test("a changed secret is named by its variable and never told", () => {
    const other = `987654321:${"B".repeat(35)}`;
    const change = changeConfig(
        configWith(""),
        configWith(""),
        configWith("", secrets.replace(token, other)),
    );
    expect(change.afterRestart).toEqual(["TELEGRAM_BOT_TOKEN"]);
});

test("the instructions name the settings that hold at once, and no others", async () => {
    const text = await readFile(join(packageRoot(), "docs/configuration.md"), "utf8");
    const [, list = ""] = /<!-- held at once -->(.*)<!-- \/held at once -->/s.exec(text) ?? [];
    expect(list.match(/(?<=`)[\w.]+(?=`)/g)).toEqual(heldAtOnce);
});
