import type { z } from "zod";
import { country } from "./country-setting.ts";
import { timeZone, week } from "./hours-settings.ts";
import { localPageDefaults, localPageSchema } from "./local-page-settings.ts";
import { secretPlace } from "./secret-settings.ts";
import { noticesSchema } from "./notice-settings.ts";
import { administrators, patients } from "./people-settings.ts";
import { platformDefaults, platformsSchema } from "./platform-settings.ts";
import { staffDefaults, staffSchema } from "./staff-settings.ts";
import {
    consentText,
    decimalNumber,
    inBothLanguages,
    line,
    listOf,
    oneOf,
    patientText,
    section,
    wholeNumber,
    wordOr,
    yesOrNo,
} from "./setting-types.ts";

/** What clinic.yaml says when it says nothing: every default of the product's settings. */
export const clinicDefaults = {
    clinic: { name: { en: "our clinic", ar: "عيادتنا" }, hours: {} },
    languages: { default: "en" },
    tasks: { pictures: true, caseSummaries: true, otherLanguages: true },
    model: {
        profile: "demo",
        gpu: "auto",
        threads: "auto",
        conversationsInMemory: "auto",
        contextTokens: "auto",
        rememberInMemoryGigabytes: "auto",
        rememberOnDiskGigabytes: 8,
        acceptLicence: false,
    },
    images: { maxMegabytes: 20, maxMegapixels: 50, maxPerMessage: 8 },
    messages: { maxCharacters: 8000, quietSeconds: 1.5, gatherAtMostSeconds: 10 },
    queue: {
        tellWaitingAbove: 20,
        deliverWithinHours: 24,
        finishWithinSeconds: 20,
        setAsideAfterCrashes: 2,
    },
    disclaimer: { firstAnswer: true, afterReset: true },
    consent: { required: true, minimumAge: 18 },
    notices: {},
    access: { allow: [] as string[], block: [] as string[] },
    admins: [] as string[],
    limits: {
        patient: {
            questionsPerMinute: 10,
            questionsPerHour: 60,
            questionsPerDay: 200,
            messagesPerMinute: 60,
        },
        clinic: {},
    },
    safety: { triageRules: [] as string[] },
    conversation: { expireAfterDays: 30, maxTurns: 200 },
    staff: staffDefaults,
    platforms: platformDefaults,
    localPage: localPageDefaults,
} as const;

const patientLimits = clinicDefaults.limits.patient;

/** A number of questions, messages or tokens; 0: no limit. */
function limit(byDefault?: number) {
    const number = wholeNumber(0, 1_000_000_000, "a whole number; 0 for no limit");
    return byDefault === undefined ? number.optional() : number.default(byDefault);
}

const upTo256 = "auto or a whole number from 1 to 256";
const contextTokens = "auto or a whole number from 512 to 131072";
const gigabytes = "auto or a number from 0 to 1024";

