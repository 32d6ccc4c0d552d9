/** A value that a text of the product leaves open; in a file it is written `{clinicName}`. */
type Placeholder =
    | "clinicName"
    | "code"
    | "count"
    | "crisisNumber"
    | "days"
    | "disposition"
    | "emergencyNumber"
    | "images"
    | "language"
    | "maxCharacters"
    | "maxImages"
    | "maxMegabytes"
    | "maxMegapixels"
    | "minimumAge"
    | "minutes"
    | "opening"
    | "platform"
    | "processes"
    | "text"
    | "time"
    | "waiting";

/** What a text must be like. */
export interface PromptRule {
    /**
     * `model`: told to the model; `patient`: read by patients; `line`: a patient's menu or button;
     * `staff`: read by the clinic's people.
     */
    readonly reader: "model" | "patient" | "line" | "staff";
    /** The placeholders that the text must have; no others are allowed. */
    readonly placeholders: readonly Placeholder[];
}

const toModel = (...placeholders: Placeholder[]): PromptRule => ({ reader: "model", placeholders });
const toPatient = (...placeholders: Placeholder[]): PromptRule => ({
    reader: "patient",
    placeholders,
});
const toStaff = (...placeholders: Placeholder[]): PromptRule => ({ reader: "staff", placeholders });
const line: PromptRule = { reader: "line", placeholders: [] };

