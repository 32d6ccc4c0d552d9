import type { WorkingHours } from "../handoff/working-hours.ts";
import type { LogLevel } from "../log.ts";
import type { Language } from "../message.ts";
import type { DataKeyPlace } from "../privacy/data-key.ts";
import type { PromptOverrides } from "../prompt/prompt-library.ts";
import type { LimitSettings } from "../safety-ports.ts";
import type { CountryCode } from "./countries.ts";
import type { LocalPageConfig } from "./local-page-settings.ts";
import type { PlatformsConfig } from "./platform-settings.ts";
import type { ModelConfig } from "./resolve-model.ts";
import type { StaffConfig } from "./staff-settings.ts";

/** A text of the clinic in each language. */
type BilingualText = Readonly<Record<Language, string>>;

/** The configuration, complete and checked. Deeply frozen; all paths are absolute. */
export interface Config {
    /** The clinic file in use; absent when there is none and the defaults hold. */
    readonly clinicFile?: string;
    /** Where the product keeps its data: the embedded Redis, builds, logs. */
    readonly dataFolder: string;
    /** Where the keys are that encrypt what is stored of patients. */
    readonly dataKeys: DataKeyPlace;
    readonly logLevel: LogLevel;
    readonly clinic: {
        readonly name: BilingualText;
        readonly country?: CountryCode;
        /** As patients read it, for example `997`; that of the country where the clinic names none. */
        readonly emergencyNumber?: string;
        /** For people in a crisis; absent: the emergency number. */
        readonly crisisNumber?: string;
        /** Of the IANA database; absent: that of this machine. */
        readonly timeZone?: string;
        /** When it is open; absent: nothing is said of it. */
        readonly hours?: WorkingHours;
    };
    readonly defaultLanguage: Language;
    /** Which things the assistant does. */
    readonly tasks: {
        /** It looks at pictures. */
        readonly pictures: boolean;
        /** The model sums up for the clinic's people what a patient wrote. */
        readonly caseSummaries: boolean;
        /** Who writes in another language reads in that one which are spoken. */
        readonly otherLanguages: boolean;
    };
    readonly model: ModelConfig;
    readonly images: {
        readonly maxBytes: number;
        readonly maxPixels: number;
        readonly maxPerMessage: number;
    };
    readonly messages: {
        readonly maxCharacters: number;
        /** Messages that follow each other within this time become one turn. */
        readonly quietMs: number;
        /** So long at most is waited for further messages. */
        readonly gatherAtMostMs: number;
    };
    readonly queue: {
        /** Patients are told the waiting time when more conversations wait. */
        readonly tellWaitingAbove: number;
        /** A reply that could not be delivered for so long is set aside. */
        readonly deliverWithinMs: number;
        /** What runs at a stop may take so long to end by itself. */
        readonly finishWithinMs: number;
        /** A turn during which so many processes died is not tried again. */
        readonly setAsideAfterCrashes: number;
    };
    readonly disclaimer: {
        readonly firstAnswer: boolean;
        readonly afterReset: boolean;
        /** Also on every n-th answer. */
        readonly everyAnswers?: number;
    };
    /** What patients agree to before the first answer. */
    readonly consent: {
        readonly required: boolean;
        readonly minimumAge: number;
    };
    /** The clinic's own wording of texts, in place of the built-in ones. */
    readonly notices: PromptOverrides;
    /** Who is served, by platform and id: everybody, or those of a list, but not those of another. */
    readonly access: { readonly allow: readonly string[]; readonly block: readonly string[] };
    /** Who may ask how the program stands and is told of faults; entries like those of the lists. */
    readonly admins: readonly string[];
    /** 0 or absent: no limit. */
    readonly limits: LimitSettings;
    /** The clinic's own rules for the screen, besides the built-in ones: absolute paths. */
    readonly triageRules: readonly string[];
    readonly conversation: {
        /** How long a conversation is kept after its last message. */
        readonly expireAfterMs: number;
        /** Stored turns of a conversation at most; older ones are forgotten, a quarter of these at once. */
        readonly maxTurns: number;
    };
    /** The clinic's people; absent: patients cannot be passed on. */
    readonly staff?: StaffConfig;
    readonly platforms: PlatformsConfig;
    readonly localPage: LocalPageConfig;
    readonly redis: {
        /** Absent: the product starts its own Redis. */
        readonly url?: string;
        readonly keyPrefix: string;
    };
}
