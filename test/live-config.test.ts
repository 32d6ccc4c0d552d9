import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inspectConfig } from "../src/config.ts";
import { changeConfig, heldAtOnce, holdsAtOnce, type SoundConfig } from "../src/live-config.ts";
import { packageRoot } from "../src/package-root.ts";
import { type Files, inFolderWith, token } from "./config/clinic-folder.ts";

/** One other value for settings of every section, as `clinic.yaml` has them. */
const changes: Readonly<Record<string, string>> = {
    "clinic.name": "clinic: { name: { en: Green Clinic, ar: العيادة الخضراء } }",
    "clinic.emergencyNumber": 'clinic: { emergencyNumber: "997" }',
    "clinic.crisisNumber": 'clinic: { crisisNumber: "920033360" }',
    "languages.default": "languages: { default: ar }",
    "tasks.pictures": "tasks: { pictures: false }",
    "notices.help": "notices: { help: { en: Write your question., ar: اكتب سؤالك. } }",
    "model.temperature": "model: { temperature: 0.5 }",
    "model.conversationsInMemory": "model: { conversationsInMemory: 2 }",
    "images.maxPerMessage": "images: { maxPerMessage: 2 }",
    "messages.maxCharacters": "messages: { maxCharacters: 500 }",
    "messages.quietSeconds": "messages: { quietSeconds: 3 }",
    "queue.tellWaitingAbove": "queue: { tellWaitingAbove: 3 }",
    "queue.deliverWithinHours": "queue: { deliverWithinHours: 3 }",
    "queue.finishWithinSeconds": "queue: { finishWithinSeconds: 3 }",
    "queue.setAsideAfterCrashes": "queue: { setAsideAfterCrashes: 3 }",
    "disclaimer.everyAnswers": "disclaimer: { everyAnswers: 3 }",
    "disclaimer.text": "disclaimer: { text: { en: No diagnosis., ar: ليس تشخيصًا. } }",
    "consent.minimumAge": "consent: { minimumAge: 16 }",
    "access.block": 'access: { block: ["telegram:7"] }',
    "limits.patient.questionsPerHour": "limits: { patient: { questionsPerHour: 3 } }",
    "limits.clinic.tokensPerDay": "limits: { clinic: { tokensPerDay: 3 } }",
    "safety.triageRules": "safety: { triageRules: [our-rules.yaml] }",
    "conversation.expireAfterDays": "conversation: { expireAfterDays: 3 }",
    "staff.silentHours": "staff: { telegramGroup: -1001234567890, silentHours: 3 }",
    "staff.hours":
        'staff: { telegramGroup: -1001234567890, hours: { timeZone: Asia/Riyadh, sunday: "09:00-17:00" } }',
    "localPage.port": "localPage: { port: 7421 }",
};

/** The configuration of a clinic that has people and a bot. */
function configWith(
    clinicFile: string,
    environment = `TELEGRAM_BOT_TOKEN=${token}\n`,
): SoundConfig {
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
    const base = "staff: { telegramGroup: -1001234567890 }\n";
    test.each(Object.entries(changes))("%s", (name, line) => {
        const started = configWith(base);
        const changed = configWith(line.startsWith("staff") ? line : `${base}${line}\n`);
        const { config, atOnce, afterRestart } = changeConfig(started, started, changed);
        const named = [...atOnce, ...afterRestart];
        expect(named.length).toBeGreaterThan(0);
        expect(named.every((setting) => setting.startsWith(name))).toBe(true);
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
        configWith("", `TELEGRAM_BOT_TOKEN=${other}\n`),
    );
    expect(change.afterRestart).toEqual(["TELEGRAM_BOT_TOKEN"]);
});

test("the instructions name the settings that hold at once, and no others", async () => {
    const text = await readFile(join(packageRoot(), "docs/configuration.md"), "utf8");
    const [, list = ""] = /<!-- held at once -->(.*)<!-- \/held at once -->/s.exec(text) ?? [];
    expect(list.match(/(?<=`)[\w.]+(?=`)/g)).toEqual(heldAtOnce);
});
