import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, test } from "vitest";
import { type Config, inspectConfig, loadConfig } from "../../src/config.ts";
import { isTimeZone, type WorkingHours } from "../../src/handoff/working-hours.ts";
import { packageRoot } from "../../src/package-root.ts";
import { clinicDefaults, clinicFileSchema } from "../../src/settings/clinic-file.ts";
import { countryCodes, countryOf } from "../../src/settings/countries.ts";
import { environmentSchema } from "../../src/settings/environment.ts";
import { clinicSettingPaths } from "../../src/settings/setting-names.ts";
import { readYaml } from "../../src/settings/yaml-file.ts";
import { formatDataKey } from "../../src/privacy/data-key.ts";
import { testKey } from "../setup/cipher.ts";
import { accessToken, appSecret, configOf, inFolderWith, token } from "./clinic-folder.ts";

const root = packageRoot();

function shipped(name: string): string {
    return readFileSync(join(root, name), "utf8");
}

/** A configuration without its absolute paths, which differ from folder to folder. */
function comparable(config: Config): unknown {
    return { ...config, dataFolder: undefined, dataKeys: undefined, clinicFile: undefined };
}

describe("the defaults", () => {
    test("make a configuration out of nothing", () => {
        inFolderWith({}, (folder) => {
            expect(loadConfig({ environment: {}, folder, packageRoot: root })).toEqual({
                dataFolder: join(folder, "data"),
                dataKeys: { from: "data-folder", path: join(folder, "data/keys/data.key") },
                logLevel: "info",
                clinic: { name: { en: "our clinic", ar: "عيادتنا" } },
                defaultLanguage: "en",
                tasks: { pictures: true, caseSummaries: true, otherLanguages: true },
                model: {
                    profile: "demo",
                    name: "BiMediX2 demonstration",
                    demonstration: true,
                    modelPath: join(root, "models/demo/bimedix2-demo.gguf"),
                    projectorPath: join(root, "models/demo/bimedix2-demo.mmproj.gguf"),
                    template: "llama3",
                    gpu: "auto",
                    threads: "auto",
                    contextTokens: "auto",
                    usualContextTokens: 2048,
                    conversationsInMemory: "auto",
                    remember: { memoryBytes: "auto", diskBytes: 8_589_934_592 },
                    maxAnswerTokens: 200,
                    temperature: 0,
                    topP: 1,
                    licence: {
                        name: "MIT",
                        notice: "A demonstration that knows no medicine; never use it for patients.",
                        url: "https://opensource.org/license/mit",
                    },
                    sources: [],
                },
                images: { maxBytes: 20_971_520, maxPixels: 50_000_000, maxPerMessage: 8 },
                messages: { maxCharacters: 8000, quietMs: 1500, gatherAtMostMs: 10_000 },
                queue: {
                    tellWaitingAbove: 20,
                    deliverWithinMs: 86_400_000,
                    finishWithinMs: 20_000,
                    setAsideAfterCrashes: 2,
                },
                disclaimer: { firstAnswer: true, afterReset: true },
                consent: { required: true, minimumAge: 18 },
                notices: {},
                access: { allow: [], block: [] },
                admins: [],
                limits: {
                    patient: {
                        questionsPerMinute: 10,
                        questionsPerHour: 60,
                        questionsPerDay: 200,
                        messagesPerMinute: 60,
                    },
                    clinic: {},
                },
                triageRules: [],
                conversation: { expireAfterMs: 2_592_000_000, maxTurns: 200 },
                platforms: { terminal: { enabled: "auto" } },
                localPage: { enabled: "auto", host: "127.0.0.1", port: 7420 },
                redis: { keyPrefix: "bimedix2:" },
            });
        });
    });

    test("are what clinic.example.yaml and .env.example say", () => {
        const text = shipped("clinic.example.yaml");
        expect(clinicFileSchema.parse(readYaml(text, "").value)).toEqual(clinicDefaults);
        expect(clinicFileSchema.parse({})).toEqual(clinicDefaults);
        const examples = configOf({ "clinic.yaml": text, ".env": shipped(".env.example") });
        expect(comparable(examples)).toEqual(comparable(configOf({})));
    });

    test("keep the assistant out of WhatsApp groups", () => {
        const groupsWith = (settings: string): string | undefined =>
            configOf({
                "clinic.yaml": `platforms: { whatsappWeb: { enabled: true${settings} } }\n`,
            }).platforms.whatsappWeb?.groups;
        expect([groupsWith(""), groupsWith(", groups: mentions")]).toEqual(["never", "mentions"]);
    });

    test("hold for sections and settings without a value", () => {
        const config = configOf({ "clinic.yaml": "images:\nmodel:\n  profile:\n  gpu: cpu\n" });
        expect(config.images).toEqual(configOf({}).images);
        expect(config.model).toEqual({ ...configOf({}).model, gpu: "cpu" });
    });

    test("hold for a file of remarks alone, saved by a Windows editor", () => {
        const config = configOf({
            "clinic.yaml": "\uFEFF# later\r\n",
            ".env": "\uFEFF# later\r\n",
        });
        expect(comparable(config)).toEqual(comparable(configOf({})));
    });
});