/** What clinic.yaml may say. */
export const clinicFileSchema = section({
    clinic: section({
        name: inBothLanguages(line(100)).default(clinicDefaults.clinic.name),
        country: country().optional(),
        emergencyNumber: line(60).optional(),
        crisisNumber: line(60).optional(),
        timeZone: timeZone(),
        hours: section(week).prefault({}),
    }).prefault({}),
    languages: section({
        default: oneOf("en", "ar").default(clinicDefaults.languages.default),
    }).prefault({}),
    tasks: section({
        pictures: yesOrNo().default(clinicDefaults.tasks.pictures),
        caseSummaries: yesOrNo().default(clinicDefaults.tasks.caseSummaries),
        otherLanguages: yesOrNo().default(clinicDefaults.tasks.otherLanguages),
    }).prefault({}),
    model: section({
        profile: line(60).default(clinicDefaults.model.profile),
        acceptLicence: yesOrNo().default(clinicDefaults.model.acceptLicence),
        file: line(1000).optional(),
        projector: line(1000).optional(),
        apiKey: secretPlace("BIMEDIX2_MODEL_API_KEY"),
        gpu: oneOf("auto", "cuda", "vulkan", "metal", "cpu").default(clinicDefaults.model.gpu),
        threads: wordOr(wholeNumber(1, 256, upTo256), upTo256).default(
            clinicDefaults.model.threads,
        ),
        conversationsInMemory: wordOr(wholeNumber(1, 256, upTo256), upTo256).default(
            clinicDefaults.model.conversationsInMemory,
        ),
        contextTokens: wordOr(wholeNumber(512, 131_072, contextTokens), contextTokens).default(
            clinicDefaults.model.contextTokens,
        ),
        rememberInMemoryGigabytes: wordOr(decimalNumber(0, 1024), gigabytes).default(
            clinicDefaults.model.rememberInMemoryGigabytes,
        ),
        rememberOnDiskGigabytes: decimalNumber(0, 10_000).default(
            clinicDefaults.model.rememberOnDiskGigabytes,
        ),
        maxAnswerTokens: wholeNumber(16, 8192).optional(),
        temperature: decimalNumber(0, 2).optional(),
        topP: decimalNumber(0.01, 1).optional(),
    }).prefault({}),
    images: section({
        maxMegabytes: wholeNumber(1, 200).default(clinicDefaults.images.maxMegabytes),
        maxMegapixels: wholeNumber(1, 500).default(clinicDefaults.images.maxMegapixels),
        maxPerMessage: wholeNumber(1, 32).default(clinicDefaults.images.maxPerMessage),
    }).prefault({}),
    messages: section({
        maxCharacters: wholeNumber(200, 100_000).default(clinicDefaults.messages.maxCharacters),
        quietSeconds: decimalNumber(0, 10).default(clinicDefaults.messages.quietSeconds),
        gatherAtMostSeconds: decimalNumber(0, 60).default(
            clinicDefaults.messages.gatherAtMostSeconds,
        ),
    }).prefault({}),
    queue: section({
        tellWaitingAbove: wholeNumber(0, 1_000_000).default(clinicDefaults.queue.tellWaitingAbove),
        deliverWithinHours: decimalNumber(0.1, 720).default(
            clinicDefaults.queue.deliverWithinHours,
        ),
        finishWithinSeconds: decimalNumber(0, 600).default(
            clinicDefaults.queue.finishWithinSeconds,
        ),
        setAsideAfterCrashes: wholeNumber(1, 10).default(clinicDefaults.queue.setAsideAfterCrashes),
    }).prefault({}),
    disclaimer: section({
        firstAnswer: yesOrNo().default(clinicDefaults.disclaimer.firstAnswer),
        afterReset: yesOrNo().default(clinicDefaults.disclaimer.afterReset),
        everyAnswers: wholeNumber(1, 1000).optional(),
        text: inBothLanguages(patientText(2000)).optional(),
        imageText: inBothLanguages(patientText(2000)).optional(),
    }).prefault({}),
    consent: section({
        required: yesOrNo().default(clinicDefaults.consent.required),
        minimumAge: wholeNumber(0, 120).default(clinicDefaults.consent.minimumAge),
        text: inBothLanguages(consentText(4000)).optional(),
    }).prefault({}),
    notices: noticesSchema,
    access: section({
        allow: patients().default(clinicDefaults.access.allow),
        block: patients().default(clinicDefaults.access.block),
    }).prefault({}),
    admins: administrators().default(clinicDefaults.admins),
    limits: section({
        patient: section({
            questionsPerMinute: limit(patientLimits.questionsPerMinute),
            questionsPerHour: limit(patientLimits.questionsPerHour),
            questionsPerDay: limit(patientLimits.questionsPerDay),
            messagesPerMinute: limit(patientLimits.messagesPerMinute),
            tokensPerDay: limit(),
        }).prefault({}),
        clinic: section({ questionsPerHour: limit(), tokensPerDay: limit() }).prefault({}),
    }).prefault({}),
    safety: section({
        triageRules: listOf(
            line(1000),
            'a list of files in brackets, like ["our-rules.yaml"]',
        ).default(clinicDefaults.safety.triageRules),
    }).prefault({}),
    conversation: section({
        expireAfterDays: wholeNumber(1, 36_500).default(
            clinicDefaults.conversation.expireAfterDays,
        ),
        maxTurns: wholeNumber(2, 10_000).default(clinicDefaults.conversation.maxTurns),
    }).prefault({}),
    staff: staffSchema,
    platforms: platformsSchema,
    localPage: localPageSchema,
});

/** The settings of clinic.yaml, complete. */
export type ClinicSettings = z.output<typeof clinicFileSchema>;

/** What to say of names that stand elsewhere or nowhere. */
export function explainUnknownSetting(name: string): string | undefined {
    if (/token|secret/i.test(name) && !/tokens$/i.test(name)) {
        const variable = secretNames.find(({ names }) => names.test(name))?.variable;
        return `Secrets do not belong in this file: put ${variable ?? "TELEGRAM_BOT_TOKEN"}=… into the file .env and delete this line.`;
    }
    if (name === "environment") {
        return "Variables belong into the file .env: delete this section.";
    }
    if (name === "imageAnswers") {
        return "Answers about pictures always carry the note: delete this line.";
    }
    const variable = movedToEnvironment.find(({ names }) => names.test(name))?.variable;
    return variable === undefined ? undefined : `Put ${variable}=… into the file .env instead.`;
}

const secretNames = [
    { names: /webhook.*secret|staff.*secret/i, variable: "STAFF_WEBHOOK_SECRET" },
    { names: /verify/i, variable: "WHATSAPP_VERIFY_TOKEN" },
    { names: /access|whatsapp.*token/i, variable: "WHATSAPP_ACCESS_TOKEN" },
    { names: /secret/i, variable: "WHATSAPP_APP_SECRET" },
] as const;

const movedToEnvironment = [
    { names: /^redis(_?url)?$/i, variable: "REDIS_URL" },
    { names: /^log_?level$/i, variable: "BIMEDIX2_LOG_LEVEL" },
    { names: /^data(_?folder|_?dir)?$/i, variable: "BIMEDIX2_DATA_FOLDER" },
    { names: /^api_?root$/i, variable: "TELEGRAM_API_ROOT" },
    { names: /^graph_?root$/i, variable: "WHATSAPP_GRAPH_ROOT" },
] as const;
