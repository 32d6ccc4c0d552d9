/** A value that a text of the product leaves open; in a file it is written `{clinicName}`. */
type Placeholder =
    | "clinicName"
    | "count"
    | "crisisNumber"
    | "days"
    | "emergencyNumber"
    | "maxCharacters"
    | "maxImages"
    | "maxMegabytes"
    | "maxMegapixels"
    | "minimumAge"
    | "minutes"
    | "platform"
    | "text";

/** What a text must be like. */
export interface PromptRule {
    /** `model`: told to the model; `patient`: read by patients; `line`: a patient's menu or button. */
    readonly reader: "model" | "patient" | "line";
    /** The placeholders that the text must have; no others are allowed. */
    readonly placeholders: readonly Placeholder[];
}

const toModel = (...placeholders: Placeholder[]): PromptRule => ({ reader: "model", placeholders });
const toPatient = (...placeholders: Placeholder[]): PromptRule => ({
    reader: "patient",
    placeholders,
});
const line: PromptRule = { reader: "line", placeholders: [] };

/** Every text of the product: a file `<name>.<ar|en>.md` in the folder of prompts. */
export const promptRules = {
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

    // Commands
    welcome: toPatient("clinicName", "emergencyNumber"),
    help: toPatient("emergencyNumber"),
    "reset-done": toPatient(),
    "language-menu": toPatient(),
    "language-set": toPatient(),
    "language-automatic": toPatient(),
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
    "export-images": { reader: "line", placeholders: ["count"] },
    "command-privacy": line,
    "command-export": line,
    "command-delete": line,

    // The clinic's people
    "label-doctor": line,
    "command-doctor": line,
    "doctor-none": toPatient("clinicName", "emergencyNumber"),

    // What cannot be answered
    "message-empty": toPatient(),
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