/** Every text of the product: a file `<name>.<ar|en>.md` in the folder of prompts. */
export const promptRules = {
    // Told to administrators
    "alert-platform": toStaff("platform", "text"),
    "alert-platform-over": toStaff("platform"),
    "alert-link": toStaff(),
    "alert-workers": toStaff("waiting"),
    "alert-workers-over": toStaff(),
    "alert-configuration": toStaff("text"),
    "alert-configuration-over": toStaff(),
    "alert-undelivered": toStaff("count"),
    "status-well": toStaff(),
    "status-unknown": toStaff(),
    "status-facts": toStaff("processes", "waiting", "count"),
    "status-restart": toStaff("text"),

    // Told to the model
    system: toModel("clinicName"),
    quoted: toModel("text"),
    "answer-again": toModel(),
    "image-question": toModel(),
    "images-question": toModel(),

    // Beneath answers
    disclaimer: toPatient("emergencyNumber"),
    "disclaimer-image": toPatient("emergencyNumber"),
    "disclaimer-image-again": toPatient(),
    demonstration: toPatient(),
    "answer-cut": toPatient(),
    "answer-stopped": toPatient(),
    "answer-withheld": toPatient("clinicName", "emergencyNumber"),
    "review-dose": toPatient(),
    "review-diagnosis": toPatient(),
    "review-repetition": toPatient(),
    "review-referral-emergency": toPatient("emergencyNumber"),
    "review-referral-urgent": toPatient("emergencyNumber"),
    "review-referral-soon": toPatient(),

    // Commands
    welcome: toPatient("clinicName", "emergencyNumber"),
    help: toPatient("emergencyNumber"),
    "welcome-without-pictures": toPatient("clinicName", "emergencyNumber"),
    "help-without-pictures": toPatient("emergencyNumber"),
    "reset-done": toPatient(),
    "language-menu": toPatient(),
    "language-set": toPatient(),
    "language-automatic": toPatient(),
    "languages-spoken": toPatient("emergencyNumber"),
    "label-arabic": line,
    "label-english": line,
    "label-automatic": line,
    "command-start": line,
    "command-help": line,
    "command-reset": line,
    "command-language": line,
    "command-stop": line,
    stopped: toPatient(),
    "nothing-to-stop": toPatient(),

    // Before the model is asked
    emergency: toPatient("emergencyNumber"),
    crisis: toPatient("crisisNumber", "emergencyNumber"),
    "crisis-staff-told": toPatient("clinicName"),
    urgent: toPatient("emergencyNumber"),
    limited: toPatient("minutes", "emergencyNumber"),
    "limited-clinic": toPatient("minutes", "clinicName", "emergencyNumber"),
    flooded: toPatient("emergencyNumber"),
    "not-listed": toPatient("clinicName", "emergencyNumber"),

    // Consent and the patient's data
    consent: toPatient("clinicName", "days", "platform", "minimumAge", "emergencyNumber"),
    "consent-needed": toPatient(),
    "consent-agreed": toPatient(),
    "consent-send-again": toPatient(),
    "consent-declined": toPatient("clinicName", "emergencyNumber"),
    "privacy-agreed": toPatient(),
    "privacy-not-agreed": toPatient(),
    "label-agree": line,
    "label-decline": line,
    "label-delete": line,
    "delete-confirm": toPatient(),
    deleted: toPatient(),
    "export-head": toPatient(),
    "export-nothing": toPatient(),
    "export-you": line,
    "export-assistant": line,
    "label-clinic": { reader: "line", placeholders: ["clinicName"] },
    "export-images": { reader: "line", placeholders: ["count"] },
    "group-private": toPatient(),
    "command-privacy": line,
    "command-export": line,
    "command-delete": line,

    // The clinic's people
    "label-doctor": line,
    "command-doctor": line,
    "doctor-none": toPatient("clinicName", "emergencyNumber"),
    "doctor-passed": toPatient("clinicName", "emergencyNumber"),
    "doctor-passed-closed": toPatient("clinicName", "opening", "emergencyNumber"),
    "doctor-waiting": toPatient("clinicName"),
    "doctor-back": toPatient(),
    "label-assistant": line,
    "handoff-noted": toPatient("clinicName", "emergencyNumber"),
    "handoff-noted-closed": toPatient("clinicName", "opening", "emergencyNumber"),
    "handoff-no-files": toPatient(),
    "handoff-done": toPatient("clinicName"),
    "handoff-over": toPatient("clinicName"),
    "staff-says": toPatient("clinicName"),
    "staff-says-first": toPatient("clinicName"),

    // Told to the clinic's people
    "staff-request": toStaff("code"),
    "staff-urgent-case": toStaff("code"),
    "staff-crisis": toStaff("code"),
    "staff-no-consent": toStaff(),
    "staff-message": toStaff("code"),
    "staff-message-emergency": toStaff("code"),
    "staff-message-crisis": toStaff("code"),
    "staff-hidden": toStaff(),
    "staff-files": toStaff("count"),
    "staff-facts": toStaff("platform", "language", "count", "images"),
    "staff-found": toStaff("disposition"),
    "staff-rules": toStaff("text"),
    "staff-last": toStaff(),
    "staff-how": toStaff(),
    "staff-closed": toStaff("opening"),
    "staff-summary": toStaff("code"),
    "staff-ended-patient": toStaff("code"),
    "staff-ended-reset": toStaff("code"),
    "staff-ended-erased": toStaff("code"),
    "staff-ended-silent": toStaff("code"),
    "staff-sent": toStaff("code"),
    "staff-done": toStaff("code"),
    "staff-not-open": toStaff("code"),
    "staff-unknown": toStaff("code"),
    "staff-no-code": toStaff(),
    "staff-empty": toStaff(),
    "staff-edit-late": toStaff("code"),
    "staff-undelivered": toStaff("code"),
    "staff-text-only": toStaff(),
    "staff-open": toStaff(),
    "staff-open-since": toStaff("code", "time"),
    "staff-open-none": toStaff(),
    "staff-emergency": toStaff(),
    "staff-urgent": toStaff(),
    "staff-soon": toStaff(),
    "staff-self-care": toStaff(),
    "staff-none": toStaff(),
    "staff-arabic": toStaff(),
    "staff-english": toStaff(),
    "summary-request": toModel(),

    // What cannot be answered
    "message-empty": toPatient(),
    "message-unclear": toPatient("emergencyNumber"),
    "message-too-long": toPatient("maxCharacters"),
    "prompt-too-long": toPatient(),
    "file-unsupported": toPatient(),
    "image-unsupported": toPatient(),
    "image-burned-in": toPatient(),
    "image-corrupt": toPatient(),
    "image-too-large": toPatient("maxMegabytes", "maxMegapixels"),
    "images-too-many": toPatient("maxImages"),
    "image-unavailable": toPatient(),
    "vision-unavailable": toPatient(),
    "pictures-off": toPatient(),

    // In the terminal
    "picture-attached": toPatient(),

    // When something fails
    delayed: toPatient("emergencyNumber"),
    "long-wait": toPatient("minutes", "emergencyNumber"),
    "set-aside": toPatient("emergencyNumber"),
    failed: toPatient("emergencyNumber"),
    "answer-empty": toPatient(),

    // Within other texts
    "local-emergency-number": line,
} as const satisfies Record<string, PromptRule>;

/** The name of a text. */
export type PromptName = keyof typeof promptRules;

/** All names, in the order of {@link promptRules}. */
export const promptNames = Object.keys(promptRules) as readonly PromptName[];

/** The languages in which every text exists. */
export const promptLanguages = ["ar", "en"] as const;
