import { readdirSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/package-root.ts";
import { formatDataKey } from "../../src/privacy/data-key.ts";
import { testKey } from "../setup/cipher.ts";
import { type Files, token } from "./clinic-folder.ts";

const profiles = readdirSync(join(packageRoot(), "models"))
    .flatMap((file) => (file.endsWith(".yaml") ? [file.slice(0, -".yaml".length)] : []))
    .sort()
    .join(", ");
const dataKey = formatDataKey(testKey("broken configurations"));

/** A configuration, and what is to be said about it. */
export interface BrokenConfiguration {
    readonly name: string;
    readonly files: Files;
    readonly environment?: Readonly<Record<string, string>>;
    /** The lines below the title. */
    readonly faults: readonly string[];
}

/** One slip or a few of a kind each, as administrators make them. */
export const brokenConfigurations: readonly BrokenConfiguration[] = [
    {
        name: "swapped letters",
        files: { "clinic.yaml": "clinic:\n  nmae: {en: a, ar: b}\n" },
        faults: [
            'clinic.yaml, line 2, column 3: "nmae" is not a setting under clinic. Did you mean "name"?',
        ],
    },
    {
        name: "a misspelt section",
        files: { "clinic.yaml": "modle:\n  profile: demo\n" },
        faults: [
            'clinic.yaml, line 1, column 1: "modle" is not a setting at the top of this file. Did you mean "model"?',
        ],
    },
    {
        name: "settings of other sections",
        files: { "clinic.yaml": "maxMegabytes: 20\nimages:\n  profile: demo\n" },
        faults: [
            'clinic.yaml, line 1, column 1: "maxMegabytes" is not a setting at the top of this file. It belongs under images.',
            'clinic.yaml, line 3, column 3: "profile" is not a setting under images. It belongs under model.',
        ],
    },
    {
        name: "unknown settings",
        files: { "clinic.yaml": "weather: sunny\nimages:\n  depth: 3\n" },
        faults: [
            'clinic.yaml, line 1, column 1: "weather" is not a setting at the top of this file. Possible here: clinic, languages, tasks, model, images, messages, queue, disclaimer, consent, notices, access, admins, limits, safety, conversation, staff, platforms, localPage.',
            'clinic.yaml, line 3, column 3: "depth" is not a setting under images. Possible here: maxMegabytes, maxMegapixels, maxPerMessage.',
        ],
    },
    {
        name: "numbers with quotes, a unit, Arabic digits",
        files: {
            "clinic.yaml":
                'images:\n  maxMegabytes: "20"\n  maxMegapixels: 100 MP\n  maxPerMessage: ٨\n',
        },
        faults: [
            "clinic.yaml, line 2, column 17: images.maxMegabytes must be a whole number from 1 to 200. Write 20 in the digits 0-9 alone, without quotes or a unit.",
            "clinic.yaml, line 3, column 18: images.maxMegapixels must be a whole number from 1 to 500. Write 100 in the digits 0-9 alone, without quotes or a unit.",
            "clinic.yaml, line 4, column 18: images.maxPerMessage must be a whole number from 1 to 32. Write 8 in the digits 0-9 alone, without quotes or a unit.",
        ],
    },
    {
        name: "numbers out of range",
        files: {
            "clinic.yaml":
                "images:\n  maxMegabytes: 0\n  maxMegapixels: 1e9\n  maxPerMessage: 2.5\n",
        },
        faults: [
            "clinic.yaml, line 2, column 17: images.maxMegabytes must be a whole number from 1 to 200, not 0.",
            "clinic.yaml, line 3, column 18: images.maxMegapixels must be a whole number from 1 to 500, not 1000000000.",
            "clinic.yaml, line 4, column 18: images.maxPerMessage must be a whole number from 1 to 32, not 2.5.",
        ],
    },
    {
        name: "yes and off for true and false, a value for a section",
        files: {
            "clinic.yaml":
                "disclaimer:\n  firstAnswer: yes\n  imageAnswers: off\n  afterReset: maybe\nplatforms:\n  telegram:\n    enabled: yes\n  terminal: true\n",
        },
        faults: [
            "clinic.yaml, line 2, column 16: disclaimer.firstAnswer must be true or false. Write true, without quotes.",
            'clinic.yaml, line 3, column 3: "imageAnswers" is not a setting under disclaimer. Answers about pictures always carry the note: delete this line.',
            "clinic.yaml, line 4, column 15: disclaimer.afterReset must be true or false.",
            "clinic.yaml, line 7, column 14: platforms.telegram.enabled must be auto, true or false. Write true, without quotes.",
            "clinic.yaml, line 8, column 13: platforms.terminal must be a section of settings. Write each setting on a line of its own below, indented by two spaces more.",
        ],
    },
    {
        name: "unknown words",
        files: {
            "clinic.yaml": "languages:\n  default: arabic\nmodel:\n  gpu: cudda\n  threads: many\n",
        },
        faults: [
            "clinic.yaml, line 2, column 12: languages.default must be en or ar. Did you mean ar?",
            "clinic.yaml, line 4, column 8: model.gpu must be auto, cuda, vulkan, metal or cpu. Did you mean cuda?",
            "clinic.yaml, line 5, column 12: model.threads must be auto or a whole number from 1 to 256.",
        ],
    },
    {
        name: "capitals, numbers for words",
        files: { "clinic.yaml": "languages:\n  default: AR\nmodel:\n  gpu: 5\n  threads: 0\n" },
        faults: [
            "clinic.yaml, line 2, column 12: languages.default must be en or ar. Did you mean ar?",
            "clinic.yaml, line 4, column 8: model.gpu must be auto, cuda, vulkan, metal or cpu, not 5.",
            "clinic.yaml, line 5, column 12: model.threads must be auto or a whole number from 1 to 256, not 0.",
        ],
    },
    {
        name: "a text in one language only",
        files: {
            "clinic.yaml":
                "clinic:\n  name:\n    en: Green Clinic\ndisclaimer:\n  text:\n    ar: نص\n",
        },
        faults: [
            'clinic.yaml, line 2, column 3: clinic.name.ar is missing. Add a line "ar: …" with a text on one line, from 1 to 100 characters.',
            'clinic.yaml, line 5, column 3: disclaimer.text.en is missing. Add a line "en: …" with a text from 1 to 2000 characters, with no other braces than {emergencyNumber}.',
        ],
    },
    {
        name: "lists",
        files: { "clinic.yaml": "languages:\n  default: [en, ar]\nimages:\n  - 1\n" },
        faults: [
            "clinic.yaml, line 2, column 3: languages.default must be en or ar. Write one value on the same line.",
            "clinic.yaml, line 3, column 1: images must be a section of settings. Write each setting on a line of its own below, indented by two spaces more.",
        ],
    },
    {
        name: "an empty text",
        files: { "clinic.yaml": 'clinic:\n  emergencyNumber: ""\n' },
        faults: [
            "clinic.yaml, line 2, column 20: clinic.emergencyNumber must be a text on one line, from 1 to 60 characters.",
        ],
    },
    {
        name: "a tab",
        files: { "clinic.yaml": "clinic:\n\tname: x\n" },
        faults: [
            "clinic.yaml, line 2, column 1: Tabs cannot indent a line. Use two spaces for each level.",
        ],
    },
    {
        name: "settings written twice",
        files: {
            "clinic.yaml":
                "images:\n  maxMegabytes: 3\n  maxMegabytes: 4\nimages:\n  maxPerMessage: 99\n",
        },
        faults: [
            "clinic.yaml, line 3, column 3: This setting is written twice in its section. Keep one of them.",
            "clinic.yaml, line 4, column 1: This setting is written twice in its section. Keep one of them.",
        ],
    },
    {
        name: "indented too little",
        files: { "clinic.yaml": "images:\n  maxMegabytes: 3\n maxMegapixels: 4\n" },
        faults: [
            "clinic.yaml, line 3, column 1: The indentation does not fit the lines above. Begin all settings of one section in the same column.",
        ],
    },
    {
        name: "indented too deep",
        files: { "clinic.yaml": "images:\n  maxMegabytes: 3\n    maxMegapixels: 4\n" },
        faults: [
            "clinic.yaml, line 3, column 5: This line is indented deeper than the setting above it. Begin all settings of one section in the same column.",
        ],
    },
    {
        name: "no space after the colon",
        files: { "clinic.yaml": "images:\n  maxMegabytes:3\n" },
        faults: [
            "clinic.yaml, line 2, column 3: images must be a section of settings. A space is missing after a colon.",
        ],
    },
    {
        name: "no space after the only colon",
        files: { "clinic.yaml": "images:3\n" },
        faults: [
            'clinic.yaml, line 1, column 1: The file must hold settings like "name: value", with a space after the colon.',
        ],
    },
    {
        name: "no colon",
        files: { "clinic.yaml": "images:\n  maxMegabytes 3\n  maxMegapixels: 4\n" },
        faults: [
            'clinic.yaml, line 2, column 3: This line is not a setting. Write it as "name: value", with a space after the colon.',
        ],
    },
    {
        name: "an open quote",
        files: { "clinic.yaml": 'clinic:\n  emergencyNumber: "997\n' },
        faults: ["clinic.yaml, line 2, column 20: The quote that opens here is never closed."],
    },
    {
        name: "an open bracket",
        files: { "clinic.yaml": "clinic:\n  name: {en: a, ar: b\nimages:\n  maxMegabytes: 3\n" },
        faults: [
            "clinic.yaml, line 3, column 1: A closing bracket } or ] is missing before this line.",
        ],
    },
    {
        name: "a colon within a value",
        files: {
            "clinic.yaml": "disclaimer:\n  text:\n    en: Note: not a diagnosis\n    ar: x\n",
        },
        faults: [
            'clinic.yaml, line 3, column 9: There are two settings on this line, or a value contains ": ". Write one setting a line and put such a value in double quotes.',
        ],
    },
    {
        name: "a value that begins with @",
        files: { "clinic.yaml": "clinic:\n  emergencyNumber: @997\n" },
        faults: [
            "clinic.yaml, line 2, column 20: A value cannot begin with this character. Put the value in double quotes.",
        ],
    },
    {
        name: "an alias",
        files: { "clinic.yaml": "clinic:\n  emergencyNumber: *997\n" },
        faults: [
            "clinic.yaml, line 2, column 20: A value cannot begin with & or *. Put the value in double quotes.",
        ],
    },
    {
        name: "an anchor",
        files: { "clinic.yaml": "clinic:\n  emergencyNumber: &x\n" },
        faults: [
            "clinic.yaml, line 2, column 22: A value cannot begin with & or *. Put the value in double quotes.",
        ],
    },
    {
        name: "an exclamation mark",
        files: { "clinic.yaml": "clinic:\n  emergencyNumber: !997 please\n" },
        faults: [
            "clinic.yaml, line 2, column 20: A value cannot begin with an exclamation mark. Put the value in double quotes.",
        ],
    },
    {
        name: "a Windows path in double quotes",
        files: { "clinic.yaml": 'model:\n  file: "C:\\models\\x.gguf"\n' },
        faults: [
            "clinic.yaml, line 2, column 12: A backslash has a special meaning in double quotes. Use single quotes or write it twice.",
        ],
    },
    {
        name: "two documents",
        files: { "clinic.yaml": "images:\n  maxMegabytes: 3\n---\nimages:\n  maxMegabytes: 4\n" },
        faults: [
            'clinic.yaml, line 3, column 1: A line "---" begins a second document. Keep one document only.',
        ],
    },
    {
        name: "a list for the whole file",
        files: { "clinic.yaml": "- clinic\n" },
        faults: [
            'clinic.yaml, line 1, column 1: The file must hold settings like "name: value", with a space after the colon.',
        ],
    },
    {
        name: "a merge",
        files: { "clinic.yaml": "a: &a {b: 1}\nimages:\n  <<: *a\n" },
        faults: [
            "clinic.yaml, line 1, column 7: A value cannot begin with & or *. Put the value in double quotes.",
            "clinic.yaml, line 3, column 7: A value cannot begin with & or *. Put the value in double quotes.",
        ],
    },
    {
        name: "names that are none",
        files: { "clinic.yaml": "? [a, b]\n: 1\n: 2\n" },
        faults: [
            "clinic.yaml, line 1, column 3: A name is missing before the colon.",
            "clinic.yaml, line 3, column 1: A name is missing before the colon.",
        ],
    },
    {
        name: "a token",
        files: {
            "clinic.yaml": `platforms:\n  telegram:\n    token: ${token}\n    enabled: true\n`,
        },
        faults: [
            "clinic.yaml, line 3, column 12: This looks like a secret, and this file is no place for it: move it to the file .env as TELEGRAM_BOT_TOKEN=… and delete it here.",
        ],
    },
    {
        name: "a token for a name",
        files: { "clinic.yaml": `${token}: x\n` },
        faults: [
            "clinic.yaml, line 1, column 1: This looks like a secret, and this file is no place for it: move it to the file .env as TELEGRAM_BOT_TOKEN=… and delete it here.",
        ],
    },
    {
        name: "a token in a remark",
        files: { "clinic.yaml": `# ${token}\nimages:\n  maxMegabytes: ${token}\n` },
        faults: [
            "clinic.yaml, line 1, column 3: This looks like a secret, and this file is no place for it: move it to the file .env as TELEGRAM_BOT_TOKEN=… and delete it here.",
            "clinic.yaml, line 3, column 17: This looks like a secret, and this file is no place for it: move it to the file .env as TELEGRAM_BOT_TOKEN=… and delete it here.",
        ],
    },
    {
        name: "a name for a token, an address with a password",
        files: { "clinic.yaml": "telegramToken: abcdef\nredis: redis://u:secret@h\n" },
        faults: [
            'clinic.yaml, line 1, column 1: "telegramToken" is not a setting at the top of this file. Secrets do not belong in this file: put TELEGRAM_BOT_TOKEN=… into the file .env and delete this line.',
            "clinic.yaml, line 2, column 8: This looks like a secret, and this file is no place for it: move it to the file .env as REDIS_URL=… and delete it here.",
        ],
    },
    {
        name: "settings that belong in .env",
        files: {
            "clinic.yaml":
                "redisUrl: localhost\nlogLevel: debug\ndataFolder: x\nplatforms:\n  telegram:\n    apiRoot: http://x\n",
        },
        faults: [
            'clinic.yaml, line 1, column 1: "redisUrl" is not a setting at the top of this file. Put REDIS_URL=… into the file .env instead.',
            'clinic.yaml, line 2, column 1: "logLevel" is not a setting at the top of this file. Put BIMEDIX2_LOG_LEVEL=… into the file .env instead.',
            'clinic.yaml, line 3, column 1: "dataFolder" is not a setting at the top of this file. Put BIMEDIX2_DATA_FOLDER=… into the file .env instead.',
            'clinic.yaml, line 6, column 5: "apiRoot" is not a setting under platforms.telegram. Put TELEGRAM_API_ROOT=… into the file .env instead.',
        ],
    },
    {
        name: "Telegram without a token",
        files: { "clinic.yaml": "platforms:\n  telegram:\n    enabled: true\n" },
        faults: [
            "clinic.yaml, line 3, column 14: platforms.telegram.enabled is true, but there is no bot token. Open Telegram, write /newbot to @BotFather, and put the token it gives you into the file .env as TELEGRAM_BOT_TOKEN=…",
        ],
    },
    {
        name: "the Cloud API without its secrets",
        files: { "clinic.yaml": "platforms:\n  whatsappCloud:\n    enabled: true\n" },
        faults: [
            'clinic.yaml, line 2, column 3: platforms.whatsappCloud.enabled is true, but platforms.whatsappCloud.phoneNumberIds is empty. Write the id that Meta shows beside your phone number (WhatsApp, API Setup) into it, like phoneNumberIds: ["106540352242922"].',
            "clinic.yaml, line 3, column 14: platforms.whatsappCloud.enabled is true, but WHATSAPP_ACCESS_TOKEN is missing. Put the token of a system user (Meta Business settings, System users) into the file .env as WHATSAPP_ACCESS_TOKEN=… (docs/whatsapp-cloud.md).",
            "clinic.yaml, line 3, column 14: platforms.whatsappCloud.enabled is true, but WHATSAPP_APP_SECRET is missing. Put the app secret (Meta for Developers, your app, App settings, Basic) into the file .env as WHATSAPP_APP_SECRET=… (docs/whatsapp-cloud.md).",
            "clinic.yaml, line 3, column 14: platforms.whatsappCloud.enabled is true, but WHATSAPP_VERIFY_TOKEN is missing. Put a word of your own choice, which you also give to Meta as verify token, into the file .env as WHATSAPP_VERIFY_TOKEN=… (docs/whatsapp-cloud.md).",
        ],
    },
    {
        name: "a secret of the Cloud API alone",
        files: {
            "clinic.yaml":
                "platforms:\n  whatsappCloud:\n    phoneNumberIds: [106540352242922, +966 50]\n",
        },
        environment: {
            WHATSAPP_APP_SECRET: "0123456789abcdef0123456789abcdef",
            WHATSAPP_ACCESS_TOKEN: "Bearer EAAx",
        },
        faults: [
            "environment: WHATSAPP_ACCESS_TOKEN must be an access token of Meta: a long word of letters, digits and signs that begins with EAA.",
            "clinic.yaml, line 2, column 3: WHATSAPP_APP_SECRET is set, but WHATSAPP_VERIFY_TOKEN is missing. Put a word of your own choice, which you also give to Meta as verify token, into the file .env as WHATSAPP_VERIFY_TOKEN=… (docs/whatsapp-cloud.md).",
            "clinic.yaml, line 3, column 39: platforms.whatsappCloud.phoneNumberIds.1 must be a phone number id: the long number that Meta shows beside the phone number, in digits alone.",
        ],
    },
    {
        name: "addresses for Meta that lead nowhere",
        files: { "clinic.yaml": "platforms:\n  whatsappCloud:\n    path: /a/../b\n" },
        environment: { WHATSAPP_GRAPH_ROOT: "https://graph.facebook.com/v24.0?x=1" },
        faults: [
            "environment: WHATSAPP_GRAPH_ROOT must be the address of Meta's Graph API with its version, like https://graph.facebook.com/v24.0.",
            "clinic.yaml, line 3, column 11: platforms.whatsappCloud.path must be a path like /webhooks/whatsapp: a slash, then letters, digits and the signs . / - _.",
        ],
    },
    {
        name: "a phone number as people write it",
        files: {
            "clinic.yaml":
                'platforms:\n  whatsappWeb:\n    enabled: true\n    phoneNumber: "+966 50 123 4567"\n    groups: always\n    accessToken: x\n',
        },
        faults: [
            "clinic.yaml, line 4, column 18: platforms.whatsappWeb.phoneNumber must be a phone number with its country code, in digits alone, like 966501234567 (no +, no 00).",
            "clinic.yaml, line 5, column 13: platforms.whatsappWeb.groups must be mentions or never.",
            'clinic.yaml, line 6, column 5: "accessToken" is not a setting under platforms.whatsappWeb. Secrets do not belong in this file: put WHATSAPP_ACCESS_TOKEN=… into the file .env and delete this line.',
        ],
    },
    {
        name: "a cut token",
        files: {},
        environment: { TELEGRAM_BOT_TOKEN: "123:abc" },
        faults: [
            "environment: TELEGRAM_BOT_TOKEN must be a bot token: digits, a colon and 35 letters, digits or signs, as @BotFather in Telegram gave it.",
        ],
    },
    {
        name: "every variable wrong",
        files: {},
        environment: {
            TELEGRAM_API_ROOT: "localhost:8081",
            REDIS_URL: "http://u:secret@h",
            REDIS_KEY_PREFIX: "a b",
            BIMEDIX2_LOG_LEVEL: "verbose",
            BIMEDIX2_DATAFOLDER: "x",
            BIMEDIX2_FOO: "secret",
            BIMEDIX2_CONFIG: "missing.yaml",
        },
        faults: [
            "environment: BIMEDIX2_DATAFOLDER is not a variable of this program. Did you mean BIMEDIX2_DATA_FOLDER?",
            "environment: BIMEDIX2_FOO is not a variable of this program. Possible: TELEGRAM_BOT_TOKEN, TELEGRAM_API_ROOT, WHATSAPP_ACCESS_TOKEN, WHATSAPP_APP_SECRET, WHATSAPP_VERIFY_TOKEN, WHATSAPP_GRAPH_ROOT, STAFF_WEBHOOK_SECRET, BIMEDIX2_MODEL_API_KEY, BIMEDIX2_PAGE_PASSWORD, REDIS_URL, REDIS_KEY_PREFIX, BIMEDIX2_CONFIG, BIMEDIX2_DATA_FOLDER, BIMEDIX2_DATA_KEY, BIMEDIX2_DATA_KEY_FILE, BIMEDIX2_LOG_LEVEL, BIMEDIX2_OPERATIONS_ADDRESS, BIMEDIX2_LANG.",
            "environment: TELEGRAM_API_ROOT must be the address of a Bot API server, like http://localhost:8081.",
            "environment: REDIS_URL must be the address of a Redis server, like redis://localhost:6379, rediss://… with encryption, redis-sentinel://HOST:26379,HOST:26379/MASTER or redis-cluster://HOST:6379,HOST:6379.",
            "environment: REDIS_KEY_PREFIX must be letters, digits and the signs : _ . - alone, at most 40, for example clinic1.",
            "environment: BIMEDIX2_LOG_LEVEL must be one of silent, error, warn, info, debug.",
            "missing.yaml: BIMEDIX2_CONFIG names this file, but it does not exist. Correct the path.",
        ],
    },
    {
        name: "keys that are none",
        files: {
            ".env": `BIMEDIX2_DATA_KEY=${dataKey},secret,${"ab".repeat(32)}\n`,
        },
        faults: [
            ".env, line 1: Key 2 of BIMEDIX2_DATA_KEY: A key must be 32 random bytes in base64 (44 characters) or hexadecimal (64), as openssl rand -base64 32 makes them.",
            ".env, line 1: Key 3 of BIMEDIX2_DATA_KEY: This key repeats itself, so it can be guessed. Make one with openssl rand -base64 32.",
        ],
    },
    {
        name: "keys in two places",
        files: { ".env": `BIMEDIX2_DATA_KEY=${dataKey}\nBIMEDIX2_DATA_KEY_FILE=keys/ours\n` },
        faults: [
            ".env, line 2: BIMEDIX2_DATA_KEY is set as well. Keep one of the two: the keys, or the file that holds them.",
        ],
    },
    {
        name: "a key in place of its file",
        files: { ".env": `BIMEDIX2_DATA_KEY_FILE=${dataKey}\n` },
        faults: [
            ".env, line 1: BIMEDIX2_DATA_KEY_FILE must be the path of a file; a key itself belongs in BIMEDIX2_DATA_KEY.",
        ],
    },
    {
        name: "a file of keys that is missing",
        files: { ".env": "BIMEDIX2_DATA_KEY_FILE=keys/ours\n" },
        faults: [
            "keys/ours: There is no such file, though BIMEDIX2_DATA_KEY_FILE names it. If patients' data is stored already, put back the file with its key; else make one with: (umask 077; openssl rand -base64 32 > keys/ours)",
        ],
    },
    {
        name: "a file of keys with half a key",
        files: {
            "data/keys/data.key": `# ours\n${dataKey}\n${dataKey.slice(0, 30)}\n`,
        },
        faults: [
            "data/keys/data.key, line 3: A key must be 32 random bytes in base64 (44 characters) or hexadecimal (64), as openssl rand -base64 32 makes them.",
        ],
    },
    {
        name: "an empty file of keys",
        files: { "data/keys/data.key": "# later\n" },
        faults: [
            "data/keys/data.key, line 1: There is no key here. Write 32 random bytes in base64 (44 characters) or hexadecimal (64), as openssl rand -base64 32 makes them.",
        ],
    },
    {
        name: "misspelt variables",
        files: {
            ".env": `TELEGRAM_TOKEN=${token}\nREDIS_URI=redis://u:secret@h\nBIMEDIX2_LOGLEVEL=info\nOTHER=1\n`,
        },
        faults: [
            ".env, line 1: TELEGRAM_TOKEN is not a variable of this program. Did you mean TELEGRAM_BOT_TOKEN?",
            ".env, line 2: REDIS_URI is not a variable of this program. Did you mean REDIS_URL?",
            ".env, line 3: BIMEDIX2_LOGLEVEL is not a variable of this program. Did you mean BIMEDIX2_LOG_LEVEL?",
        ],
    },
    {
        name: "lines of .env that set nothing",
        files: {
            ".env": `TELEGRAM_BOT_TOKEN: ${token}\n${token}\nBIMEDIX2_LOG_LEVEL=loud\nREDIS_URL=redis://a\nREDIS_URL=redis://b\n`,
        },
        faults: [
            ".env, line 1: An equals sign must follow the name. Write TELEGRAM_BOT_TOKEN=… in place of this line.",
            ".env, line 2: A token stands here alone. Write TELEGRAM_BOT_TOKEN= before it, on the same line.",
            ".env, line 3: BIMEDIX2_LOG_LEVEL must be one of silent, error, warn, info, debug.",
            ".env, line 5: REDIS_URL is already set in line 4. Keep one of the two.",
        ],
    },
    {
        name: "an open quote in .env",
        files: { ".env": `TELEGRAM_BOT_TOKEN="${token}\nBIMEDIX2_LOG_LEVEL=info\n` },
        faults: [".env, line 1: The quote that opens here is never closed."],
    },
    {
        name: "files that are not UTF-8",
        files: {
            "clinic.yaml": new Uint8Array([255, 254, 97, 0]),
            ".env": new Uint8Array([97, 195, 40]),
        },
        faults: [
            ".env: The file is not UTF-8 text. Save it again as UTF-8.",
            "clinic.yaml: The file is saved as UTF-16. Save it again as UTF-8.",
        ],
    },
    {
        name: "a file that is too large",
        files: { "clinic.yaml": "#".repeat(1_100_000) },
        faults: ["clinic.yaml: The file is larger than 1 MB. This is not a configuration file."],
    },
    {
        name: "folders for files",
        files: { "clinic.yaml/x": "", ".env/x": "" },
        faults: [
            ".env: This is a folder. It must be a file.",
            "clinic.yaml: This is a folder. It must be a file.",
        ],
    },
    {
        name: "brackets without end",
        files: { "clinic.yaml": "[".repeat(5000) },
        faults: [
            "clinic.yaml, line 1, column 819: The sections are nested too deeply to be understood.",
        ],
    },
    {
        name: "a misspelt model profile",
        files: { "clinic.yaml": "model:\n  profile: bimedix2-8b-bl\n" },
        faults: [
            `clinic.yaml, line 2, column 12: model.profile must be one of ${profiles}. Did you mean bimedix2-8b-bi?`,
        ],
    },
    {
        name: "a path for a model profile",
        files: { "clinic.yaml": "model:\n  profile: ../../etc/passwd\n" },
        faults: [`clinic.yaml, line 2, column 12: model.profile must be one of ${profiles}.`],
    },
    {
        name: "a licence that is not accepted",
        files: { "clinic.yaml": "model:\n  profile: bimedix2-8b-bi\n" },
        faults: [
            'clinic.yaml, line 2, column 12: The model BiMediX2 8B-Bi may be used only under its licence, CC BY-NC-SA 4.0 (https://creativecommons.org/licenses/by-nc-sa/4.0/): "Not ready for clinical or commercial use." If you accept this, write acceptLicence: true under model.',
        ],
    },
    {
        name: "a licence accepted under another spelling",
        files: { "clinic.yaml": "model:\n  profile: bimedix2-8b-bi\n  acceptLicense: true\n" },
        faults: [
            'clinic.yaml, line 3, column 3: "acceptLicense" is not a setting under model. Did you mean "acceptLicence"?',
        ],
    },
    {
        name: "a path from home",
        files: { "clinic.yaml": "model:\n  file: ~/x.gguf\n" },
        faults: [
            "clinic.yaml, line 2, column 9: model.file cannot begin with ~. Write the whole path, like /home/clinic/model.gguf.",
        ],
    },
    {
        name: "answers longer than half of the context",
        files: { "clinic.yaml": "model:\n  maxAnswerTokens: 1500\n" },
        faults: [
            "clinic.yaml, line 2, column 20: model.maxAnswerTokens is 1500, more than half of model.contextTokens (2048). Write 1024 or less, so that the question fits too.",
        ],
    },
    {
        name: "a context shorter than two answers",
        files: {
            "clinic.yaml":
                "model:\n  profile: bimedix2-8b\n  acceptLicence: true\n  contextTokens: 1024\n",
        },
        faults: [
            "clinic.yaml, line 4, column 18: model.maxAnswerTokens is 1024, more than half of model.contextTokens (1024). Write 512 or less, so that the question fits too.",
        ],
    },
    {
        name: "a broken model profile",
        files: {
            "models/mine.yaml": "name: Mine\nfiles: {}\ntemplate: llama2\ncontextTokens: 10\n",
            "clinic.yaml": "model:\n  profile: mine\n",
        },
        faults: [
            'models/mine.yaml, line 1, column 1: maxAnswerTokens is missing. Add a line "maxAnswerTokens: …" with a whole number from 16 to 8192.',
            'models/mine.yaml, line 1, column 1: temperature is missing. Add a line "temperature: …" with a number from 0 to 2.',
            'models/mine.yaml, line 1, column 1: licence is missing. Add a line "licence: …" with a section of settings.',
            'models/mine.yaml, line 2, column 1: files.model is missing. Add a line "model: …" with a text on one line, from 1 to 300 characters.',
            "models/mine.yaml, line 3, column 11: template must be llama3, mistral, chatml, gemma, huatuo, apollo or gguf. Did you mean llama3?",
            "models/mine.yaml, line 4, column 16: contextTokens must be a whole number from 512 to 131072, not 10.",
        ],
    },
    {
        name: "faults in every file",
        files: {
            ".env": "TELEGRAM_BOT_TOKEN=x\n",
            "clinic.yaml":
                "clinc: {}\nimages:\n  maxMegabytes: 0\nmodel:\n  profile: bimedix2-8b\n",
        },
        faults: [
            ".env, line 1: TELEGRAM_BOT_TOKEN must be a bot token: digits, a colon and 35 letters, digits or signs, as @BotFather in Telegram gave it.",
            'clinic.yaml, line 1, column 1: "clinc" is not a setting at the top of this file. Did you mean "clinic"?',
            "clinic.yaml, line 3, column 17: images.maxMegabytes must be a whole number from 1 to 200, not 0.",
            'clinic.yaml, line 5, column 12: The model BiMediX2 8B may be used only under its licence, CC BY-NC-SA 4.0 (https://creativecommons.org/licenses/by-nc-sa/4.0/): "Not ready for clinical or commercial use." If you accept this, write acceptLicence: true under model.',
        ],
    },
    {
        name: "texts with invisible characters or placeholders that are none",
        files: {
            "clinic.yaml":
                'clinic:\n  name:\n    en: Green Clinic\n    ar: "عيادة\u202e"\ndisclaimer:\n  text:\n    en: "Call {emergencyNumber}, says {doctor}"\n    ar: x}\n',
        },
        faults: [
            "clinic.yaml, line 4, column 9: clinic.name.ar must be a text on one line, from 1 to 100 characters. It contains an invisible character: delete the whole line and type it again.",
            "clinic.yaml, line 7, column 9: disclaimer.text.en must be a text from 1 to 2000 characters, with no other braces than {emergencyNumber}.",
            "clinic.yaml, line 8, column 9: disclaimer.text.ar must be a text from 1 to 2000 characters, with no other braces than {emergencyNumber}.",
        ],
    },
    {
        name: "the clinic's people without a way to reach them",
        files: {
            "clinic.yaml":
                "staff:\n  telegramGroup: -1001234567890\n  webhook: https://clinic.example/a\n  hours:\n    sunday: 09:00-17:00\n",
        },
        faults: [
            "clinic.yaml, line 2, column 18: staff.telegramGroup is set, but Telegram is off. Put the token of @BotFather into the file .env as TELEGRAM_BOT_TOKEN=… and set platforms.telegram.enabled to auto, or delete this line.",
            "clinic.yaml, line 3, column 12: staff.webhook is set, but STAFF_WEBHOOK_SECRET is missing. Make up a long word, put it into the file .env as STAFF_WEBHOOK_SECRET=… and give it to your system: it signs what is sent (docs/staff.md).",
            "clinic.yaml, line 5, column 13: staff.hours needs a time zone. Add a line like timeZone: Asia/Riyadh beneath hours.",
        ],
    },
    {
        name: "settings of the clinic's people",
        files: {
            ".env": "STAFF_WEBHOOK_SECRET=short\n",
            "clinic.yaml":
                'staff:\n  telegramGroup: "@staff"\n  webhook: http://clinic.example/a\n  listen: { port: 8086 }\n  onUrgent: always\n  silentHours: 0\n  webhookSecret: x\n  hours:\n    timeZone: Riyadh\n    sunday: 9-17\n    monday: 08:00-12:00, 11:00-13:00\n',
        },
        faults: [
            ".env, line 1: STAFF_WEBHOOK_SECRET must be 16 to 200 letters, digits and the signs . _ ~ + / = -.",
            'clinic.yaml, line 2, column 18: staff.telegramGroup must be the number of a group in quotes, like "-1001234567890" (docs/staff.md).',
            "clinic.yaml, line 3, column 12: staff.webhook must be an address that begins with https://, like https://clinic.example/assistant (http:// only on this machine).",
            "clinic.yaml, line 5, column 13: staff.onUrgent must be offer, pass or nothing.",
            "clinic.yaml, line 6, column 16: staff.silentHours must be a number from 0.1 to 720, not 0.",
            "clinic.yaml, line 7, column 18: staff.webhookSecret must be the place of the secret and not the secret itself: put that into the file .env as STAFF_WEBHOOK_SECRET=…, and write ${STAFF_WEBHOOK_SECRET} here (or file: with the path of a file that holds it).",
            "clinic.yaml, line 9, column 15: staff.hours.timeZone must be the name of a time zone, like Asia/Riyadh or Africa/Cairo.",
            "clinic.yaml, line 10, column 13: staff.hours.sunday must be hours like 09:00-17:00 or 08:00-12:00, 16:00-20:00, which do not overlap; no line for a day that is closed.",
            "clinic.yaml, line 11, column 13: staff.hours.monday must be hours like 09:00-17:00 or 08:00-12:00, 16:00-20:00, which do not overlap; no line for a day that is closed.",
        ],
    },
    {
        name: "names of JavaScript",
        files: {
            "clinic.yaml":
                "__proto__: {a: 1}\nconstructor: 2\nclinic:\n  __proto__: 1\n  toString: 1\n",
        },
        faults: [
            'clinic.yaml, line 1, column 1: "__proto__" is not a setting at the top of this file. Possible here: clinic, languages, tasks, model, images, messages, queue, disclaimer, consent, notices, access, admins, limits, safety, conversation, staff, platforms, localPage.',
            'clinic.yaml, line 2, column 1: "constructor" is not a setting at the top of this file. Possible here: clinic, languages, tasks, model, images, messages, queue, disclaimer, consent, notices, access, admins, limits, safety, conversation, staff, platforms, localPage.',
            'clinic.yaml, line 4, column 3: "__proto__" is not a setting under clinic. Possible here: name, country, emergencyNumber, crisisNumber, timeZone, hours.',
            'clinic.yaml, line 5, column 3: "toString" is not a setting under clinic. Possible here: name, country, emergencyNumber, crisisNumber, timeZone, hours.',
        ],
    },
    {
        name: "an older YAML",
        files: {
            "clinic.yaml":
                "%YAML 1.1\n---\ndisclaimer:\n  firstAnswer: yes\nclinic:\n  emergencyNumber: 2001-12-14\n",
        },
        faults: [
            "clinic.yaml, line 4, column 16: disclaimer.firstAnswer must be true or false. Write true, without quotes.",
        ],
    },
    {
        name: "files under other names",
        files: { "clinic.yml": "", ".env.txt": "" },
        faults: [
            ".env: The file is named .env.txt. Rename it to .env.",
            "clinic.yaml: The file is named clinic.yml. Rename it to clinic.yaml.",
        ],
    },
    {
        name: "invisible characters",
        files: { "clinic.yaml": "model:\n  ‏profile: demo\n  gpu: cpu‎\n  threads: 1\n" },
        faults: [
            "clinic.yaml, line 2, column 3: This name is not a setting under model. It contains an invisible character: delete the whole line and type it again.",
            "clinic.yaml, line 3, column 8: model.gpu must be auto, cuda, vulkan, metal or cpu. It contains an invisible character: delete the whole line and type it again.",
            "clinic.yaml, line 4, column 1: This name is not a setting at the top of this file. It contains an invisible character: delete the whole line and type it again.",
        ],
    },
    {
        name: "lines that end as on Windows",
        files: { "clinic.yaml": "images:\r\n  maxMegabytes: 0\r\n" },
        faults: [
            "clinic.yaml, line 2, column 17: images.maxMegabytes must be a whole number from 1 to 200, not 0.",
        ],
    },
    {
        name: "two lines for one",
        files: { "clinic.yaml": "clinic:\n  emergencyNumber: |\n    997\n    998\n" },
        faults: [
            "clinic.yaml, line 2, column 20: clinic.emergencyNumber must be a text on one line, from 1 to 60 characters.",
        ],
    },
];
