import { type BrokenConfiguration } from "./broken-configurations.ts";
import { type Files } from "./clinic-folder.ts";

type BrokenReference = readonly [name: string, files: Files, ...faults: string[]];

const page = (password: string): string => `localPage:\n  password: ${password}\n`;
const refused =
    "localPage.password must be the place of the secret and not the secret itself: put that into the file .env as BIMEDIX2_PAGE_PASSWORD=…, and write ${BIMEDIX2_PAGE_PASSWORD} here (or file: with the path of a file that holds it).";

/** Secrets written out, and references that lead nowhere. */
const broken: readonly BrokenReference[] = [
    [
        "a password written out",
        { "clinic.yaml": page("correct horse battery") },
        `clinic.yaml, line 2, column 13: ${refused}`,
    ],
    [
        "a password of digits",
        { "clinic.yaml": page("123456789012") },
        `clinic.yaml, line 2, column 13: ${refused}`,
    ],
    [
        "a reference with a dollar sign alone",
        { "clinic.yaml": page("$BIMEDIX2_PAGE_PASSWORD") },
        `clinic.yaml, line 2, column 13: ${refused}`,
    ],
    [
        "a variable that is not set",
        { "clinic.yaml": page("${PAGE_WORD}") },
        "clinic.yaml, line 2, column 13: localPage.password refers to PAGE_WORD, which is not set. Put it into the file .env, as PAGE_WORD=…",
    ],
    [
        "a password within the braces",
        { "clinic.yaml": page("${MySecret2026}") },
        "clinic.yaml, line 2, column 13: localPage.password refers to a variable, which is not set. Put it into the file .env, as NAME=…",
    ],
    [
        "a misspelt variable",
        { "clinic.yaml": page("${BIMEDIX2_PAGE_PASWORD}") },
        "clinic.yaml, line 2, column 13: localPage.password refers to BIMEDIX2_PAGE_PASWORD, which is not set. Did you mean ${BIMEDIX2_PAGE_PASSWORD}?",
    ],
    [
        "another variable with the wrong content",
        { "clinic.yaml": page("${PAGE_WORD}"), ".env": "\nPAGE_WORD=too short\n" },
        ".env, line 2: PAGE_WORD must be a password of 12 to 200 characters on one line, because localPage.password refers to it.",
    ],
    [
        "its own variable with the wrong content",
        {
            "clinic.yaml": page("${BIMEDIX2_PAGE_PASSWORD}"),
            ".env": "BIMEDIX2_PAGE_PASSWORD=short\n",
        },
        ".env, line 1: BIMEDIX2_PAGE_PASSWORD must be a password of 12 to 200 characters on one line.",
    ],
    [
        "a file with the wrong content",
        { "clinic.yaml": page("file:word"), word: "too short\n" },
        "clinic.yaml, line 2, column 13: localPage.password names a file that must hold a password of 12 to 200 characters on one line and nothing else.",
    ],
    [
        "a file with two lines",
        { "clinic.yaml": page("file:word"), word: "long enough for it\n\n" },
        "clinic.yaml, line 2, column 13: localPage.password names a file that must hold a password of 12 to 200 characters on one line and nothing else.",
    ],
    [
        "an empty file",
        { "clinic.yaml": page("file:word"), word: "\n" },
        "clinic.yaml, line 2, column 13: localPage.password names an empty file. Put the secret into it.",
    ],
    [
        "a file that is missing",
        { "clinic.yaml": page("file:secrets/word") },
        "clinic.yaml, line 2, column 13: localPage.password names a file that does not exist. Correct the path, or put the secret into that file. A relative path starts from the folder of this file.",
    ],
    [
        "a folder for a secret",
        { "clinic.yaml": page("file:."), word: "" },
        "clinic.yaml, line 2, column 13: localPage.password names something that is not a file. Correct the path.",
    ],
    [
        "a file that is too large for a secret",
        { "clinic.yaml": page("file:word"), word: "x".repeat(5000) },
        "clinic.yaml, line 2, column 13: localPage.password names a file of more than 4096 bytes, which is no secret. Correct the path.",
    ],
    [
        "a file that is no text",
        { "clinic.yaml": page("file:word"), word: new Uint8Array([0xc3, 0x28]) },
        "clinic.yaml, line 2, column 13: localPage.password names a file that is of no use. The file is not UTF-8 text. Save it again as UTF-8.",
    ],
    [
        "references where nothing is secret",
        {
            "clinic.yaml":
                "clinic:\n  emergencyNumber: ${NUMBER}\nlocalPage:\n  port: ${PORT}\naccess:\n  allow:\n    - telegram:${CHAT}\n",
        },
        "clinic.yaml, line 2, column 20: clinic.emergencyNumber refers to a variable, but ${…} works for secrets alone. Write the value itself.",
        "clinic.yaml, line 4, column 9: localPage.port refers to a variable, but ${…} works for secrets alone. Write the value itself.",
        "clinic.yaml, line 7, column 7: access.allow refers to a variable, but ${…} works for secrets alone. Write the value itself.",
    ],
    [
        "secrets of all kinds written out",
        {
            "clinic.yaml":
                "model:\n  apiKey: sk-1\nplatforms:\n  telegram:\n    token: 1234:short\n  whatsappCloud:\n    verifyToken: our word\n",
        },
        ...[
            ["line 2, column 11", "model.apiKey", "BIMEDIX2_MODEL_API_KEY"],
            ["line 5, column 12", "platforms.telegram.token", "TELEGRAM_BOT_TOKEN"],
            ["line 7, column 18", "platforms.whatsappCloud.verifyToken", "WHATSAPP_VERIFY_TOKEN"],
        ].map(
            ([place = "", name = "", variable = ""]) =>
                `clinic.yaml, ${place}: ${name} must be the place of the secret and not the secret itself: put that into the file .env as ${variable}=…, and write \${${variable}} here (or file: with the path of a file that holds it).`,
        ),
    ],
    [
        "a bot that must run, and a token that is not there",
        {
            "clinic.yaml":
                "platforms:\n  telegram:\n    enabled: true\n    token: file:/nowhere/token\n",
        },
        "clinic.yaml, line 4, column 12: platforms.telegram.token names a file that does not exist. Correct the path, or put the secret into that file. A relative path starts from the folder of this file.",
    ],
    [
        "a reference under a misspelt name",
        { "clinic.yaml": "localPage:\n  pasword: ${WORD}\n" },
        'clinic.yaml, line 2, column 3: "pasword" is not a setting under localPage. Did you mean "password"?',
    ],
    [
        "a reference within braces",
        { "clinic.yaml": "localPage: { password: ${WORD} }\n" },
        "clinic.yaml, line 1, column 24: A reference like ${NAME} must stand in double quotes here, because it is within brackets.",
    ],
    [
        "a page for the network without a password",
        { "clinic.yaml": "localPage:\n  host: 0.0.0.0\n" },
        "clinic.yaml, line 2, column 9: localPage.host lets other machines reach the page, but there is no password. Put one of at least 12 characters into the file .env as BIMEDIX2_PAGE_PASSWORD=…, or write host: 127.0.0.1.",
    ],
    [
        "a page behind a web server without a password",
        { "clinic.yaml": "localPage:\n  publicAddress: https://a.example\n" },
        "clinic.yaml, line 2, column 18: localPage.publicAddress lets others reach the page, but there is no password. Put one of at least 12 characters into the file .env as BIMEDIX2_PAGE_PASSWORD=…",
    ],
    [
        "a page for the network with a password that is none",
        { "clinic.yaml": `${page("file:word")}  host: 0.0.0.0\n`, word: "short" },
        "clinic.yaml, line 2, column 13: localPage.password names a file that must hold a password of 12 to 200 characters on one line and nothing else.",
    ],
    [
        "addresses of the page as browsers show them",
        {
            "clinic.yaml":
                "localPage:\n  host: http://localhost:7420\n  publicAddress: https://a.example/page?x=1\n",
        },
        "clinic.yaml, line 2, column 9: localPage.host must be an address of this machine, like 127.0.0.1 (this machine alone) or 0.0.0.0 (all networks), without https:// and without a port.",
        "clinic.yaml, line 3, column 18: localPage.publicAddress must be the address of your web server without a path, like https://assistant.clinic.example.",
    ],
];

/** More of broken-configurations.ts: where secrets are. */
export const brokenReferences: readonly BrokenConfiguration[] = broken.map(
    ([name, files, ...faults]) => ({ name, files, faults }),
);