describe("the examples", () => {
    test("explain every setting right above it", () => {
        const lines = shipped("clinic.example.yaml").split("\n");
        const document = readYaml(lines.join("\n"), "clinic.example.yaml");
        // The wordings stand in a remark: both languages, or none.
        const paths = clinicSettingPaths().filter(
            ([section = "", setting, language]) =>
                !["disclaimer", "consent"].includes(section) || !setting || !language,
        );
        for (const path of paths) {
            const { line = 0 } = document.keyPlace(path);
            expect(lines[line - 1], path.join(".")).toMatch(new RegExp(`^ *${path.at(-1)}:`));
            expect(lines[line - 2], path.join(".")).toMatch(/^ *# /);
        }
    });

    test("list every variable and no other", () => {
        expect(Object.keys(parseEnv(shipped(".env.example"))).sort()).toEqual(
            Object.keys(environmentSchema.shape).sort(),
        );
    });

    test("and docs/configuration.md have every setting and variable with its default", () => {
        const rows = shipped("docs/configuration.md")
            .split("\n")
            .map((line) => line.split("|").map((cell) => cell.trim()));
        const defaultIn = (name: string): string | undefined =>
            rows.find(([, first]) => first === `\`${name}\``)?.[2];
        const sections = new Set(clinicSettingPaths().map((path) => path.slice(0, -1).join(".")));
        for (const path of clinicSettingPaths()) {
            if (sections.has(path.join("."))) continue;
            const value = path.reduce<unknown>(
                (section, name) => (section as Record<string, unknown> | undefined)?.[name],
                clinicDefaults,
            );
            const withoutDefault = [
                "",
                "built in",
                "no limit",
                "the emergency number",
                "the country's",
                "the clinic's",
                "the profile's",
            ];
            const shown = Array.isArray(value) ? JSON.stringify(value) : String(value);
            const isEmpty = JSON.stringify(value ?? {}) === "{}";
            const possible = isEmpty ? withoutDefault : [`\`${shown}\``];
            expect(possible, path.join(".")).toContain(defaultIn(path.join(".")));
        }
        const variables = environmentSchema.parse({});
        for (const name of Object.keys(environmentSchema.shape) as (keyof typeof variables)[]) {
            if (name === "BIMEDIX2_CONFIG") continue;
            const value = variables[name];
            const possible =
                value === undefined ? ["", "none", "that of the terminal"] : [`\`${value}\``];
            expect(possible, name).toContain(defaultIn(name));
        }
    });
});

describe("clinic.yaml", () => {
    test("sets everything", () => {
        const text = `
clinic:
  name: { en: Green Clinic, ar: العيادة الخضراء }
  emergencyNumber: 0997
languages: { default: ar }
tasks: { pictures: false, otherLanguages: false }
model:
  gpu: vulkan
  threads: 6
  conversationsInMemory: 16
  rememberInMemoryGigabytes: 1.5
  rememberOnDiskGigabytes: 0
  contextTokens: 1024
  maxAnswerTokens: 100
  temperature: 0.5
  topP: 0.9
  file: files/own.gguf
  projector: /srv/own.mmproj.gguf
images: { maxMegabytes: 5, maxMegapixels: 12, maxPerMessage: 2 }
messages: { maxCharacters: 500, quietSeconds: 0, gatherAtMostSeconds: 2.5 }
queue: { tellWaitingAbove: 0, deliverWithinHours: 0.5, finishWithinSeconds: 5, setAsideAfterCrashes: 3 }
disclaimer:
  firstAnswer: false
  afterReset: false
  everyAnswers: 3
  text: { en: "Note: call {emergencyNumber}.", ar: ليس تشخيصًا. }
  imageText:
    en: |
      First line.
      Second line.
    ar: صورة.
consent:
  required: false
  minimumAge: 16
  text: { en: "{clinicName} keeps it {days} days.", ar: موافقة. }
notices: { label-doctor: { en: Ask a doctor, ar: اسأل طبيبًا } }
access: { allow: ["telegram:123456789", "whatsapp:+966 50 123 4567"], block: [telegram:7] }
admins: [telegram:5, "whatsapp-web:+966 50 123 4567"]
limits: { patient: { questionsPerHour: 0, tokensPerDay: 9000 }, clinic: { questionsPerHour: 500 } }
safety: { triageRules: [rules/ours.yaml] }
conversation: { expireAfterDays: 1, maxTurns: 20 }
platforms:
  telegram: { enabled: false }
  whatsappWeb: { enabled: true, phoneNumber: 966501234567, groups: never, catchUpHours: 2, browser: /opt/chrome, version: 2.3000.1 }
  whatsappCloud: { phoneNumberIds: [106540352242922, "106540352242922", 00420], host: "[::1]", port: 8443, path: /wa }
  terminal: { enabled: true }
localPage: { enabled: true, host: "[::1]", port: 8000, publicAddress: "https://a.example:8443/", password: "file:page-password" }
`;
        inFolderWith(
            {
                "settings/clinic.yaml": text,
                "settings/rules/ours.yaml": "",
                "settings/page-password": "twelve or more \n",
                ".env": `TELEGRAM_BOT_TOKEN=${token}\nWHATSAPP_ACCESS_TOKEN=${accessToken}\nWHATSAPP_APP_SECRET=${appSecret}\nWHATSAPP_VERIFY_TOKEN=our-own-word\nWHATSAPP_GRAPH_ROOT=http://localhost:1/v1/\n`,
            },
            (folder) => {
                const environment = { BIMEDIX2_CONFIG: "settings/clinic.yaml" };
                const config = loadConfig({ environment, folder, packageRoot: root });
                expect(config).toEqual({
                    ...configOf({}),
                    clinicFile: join(folder, "settings/clinic.yaml"),
                    dataFolder: join(folder, "data"),
                    dataKeys: { from: "data-folder", path: join(folder, "data/keys/data.key") },
                    clinic: {
                        name: { en: "Green Clinic", ar: "العيادة الخضراء" },
                        emergencyNumber: "0997",
                    },
                    defaultLanguage: "ar",
                    tasks: { pictures: false, caseSummaries: true, otherLanguages: false },
                    model: {
                        ...configOf({}).model,
                        gpu: "vulkan",
                        threads: 6,
                        conversationsInMemory: 16,
                        remember: { memoryBytes: 1_610_612_736, diskBytes: 0 },
                        contextTokens: 1024,
                        maxAnswerTokens: 100,
                        temperature: 0.5,
                        topP: 0.9,
                        modelPath: join(folder, "settings/files/own.gguf"),
                        projectorPath: "/srv/own.mmproj.gguf",
                    },
                    images: { maxBytes: 5_242_880, maxPixels: 12_000_000, maxPerMessage: 2 },
                    messages: { maxCharacters: 500, quietMs: 0, gatherAtMostMs: 2500 },
                    queue: {
                        tellWaitingAbove: 0,
                        deliverWithinMs: 1_800_000,
                        finishWithinMs: 5000,
                        setAsideAfterCrashes: 3,
                    },
                    disclaimer: {
                        firstAnswer: false,
                        afterReset: false,
                        everyAnswers: 3,
                    },
                    consent: { required: false, minimumAge: 16 },
                    notices: {
                        disclaimer: { en: "Note: call {emergencyNumber}.", ar: "ليس تشخيصًا." },
                        "disclaimer-image": { en: "First line.\nSecond line.", ar: "صورة." },
                        consent: { en: "{clinicName} keeps it {days} days.", ar: "موافقة." },
                        "label-doctor": { en: "Ask a doctor", ar: "اسأل طبيبًا" },
                    },
                    access: {
                        allow: ["telegram:123456789", "whatsapp:+966 50 123 4567"],
                        block: ["telegram:7"],
                    },
                    admins: ["telegram:5", "whatsapp-web:+966 50 123 4567"],
                    limits: {
                        patient: {
                            questionsPerMinute: 10,
                            questionsPerHour: 0,
                            questionsPerDay: 200,
                            messagesPerMinute: 60,
                            tokensPerDay: 9000,
                        },
                        clinic: { questionsPerHour: 500 },
                    },
                    triageRules: [join(folder, "settings/rules/ours.yaml")],
                    conversation: { expireAfterMs: 86_400_000, maxTurns: 20 },
                    platforms: {
                        whatsappWeb: {
                            phoneNumber: "966501234567",
                            groups: "never",
                            catchUpMs: 7_200_000,
                            browser: "/opt/chrome",
                            version: "2.3000.1",
                        },
                        whatsappCloud: {
                            accessToken,
                            appSecret,
                            verifyToken: "our-own-word",
                            graphRoot: "http://localhost:1/v1",
                            phoneNumberIds: ["106540352242922", "00420"],
                            listen: { host: "::1", port: 8443, path: "/wa" },
                        },
                        terminal: { enabled: true },
                    },
                    localPage: {
                        enabled: true,
                        host: "::1",
                        port: 8000,
                        publicAddress: "https://a.example:8443",
                        password: "twelve or more ",
                    },
                });
            },
        );
    });
});

describe("secrets by reference", () => {
    const cloud = `  whatsappCloud:
    phoneNumberIds: ["106540352242922"]
    accessToken: "\${WHATSAPP_TOKEN}"
    appSecret: file:secrets/app-secret
    verifyToken: \${VERIFY}
`;
    const clinic = `staff:
  webhook: https://clinic.example/a
  webhookSecret: \${STAFF_WEBHOOK_SECRET}
platforms:
  telegram: { enabled: true, token: "file:secrets/bot" }
${cloud}`;

    test("are read from variables of any name and from files, before the program's own variables", () => {
        const { platforms, staff } = configOf(
            {
                "clinic.yaml": clinic,
                "secrets/bot": `${token}\r\n`,
                "secrets/app-secret": appSecret,
                ".env": `TELEGRAM_BOT_TOKEN=987654321:${"B".repeat(35)}\nWHATSAPP_TOKEN=${accessToken}\n`,
            },
            { VERIFY: "our-own-word", STAFF_WEBHOOK_SECRET: "sixteen-letters-or-more" },
        );
        expect(platforms.telegram?.token).toBe(token);
        expect(platforms.whatsappCloud).toMatchObject({
            accessToken,
            appSecret,
            verifyToken: "our-own-word",
        });
        expect(staff?.webhook?.secret).toBe("sixteen-letters-or-more");
    });

    test("hold for the model's server and from absolute paths", () => {
        const profile = shipped("models/server.yaml.example");
        inFolderWith({ key: "sk-1\n", "models/ours.yaml": profile }, (folder) => {
            const text = `model: { profile: ours, acceptLicence: true, apiKey: "file:${folder}/key" }`;
            writeFileSync(join(folder, "clinic.yaml"), text);
            const { config, files } = inspectConfig({ environment: {}, folder, packageRoot: root });
            expect(config?.model.server?.apiKey).toBe("sk-1");
            expect(files).toContain(join(folder, "key"));
        });
    });
});

describe("the country", () => {
    const clinicOf = (clinic: string): Config["clinic"] =>
        configOf({ "clinic.yaml": `clinic:\n  ${clinic}\n` }).clinic;

    test("gives the ambulance's number and the time zone, unless the clinic has its own", () => {
        expect(clinicOf("country: SA")).toMatchObject({
            country: "SA",
            emergencyNumber: "997",
            timeZone: "Asia/Riyadh",
        });
        const own = "country: SA\n  emergencyNumber: 911\n  timeZone: Asia/Dubai";
        expect(clinicOf(own)).toMatchObject({ emergencyNumber: "911", timeZone: "Asia/Dubai" });
        expect(clinicOf("country: US")).not.toHaveProperty("timeZone");
        expect(clinicOf("country: SO")).not.toHaveProperty("emergencyNumber");
    });

    test("is one of the Arab League, or another; docs/configuration.md says what it gives", () => {
        const league = "AE BH DJ DZ EG IQ JO KM KW LB LY MA MR OM PS QA SA SD SO SY TN YE";
        expect(countryCodes).toEqual(expect.arrayContaining(league.split(" ")));
        const cells = shipped("docs/configuration.md")
            .split("\n")
            .map((line) => line.split("|").map((cell) => cell.trim().replaceAll("`", "")));
        for (const code of countryCodes) {
            const { ambulance = "—", timeZone = "—" } = countryOf(code);
            const row = cells.find(([, first]) => first === code);
            expect(row?.slice(3, 5), code).toEqual([ambulance, timeZone]);
            if (timeZone !== "—") expect(isTimeZone(timeZone), code).toBe(true);
        }
    });
});

describe("hours", () => {
    const hoursWith = (text: string): WorkingHours | undefined =>
        configOf({
            "clinic.yaml": `${text}staff:\n  telegramGroup: -1001234567890\n`,
            ".env": `TELEGRAM_BOT_TOKEN=${token}`,
        }).staff?.hours;
    const clinic = "clinic:\n  country: EG\n  hours: { sunday: 09:00-17:00 }\n";
    const open = [{ from: 540, to: 1020 }];

    test("of the clinic are those of its people", () => {
        expect(hoursWith(clinic)).toEqual({ timeZone: "Africa/Cairo", days: { sunday: open } });
        expect(hoursWith("")).toBeUndefined();
    });

    test("of the people go before, in the clinic's time zone or their own", () => {
        const people = (zone: string): WorkingHours | undefined =>
            configOf({
                "clinic.yaml": `${clinic}staff:\n  telegramGroup: -1\n  hours: { monday: 09:00-17:00${zone} }\n`,
                ".env": `TELEGRAM_BOT_TOKEN=${token}`,
            }).staff?.hours;
        expect(people("")).toEqual({ timeZone: "Africa/Cairo", days: { monday: open } });
        expect(people(", timeZone: Asia/Dubai")?.timeZone).toBe("Asia/Dubai");
    });
});

describe("the environment", () => {
    test.each([
        "redis://localhost",
        "redis://user:pass@redis.example:6379/2",
        "rediss://:pass@[::1]:6380",
        "redis-sentinel://user:pass@one.example:26379,two.example:26379/mymaster",
        "rediss-sentinel://one.example/mymaster",
        "redis-cluster://one.example:6379,two.example:6380,three.example",
        "rediss-cluster://:pass@one.example:6379",
    ])("takes %s as the address of Redis", (url) => {
        expect(configOf({ ".env": `REDIS_URL=${url}` }).redis.url).toBe(url);
    });

    test.each([
        "http://one.example",
        "redis://one.example,two.example",
        "redis-sentinel://one.example:26379",
        "redis-cluster://one.example:99999",
        "redis-cluster://one.example,,two.example",
        "redis://",
    ])("refuses %s as one, without quoting it", (url) => {
        expect(() => configOf({ ".env": `REDIS_URL=${url}` })).toThrow(
            /line 1: REDIS_URL must be the address of a Redis server, like redis:/,
        );
    });

    test("goes before .env, and an empty variable counts as not set", () => {
        const file = `
export TELEGRAM_BOT_TOKEN="${token}" # the clinic's
TELEGRAM_API_ROOT=http://from-file:8081/
REDIS_URL=redis://from-file
REDIS_KEY_PREFIX=file:
BIMEDIX2_LOG_LEVEL=debug
BIMEDIX2_DATA_FOLDER=/srv/from-file
SOMETHING_ELSE=1
`;
        const environment = {
            TELEGRAM_BOT_TOKEN: "",
            REDIS_URL: " rediss://user:pass@from-environment:6380/1 ",
            BIMEDIX2_LOG_LEVEL: "error",
            BIMEDIX2_DATA_FOLDER: "/srv/from-environment",
            TELEGRAM_OTHER: "belongs to another program",
        };
        expect(configOf({ ".env": file }, environment)).toMatchObject({
            dataFolder: "/srv/from-environment",
            logLevel: "error",
            platforms: { telegram: { token, apiRoot: "http://from-file:8081" } },
            redis: { url: "rediss://user:pass@from-environment:6380/1", keyPrefix: "file:" },
        });
    });

    test("has the keys for patients' data, in base64 or hexadecimal", () => {
        const [one, two] = [testKey("one"), testKey("two")].map((key) => Buffer.from(key));
        const text = `BIMEDIX2_DATA_KEY=${one?.toString("hex")}, ${two?.toString("base64url")}`;
        expect(configOf({ ".env": text }).dataKeys).toEqual({
            from: "environment",
            keys: [one?.toString("base64"), two?.toString("base64")],
        });
    });

    test("names the file of the keys, which may have remarks", () => {
        const file = `# ours\n\n${formatDataKey(testKey("one"))} # new\r\n`;
        inFolderWith(
            { "keys/ours": file, ".env": "BIMEDIX2_DATA_KEY_FILE=keys/ours" },
            (folder) => {
                const { dataKeys } = loadConfig({ environment: {}, folder, packageRoot: root });
                expect(dataKeys).toEqual({ from: "file", path: join(folder, "keys/ours") });
            },
        );
    });

    test("switches Telegram on with a token alone", () => {
        const { platforms } = configOf({}, { TELEGRAM_BOT_TOKEN: token });
        expect(platforms.telegram).toEqual({ token, apiRoot: "https://api.telegram.org" });
    });
});

describe("a model profile", () => {
    test.each(["bimedix2-8b-bi", "bimedix2-8b", "bimedix2-70b"])(
        "%s asks as its authors do",
        (profile) => {
            const text = `model:\n  profile: ${profile}\n  acceptLicence: true\n`;
            inFolderWith({ "clinic.yaml": text }, (folder) => {
                const { model } = loadConfig({ environment: {}, folder, packageRoot: root });
                expect(model).toMatchObject({
                    profile,
                    demonstration: false,
                    modelPath: join(folder, "models", profile, `${profile}.gguf`),
                    projectorPath: join(folder, "models", profile, `${profile}.mmproj.gguf`),
                    template: "llama3",
                    contextTokens: "auto",
                    usualContextTokens: 8192,
                    maxAnswerTokens: 1024,
                    temperature: 0.1,
                    topP: 1,
                    licence: {
                        name: "CC BY-NC-SA 4.0",
                        notice: "Not ready for clinical or commercial use.",
                    },
                });
                expect(model.sources[0]).toMatch(/^https:\/\/huggingface\.co\/MBZUAI\/BiMediX2-/);
            });
        },
    );

    test("of the clinic goes before one of the product, and can be without eyes", () => {
        const profile = `
name: Our own
files: { model: models/own.gguf }
template: llama3
contextTokens: 4096
maxAnswerTokens: 512
temperature: 0.2
licence: { name: MIT, notice: Ours., url: "https://clinic.example", mustBeAccepted: false }
`;
        const { model } = configOf({ "models/demo.yaml": profile });
        expect(model).toMatchObject({ name: "Our own", demonstration: false, topP: 1 });
        expect(model).not.toHaveProperty("projectorPath");
    });
});

test("a configuration cannot be changed, at any depth", () => {
    const config = configOf({}, { TELEGRAM_BOT_TOKEN: token });
    const visit = (value: unknown): void => {
        if (typeof value !== "object" || value === null) return;
        expect(Object.isFrozen(value)).toBe(true);
        Object.values(value).forEach(visit);
    };
    visit(config);
});
