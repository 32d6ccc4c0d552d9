import type { BrokenConfiguration } from "./broken-configurations.ts";

type BrokenFile = readonly [name: string, text: string, ...faults: string[]];

/** One slip each, as administrators make them; what is said of `clinic.yaml` without its name. */
const brokenFiles: readonly BrokenFile[] = [
    [
        "a misspelt name without a value",
        "clinic:\n  emergencyNumbr:\n",
        'line 2, column 3: "emergencyNumbr" is not a setting under clinic. Did you mean "emergencyNumber"?',
    ],
    [
        "a comma for the decimal point",
        "messages:\n  quietSeconds: 1,5\n",
        "line 2, column 17: messages.quietSeconds must be a number from 0 to 10. Write 1.5 in the digits 0-9 alone, without quotes or a unit.",
    ],
    [
        "a thousands separator",
        "messages:\n  maxCharacters: 8.000\n",
        "line 2, column 18: messages.maxCharacters must be a whole number from 200 to 100000, not 8.",
    ],
    [
        "a thousands comma",
        "messages:\n  maxCharacters: 8,000\n",
        "line 2, column 18: messages.maxCharacters must be a whole number from 200 to 100000. Write 8000 in the digits 0-9 alone, without quotes or a unit.",
    ],
    [
        "a negative number",
        "messages:\n  quietSeconds: -1\n",
        "line 2, column 17: messages.quietSeconds must be a number from 0 to 10, not -1.",
    ],
    [
        "a number in words",
        "images:\n  maxPerMessage: eight\n",
        "line 2, column 18: images.maxPerMessage must be a whole number from 1 to 32.",
    ],
    [
        "a number with its unit",
        "messages:\n  quietSeconds: 2 seconds\n",
        "line 2, column 17: messages.quietSeconds must be a number from 0 to 10. Write 2 in the digits 0-9 alone, without quotes or a unit.",
    ],
    [
        "a share in per cent",
        "model:\n  topP: 90%\n",
        "line 2, column 9: model.topP must be a number from 0.01 to 1.",
    ],
    [
        "On for true",
        "consent:\n  required: On\n",
        "line 2, column 13: consent.required must be true or false. Write true, without quotes.",
    ],
    [
        "an Arabic no",
        "consent:\n  required: لا\n",
        "line 2, column 13: consent.required must be true or false. Write false, without quotes.",
    ],
    [
        "true in quotes",
        'model:\n  acceptLicence: "true"\n',
        "line 2, column 18: model.acceptLicence must be true or false. Write true, without quotes.",
    ],
    [
        "1 for true",
        "disclaimer:\n  firstAnswer: 1\n",
        "line 2, column 16: disclaimer.firstAnswer must be true or false, not 1.",
    ],
    [
        "a remark without a space before it",
        "disclaimer:\n  firstAnswer: true# yes\n",
        "line 2, column 16: disclaimer.firstAnswer must be true or false. Did you mean true?",
    ],
    [
        "a name in one language, on one line",
        "clinic:\n  name: Green Clinic\n",
        'line 2, column 9: clinic.name must be a text in both languages, in a line "en: …" and a line "ar: …". Write each setting on a line of its own below, indented by two spaces more.',
    ],
    [
        "a list of names",
        "clinic:\n  name: [Green Clinic, x]\n",
        'line 2, column 3: clinic.name must be a text in both languages, in a line "en: …" and a line "ar: …". Write each setting on a line of its own below, indented by two spaces more.',
    ],
    [
        "a number that is far too long",
        "clinic:\n  emergencyNumber: 9999999999999999999999999999999999999999999999999999999999999999999999\n",
        "line 2, column 20: clinic.emergencyNumber must be a text on one line, from 1 to 60 characters.",
    ],
    [
        "a section within another",
        "clinic:\n  model:\n    profile: demo\n",
        'line 2, column 3: "model" is not a setting under clinic. It belongs at the top, without indentation.',
    ],
    [
        "a setting outside of its section",
        "platforms:\n  enabled: true\n",
        'line 2, column 3: "enabled" is not a setting under platforms. It belongs under platforms.telegram.',
    ],
    [
        "a platform at the top",
        "telegram:\n  enabled: true\n",
        'line 1, column 1: "telegram" is not a setting at the top of this file. It belongs under platforms.',
    ],
    [
        "a platform that has two names",
        "platforms:\n  whatsapp:\n    enabled: true\n",
        'line 2, column 3: "whatsapp" is not a setting under platforms. Possible here: telegram, whatsappWeb, whatsappCloud, terminal.',
    ],
    [
        "one wording for both languages",
        "disclaimer:\n  text: Only information.\n",
        'line 2, column 9: disclaimer.text must be a text in both languages, in a line "en: …" and a line "ar: …". Write each setting on a line of its own below, indented by two spaces more.',
    ],
    [
        "a placeholder that is none",
        "consent:\n  text:\n    en: '{name}'\n    ar: x\n",
        "line 3, column 9: consent.text.en must be a text from 1 to 4000 characters, with no other braces than {clinicName}, {days}, {platform}, {minimumAge} and {emergencyNumber}.",
    ],
    [
        "a text that does not exist",
        "notices:\n  wellcome: { en: a, ar: b }\n  weather: { en: a, ar: b }\n",
        'line 2, column 3: "wellcome" is not a setting under notices. Did you mean "welcome"?',
        'line 3, column 3: "weather" is not a setting under notices. docs/configuration.md says which names are possible here.',
    ],
    [
        "a text in one language",
        "notices:\n  welcome:\n    en: Hello\n",
        'line 2, column 3: notices.welcome.ar is missing. Add a line "ar: …" with a text from 1 to 8000 characters.',
    ],
    [
        "placeholders that a text does not have",
        "notices:\n  welcome:\n    en: Hello {patient}, it is {time}.\n    ar: أهلًا }\n  stopped: { en: '{clinicName}', ar: ب }\n",
        "line 3, column 9: notices.welcome.en: {patient} has no meaning here. {time} has no meaning here. {clinicName} and {emergencyNumber} stand for their values.",
        "line 4, column 9: notices.welcome.ar: A brace { or } stands alone. {clinicName} and {emergencyNumber} stand for their values.",
        "line 5, column 18: notices.stopped.en: {clinicName} has no meaning here. It has no words in braces.",
    ],
    [
        "texts that say nothing",
        "notices:\n  crisis: { en: ' ', ar: ب }\n  urgent: { en: '—', ar: ب }\n",
        "line 2, column 17: notices.crisis.en must be a text from 1 to 8000 characters.",
        "line 3, column 17: notices.urgent.en: It says nothing: write words.",
    ],
    [
        "an emergency without its number",
        "notices:\n  emergency:\n    en: |\n      This is an emergency.\n      Call {emergencyNumber}.\n    ar: اتصل بالرقم ٩٩٧\n  crisis: { en: Talk to somebody., ar: '{crisisNumber}' }\n",
        "line 3, column 9: notices.emergency.en: It must say in its first line which number to call: write {emergencyNumber}.",
        "line 7, column 17: notices.crisis.en: It must say which number to call: write {crisisNumber}.",
    ],
    [
        "a button that is too long, and a system prompt without its last line",
        `notices:\n  label-doctor: { en: "${"x".repeat(101)}", ar: ب }\n  system: { en: Be kind., ar: Reply in Arabic. }\n`,
        "line 2, column 23: notices.label-doctor.en: It must have at most 100 characters.",
        "line 3, column 17: notices.system.en: Its last line must be: Reply in English.",
    ],
    [
        "one text worded twice",
        "disclaimer:\n  text: { en: a, ar: ب }\nnotices:\n  disclaimer: { en: a, ar: ب }\n",
        "line 4, column 3: notices.disclaimer and disclaimer.text word the same text. Keep one of them.",
    ],
    [
        "one patient in place of a list",
        "access:\n  allow: telegram:7\n",
        'line 2, column 10: access.allow must be a list of patients in brackets, like ["telegram:123456789", "whatsapp:+966501234567"].',
    ],
    [
        "a user name for a patient",
        'access:\n  allow: ["telegram:@ali"]\n',
        "line 2, column 11: access.allow.0 must be the number of a Telegram chat, as in telegram:123456789: neither user names nor phone numbers identify a patient there.",
    ],
    [
        "a space within a patient's address",
        "access:\n  allow:\n    - telegram: 7\n",
        "line 2, column 3: access.allow.0 must be a text on one line, from 1 to 100 characters. Write one value on the same line.",
    ],
    [
        "a phone number without its country code",
        "access:\n  block: [whatsapp:050 123 4567]\n",
        "line 2, column 11: access.block.0 must be a phone number with its country code, as in whatsapp:+966 50 123 4567.",
    ],
    [
        "an empty entry of a list",
        "access:\n  allow:\n    - telegram:7\n    -\n",
        "line 4, column 6: access.allow.1 must be a text on one line, from 1 to 100 characters. Write one value on the same line.",
    ],
    [
        "a group for an administrator",
        "admins: [telegram:-1001234567890]\n",
        "line 1, column 10: admins.0 must be the own chat of a person, as in telegram:123456789 or whatsapp:+966 50 123 4567: neither a group nor a number without its platform.",
    ],
    [
        "an administrator without a platform, and one by name",
        'admins:\n  - "966501234567"\n  - telegram:@ali\n',
        "line 2, column 5: admins.0 must be the own chat of a person, as in telegram:123456789 or whatsapp:+966 50 123 4567: neither a group nor a number without its platform.",
        "line 3, column 5: admins.1 must be the number of a Telegram chat, as in telegram:123456789: neither user names nor phone numbers identify a patient there.",
    ],
    [
        "one administrator in place of a list",
        "admins: telegram:7\n",
        'line 1, column 9: admins must be a list of administrators in brackets, like ["telegram:123456789", "whatsapp:+966501234567"].',
    ],
    [
        "a negative limit",
        "limits:\n  patient:\n    questionsPerDay: -1\n",
        "line 3, column 22: limits.patient.questionsPerDay must be a whole number; 0 for no limit, not -1.",
    ],
    [
        "a limit in words",
        "limits:\n  patient:\n    questionsPerDay: unlimited\n",
        "line 3, column 22: limits.patient.questionsPerDay must be a whole number; 0 for no limit.",
    ],
    [
        "a limit outside of its section",
        "limits:\n  questionsPerDay: 5\n",
        'line 2, column 3: "questionsPerDay" is not a setting under limits. It belongs under limits.patient.',
    ],
    [
        "a file of rules that is missing",
        "safety:\n  triageRules: [our-rules.yaml]\n",
        "line 2, column 17: safety.triageRules names a file that does not exist. Correct its path, which starts from the folder of this file, or take it out of the list.",
    ],
    [
        "one file in place of a list",
        "safety:\n  triageRules: our-rules.yaml\n",
        'line 2, column 16: safety.triageRules must be a list of files in brackets, like ["our-rules.yaml"].',
    ],
    [
        "days with a unit, too few turns",
        "conversation:\n  expireAfterDays: 30 days\n  maxTurns: 1\n",
        "line 2, column 20: conversation.expireAfterDays must be a whole number from 1 to 36500. Write 30 in the digits 0-9 alone, without quotes or a unit.",
        "line 3, column 13: conversation.maxTurns must be a whole number from 2 to 10000, not 1.",
    ],
    [
        "a group's number without its minus",
        "staff:\n  telegramGroup: 1001234567890\n",
        'line 2, column 18: staff.telegramGroup must be the number of a group in quotes, like "-1001234567890" (docs/staff.md).',
    ],
    [
        "hours and a time zone as people say them",
        "staff:\n  hours:\n    timeZone: UTC+3\n    sunday: 9am-5pm\n",
        "line 3, column 15: staff.hours.timeZone must be the name of a time zone, like Asia/Riyadh or Africa/Cairo.",
        "line 4, column 13: staff.hours.sunday must be hours like 09:00-17:00 or 08:00-12:00, 16:00-20:00, which do not overlap; no line for a day that is closed.",
    ],
    [
        "hours of the clinic without a time zone",
        "clinic:\n  hours:\n    sunday: 09:00-17:00\n",
        "line 3, column 13: clinic.hours needs a time zone. Add a line like timeZone: Asia/Riyadh beneath clinic.",
    ],
    [
        "hours in a country of several time zones",
        "clinic:\n  country: US\nstaff:\n  hours:\n    sunday: 09:00-17:00\n",
        "line 5, column 13: staff.hours needs a time zone, because clocks differ within US. Add a line like timeZone: Asia/Riyadh beneath hours.",
    ],
    [
        "a time zone beneath the clinic's hours",
        "clinic:\n  country: SA\n  hours:\n    timeZone: Asia/Riyadh\n",
        'line 4, column 5: "timeZone" is not a setting under clinic.hours. It belongs under clinic.',
    ],
    [
        "a country's name",
        "clinic:\n  country: Saudi Arabia\n",
        "line 2, column 12: clinic.country must be the two letters of a country: write SA.",
    ],
    [
        "a country's Arabic name",
        "clinic:\n  country: مصر\n",
        "line 2, column 12: clinic.country must be the two letters of a country: write EG.",
    ],
    [
        "a country's common short form",
        "clinic:\n  country: UAE\n",
        "line 2, column 12: clinic.country must be the two letters of a country: write AE.",
    ],
    [
        "a country in small letters",
        "clinic:\n  country: sa\n",
        "line 2, column 12: clinic.country must be the two letters of a country, like SA for Saudi Arabia (docs/configuration.md lists them). Did you mean SA?",
    ],
    [
        "a country that is not known",
        "clinic:\n  country: XX\n",
        "line 2, column 12: clinic.country must be the two letters of a country, like SA for Saudi Arabia (docs/configuration.md lists them).",
    ],
    [
        "a closed day",
        "staff:\n  hours:\n    timeZone: Asia/Riyadh\n    sunday: closed\n",
        "line 4, column 13: staff.hours.sunday must be hours like 09:00-17:00 or 08:00-12:00, 16:00-20:00, which do not overlap; no line for a day that is closed.",
    ],
    [
        "a shortened day",
        "staff:\n  hours:\n    timeZone: Asia/Riyadh\n    sun: 09:00-17:00\n",
        'line 4, column 5: "sun" is not a setting under staff.hours. Possible here: timeZone, sunday, monday, tuesday, wednesday, thursday, friday, saturday.',
    ],
    [
        "hours in a list",
        "staff:\n  hours:\n    timeZone: Asia/Riyadh\n    sunday: [09:00-17:00]\n",
        "line 4, column 5: staff.hours.sunday must be hours like 09:00-17:00 or 08:00-12:00, 16:00-20:00, which do not overlap; no line for a day that is closed. Write one value on the same line.",
    ],
    [
        "a password in an address",
        "staff:\n  webhook: https://u:p@clinic.example/a\n",
        "line 2, column 12: staff.webhook must be an address that begins with https://, like https://clinic.example/assistant (http:// only on this machine).",
    ],
    [
        "a port without an address",
        "staff:\n  listen:\n    port: 8086\n",
        "line 3, column 11: staff.listen.port is set, but staff.webhook is empty: nobody would answer there. Set staff.webhook to the address of your system, or delete this line.",
    ],
    [
        "a port that cannot be",
        "localPage:\n  port: 70000\n",
        "line 2, column 9: localPage.port must be a whole number from 1 to 65535, not 70000.",
    ],
    [
        "a word for a switch",
        "localPage:\n  enabled: always\n",
        "line 2, column 12: localPage.enabled must be auto, true or false.",
    ],
    [
        "a phone number with a plus",
        "platforms:\n  whatsappWeb:\n    phoneNumber: +966501234567\n",
        "line 3, column 18: platforms.whatsappWeb.phoneNumber must be a phone number with its country code, in digits alone, like 966501234567 (no +, no 00).",
    ],
    [
        "a phone number with 00",
        "platforms:\n  whatsappWeb:\n    phoneNumber: 00966501234567\n",
        "line 3, column 18: platforms.whatsappWeb.phoneNumber must be a phone number with its country code, in digits alone, like 966501234567 (no +, no 00).",
    ],
    [
        "too many hours",
        "platforms:\n  whatsappWeb:\n    catchUpHours: 1000\n",
        "line 3, column 19: platforms.whatsappWeb.catchUpHours must be a whole number from 0 to 168, not 1000.",
    ],
    [
        "one id in place of a list",
        "platforms:\n  whatsappCloud:\n    phoneNumberIds: 106540352242922\n",
        'line 3, column 21: platforms.whatsappCloud.phoneNumberIds must be a list in brackets, like ["106540352242922"], not 106540352242922.',
    ],
    [
        "a path without its slash",
        "platforms:\n  whatsappCloud:\n    path: webhooks/whatsapp\n",
        "line 3, column 11: platforms.whatsappCloud.path must be a path like /webhooks/whatsapp: a slash, then letters, digits and the signs . / - _.",
    ],
    [
        "an address for a path",
        "platforms:\n  whatsappCloud:\n    path: https://clinic.example/wa\n",
        "line 3, column 11: platforms.whatsappCloud.path must be a path like /webhooks/whatsapp: a slash, then letters, digits and the signs . / - _.",
    ],
    [
        "an equals sign",
        "clinic:\n  emergencyNumber = 997\n",
        "line 2, column 3: clinic must be a section of settings. Write a colon and a space in place of the equals sign.",
    ],
    [
        "a semicolon in braces",
        "images: {maxMegabytes: 3; maxPerMessage: 2}\n",
        'line 1, column 24: This line cannot be understood. Write it as "name: value", indented like its neighbours.',
    ],
    [
        "an open single quote",
        "clinic:\n  emergencyNumber: '997\n",
        "line 2, column 20: The quote that opens here is never closed.",
    ],
    [
        "a value that begins with a per cent sign",
        "clinic:\n  emergencyNumber: %997\n",
        "line 2, column 20: A value cannot begin with this character. Put the value in double quotes.",
    ],
    [
        "a value in backticks",
        "model:\n  file: `x.gguf`\n",
        "line 2, column 9: A value cannot begin with this character. Put the value in double quotes.",
    ],
    [
        "a dash before a setting",
        "images:\n  - maxMegabytes: 3\n",
        "line 1, column 1: images must be a section of settings. Write each setting on a line of its own below, indented by two spaces more.",
    ],
    [
        "a wide colon",
        "clinic:\n  emergencyNumber： 997\n",
        "line 2, column 3: clinic must be a section of settings. Write each setting on a line of its own below, indented by two spaces more.",
    ],
    [
        "typographic quotes",
        "clinic:\n  emergencyNumber: “997”\nlanguages:\n  default: “ar”\n",
        "line 4, column 12: languages.default must be en or ar. Did you mean ar?",
    ],
    [
        "JSON",
        '{"images": {"maxMegabytes": 0}}\n',
        "line 1, column 29: images.maxMegabytes must be a whole number from 1 to 200, not 0.",
    ],
    [
        "lines of .env",
        "TELEGRAM_BOT_TOKEN=123\n",
        'line 1, column 1: The file must hold settings like "name: value", with a space after the colon.',
    ],
    [
        "a page of the web",
        "<html></html>\n",
        'line 1, column 1: The file must hold settings like "name: value", with a space after the colon.',
    ],
    [
        "a decimal comma, thousands as k",
        "model:\n  temperature: 0,1\n  contextTokens: 8k\n",
        "line 2, column 16: model.temperature must be a number from 0 to 2. Write 0.1 in the digits 0-9 alone, without quotes or a unit.",
        "line 3, column 18: model.contextTokens must be auto or a whole number from 512 to 131072.",
    ],
    [
        "a capital",
        "Clinic:\n  name: {en: a, ar: b}\n",
        'line 1, column 1: "Clinic" is not a setting at the top of this file. Did you mean "clinic"?',
    ],
    [
        "a name with an underscore",
        "images:\n  max_megabytes: 3\n",
        'line 2, column 3: "max_megabytes" is not a setting under images. Did you mean "maxMegabytes"?',
    ],
    [
        "a language's English name",
        "languages:\n  default: English\n",
        "line 2, column 12: languages.default must be en or ar. Did you mean en?",
    ],
    [
        "tasks in a list",
        "tasks: [pictures]\n",
        "line 1, column 1: tasks must be a section of settings. Write each setting on a line of its own below, indented by two spaces more.",
    ],
    [
        "a task that is misspelt, and one that is none",
        "tasks:\n  picture: false\n  caseSummaries: never\n  voice: true\n",
        'line 2, column 3: "picture" is not a setting under tasks. Did you mean "pictures"?',
        "line 3, column 18: tasks.caseSummaries must be true or false.",
        'line 4, column 3: "voice" is not a setting under tasks. Possible here: pictures, caseSummaries, otherLanguages.',
    ],
    [
        "a maker's name",
        "model:\n  gpu: nvidia\n",
        "line 2, column 8: model.gpu must be auto, cuda, vulkan, metal or cpu.",
    ],
    [
        "true for a word",
        "model:\n  gpu: true\n",
        "line 2, column 8: model.gpu must be auto, cuda, vulkan, metal or cpu.",
    ],
    [
        "a value for a section",
        "clinic: Green Clinic\n",
        "line 1, column 9: clinic must be a section of settings. Write each setting on a line of its own below, indented by two spaces more.",
    ],
];

/** More of broken-configurations.ts: clinic.yaml alone. */
export const brokenClinicFiles: readonly BrokenConfiguration[] = brokenFiles.map(
    ([name, text, ...faults]) => ({
        name,
        files: { "clinic.yaml": text },
        faults: faults.map((fault) => `clinic.yaml, ${fault}`),
    }),
);
