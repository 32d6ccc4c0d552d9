import type { Language } from "./message.ts";
import type { PromptLibrary, PromptName } from "./prompt/prompt-library.ts";

/** What the clinic has set of the texts that patients read. */
export interface NoticeSettings {
    readonly clinicName: Readonly<Record<Language, string>>;
    /** Absent: patients are told to call their local emergency number. */
    readonly emergencyNumber?: string;
    /** Absent: people in a crisis are told to call the emergency number. */
    readonly crisisNumber?: string;
    /** How long a conversation is kept. */
    readonly days: number;
    readonly minimumAge: number;
    readonly maxCharacters: number;
    readonly maxImages: number;
    readonly maxMegabytes: number;
    readonly maxMegapixels: number;
    /** Texts that others stand in for, where the assistant does not do what they say. */
    readonly replaced?: Readonly<Partial<Record<PromptName, PromptName>>>;
}

/** A text of the product in a patient's language, with the clinic's values filled in. */
export type Notices = (
    name: PromptName,
    language: Language,
    values?: Readonly<Record<string, string>>,
) => string;

/** Binds the prompt library to a clinic's settings. */
export function createNotices(prompts: PromptLibrary, settings: NoticeSettings): Notices {
    return (name, language, values = {}) => {
        const emergencyNumber =
            settings.emergencyNumber ?? prompts.text("local-emergency-number", language);
        return prompts.text(settings.replaced?.[name] ?? name, language, {
            clinicName: settings.clinicName[language],
            emergencyNumber,
            crisisNumber: settings.crisisNumber ?? emergencyNumber,
            days: String(settings.days),
            minimumAge: String(settings.minimumAge),
            maxCharacters: String(settings.maxCharacters),
            maxImages: String(settings.maxImages),
            maxMegabytes: String(settings.maxMegabytes),
            maxMegapixels: String(settings.maxMegapixels),
            ...values,
        });
    };
}
