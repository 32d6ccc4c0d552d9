import { resolve } from "node:path";
import type { DataKeyPlace } from "../privacy/data-key.ts";
import type { ClinicSettings } from "./clinic-file.ts";
import type { Config } from "./config-shape.ts";
import { countryOf } from "./countries.ts";
import type { EnvironmentSettings } from "./environment.ts";
import { frozenCopy } from "./freeze.ts";
import { clinicHours, clinicTimeZone, staffHours } from "./hours-settings.ts";
import { assembleLocalPage } from "./local-page-settings.ts";
import { assembleNotices } from "./notice-settings.ts";
import { assemblePlatforms } from "./platform-settings.ts";
import { besideClinicFile } from "./rule-file-faults.ts";
import { assembleStaff } from "./staff-settings.ts";

/** Puts together what holds, but for the model; what is faulty counts as not set. */
export function assembleConfig(
    settings: ClinicSettings,
    variables: EnvironmentSettings["variables"],
    dataKeys: DataKeyPlace,
    clinicFile: string | undefined,
    folder: string,
): Omit<Config, "model"> {
    const { clinic, images, messages, queue, disclaimer, conversation, localPage } = settings;
    const { consent, access, admins, limits, safety } = settings;
    const { firstAnswer, afterReset, everyAnswers } = disclaimer;
    return frozenCopy({
        clinicFile,
        dataFolder: resolve(folder, variables.BIMEDIX2_DATA_FOLDER),
        dataKeys,
        logLevel: variables.BIMEDIX2_LOG_LEVEL,
        clinic: {
            ...clinic,
            emergencyNumber: clinic.emergencyNumber ?? countryOf(clinic.country).ambulance,
            timeZone: clinicTimeZone(clinic),
            hours: clinicHours(clinic),
        },
        defaultLanguage: settings.languages.default,
        tasks: settings.tasks,
        images: {
            maxBytes: images.maxMegabytes * 1024 ** 2,
            maxPixels: images.maxMegapixels * 1_000_000,
            maxPerMessage: images.maxPerMessage,
        },
        messages: {
            maxCharacters: messages.maxCharacters,
            quietMs: messages.quietSeconds * 1000,
            gatherAtMostMs: messages.gatherAtMostSeconds * 1000,
        },
        queue: {
            tellWaitingAbove: queue.tellWaitingAbove,
            deliverWithinMs: queue.deliverWithinHours * 60 * 60 * 1000,
            finishWithinMs: queue.finishWithinSeconds * 1000,
            setAsideAfterCrashes: queue.setAsideAfterCrashes,
        },
        disclaimer: { firstAnswer, afterReset, everyAnswers },
        consent: { required: consent.required, minimumAge: consent.minimumAge },
        notices: assembleNotices(settings),
        access,
        admins,
        limits,
        triageRules: safety.triageRules.map((name) => besideClinicFile(name, clinicFile, folder)),
        conversation: {
            expireAfterMs: conversation.expireAfterDays * 24 * 60 * 60 * 1000,
            maxTurns: conversation.maxTurns,
        },
        staff: assembleStaff(settings.staff, variables, staffHours(settings)),
        platforms: assemblePlatforms(settings.platforms, variables),
        localPage: assembleLocalPage(localPage, variables),
        redis: { url: variables.REDIS_URL, keyPrefix: variables.REDIS_KEY_PREFIX },
    });
}
