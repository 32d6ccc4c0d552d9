/** Files and values with which the schema for editors is held against the program. */

/** As administrators write them; both accept them. */
export const goodFiles: readonly string[] = [
    "# nothing yet\n{}\n",
    "clinic:\nmodel:\n  profile:\n  gpu: cpu\n",
    "clinic:\n  name: { en: Green Clinic, ar: العيادة الخضراء }\n  emergencyNumber: 997\n",
    "clinic:\n  name:\n    en: 24\n    ar: ٢٤\n  crisisNumber: '0800 111'\n",
    "model:\n  threads: 8\n  contextTokens: 4096\n  temperature: 0\n  topP: 1\n  file: ' x.gguf '\n",
    "disclaimer:\n  everyAnswers: 5\n  text:\n    en: |\n      Call {emergencyNumber}.\n\n      Soon.\n    ar: x\n",
    'access:\n  allow: ["telegram:123456789", "whatsapp:+966 50 123 4567"]\n  block: []\n',
    "notices:\n  welcome: { en: Hello, ar: أهلًا }\n  help:\n",
    "limits:\n  patient: { questionsPerHour: 0, tokensPerDay: }\n  clinic: {}\n",
    'staff:\n  telegramGroup: -1001234567890\n  webhook: https://clinic.example/a\n  hours: { timeZone: Asia/Riyadh, sunday: "08:00-12:00, 16:00-20:00" }\n',
    "platforms:\n  telegram: { enabled: auto }\n  whatsappWeb: { enabled: true, phoneNumber: 966501234567, version: 2.3000 }\n  whatsappCloud: { phoneNumberIds: [106540352242922, '00420'], path: /wa }\nlocalPage: { enabled: false, port: 80 }\n",
];

/** One slip each; both refuse them. */
export const badFiles: readonly string[] = [
    "notices:\n  welcom: { en: a, ar: b }\n",
    "notices:\n  welcome: { en: a }\n",
    "notices:\n  welcome: a\n",
    "- clinic\n",
    "weather: sunny\n",
    "weather:\n",
    "images:\n  maxMegabyte: 3\n",
    "images: 3\n",
    "images:\n  maxMegabytes: 0\n",
    "images:\n  maxMegabytes: 2.5\n",
    'images:\n  maxMegabytes: "20"\n',
    "messages:\n  quietSeconds: -1\n",
    "languages:\n  default: arabic\n",
    "languages:\n  default: [en]\n",
    "model:\n  gpu: cudda\n",
    "model:\n  threads: many\n",
    "model:\n  acceptLicence: yes\n",
    "clinic:\n  name: { en: Green Clinic }\n",
    'clinic:\n  emergencyNumber: ""\n',
    "clinic:\n  emergencyNumber: |\n    997\n    998\n",
    "disclaimer:\n  text: { en: 'Call {doctor}', ar: x }\n",
    "access:\n  allow: telegram:7\n",
    "platforms:\n  whatsappWeb: { enabled: auto }\n",
    "platforms:\n  whatsappCloud: { path: webhooks }\n",
    "localPage:\n  enabled: on request\n",
];

/** Values in YAML, of all kinds. */
export const probes: readonly string[] = [
    ..."null true false auto 'auto' yes en cpu offer never demo Riyadh Asia/Riyadh".split(" "),
    ..."-1 0 0.01 1 1.5 2.0 1e300 .nan .inf 0x10 966501234567 -1001234567890 00420 ٨".split(" "),
    ..."'' ' ' ' x ' '{' '{x}' '{emergencyNumber}' '{days}'".split(/ (?='[^ ])/),
    '"a\\nb"',
    '"\\na\\n"',
    '"a\\tb"',
    '"a\\u202e"',
    '"a\\u00a0"',
    ..."/staff /a/../b / a/b //x https://clinic.example/a http://clinic.example".split(" "),
    ..."09:00-17:00 9-17 2.3000.1 telegram:7 telegram:x ~/x.gguf".split(" "),
    ..."[] [1] [x] [null] [telegram:7] ['00420'] {} {en: x, ar: y} {en: x}".split(/ (?=[[{])/),
];

/** Texts at the edges of all lengths that are allowed, with and without white space around. */
export const textProbes: readonly string[] = [60, 100, 200, 1000, 2000, 4000].flatMap((length) => [
    "x".repeat(length),
    `" ${"x".repeat(length)} "`,
    "x".repeat(length + 1),
    "😀".repeat(length / 2),
]);
