import type { Logger } from "./log.ts";
import type { HandoffTimes } from "./handoff/handoff-state.ts";
import type { ConversationKey, Language } from "./message.ts";
import type { Patience } from "./conversation/persist.ts";
import type { Slots } from "./images/decoding-slots.ts";
import type { Notices } from "./notices.ts";
import type { ImageLimits } from "./images/prepare-image.ts";
import type { ChatModel, ConversationStore, ModelDescription } from "./ports.ts";
import type { PatientData } from "./privacy-ports.ts";
import type { OtherLanguages } from "./prompt/other-languages.ts";
import type { AccessCheck } from "./safety/access/access.ts";
import type { ConsentSettings } from "./safety/consent.ts";
import type { DisclaimerCadence } from "./safety/disclaimer.ts";
import type { Triage } from "./safety/triage/assessment.ts";
import type { Reviewer } from "./safety/review/review.ts";
import type { Limits, SafetyCounters } from "./safety-ports.ts";
import type { CaseBook, Postbox, SummaryQueue } from "./staff-ports.ts";

/** What every reply needs. */
export interface ReplyParts {
    readonly notices: Notices;
    /** Absent: whoever writes in another language reads of ours in Arabic or English. */
    readonly otherLanguages?: OtherLanguages;
    readonly logger: Logger;
    readonly settings: AssistantSettings;
    readonly safety: SafetyParts;
    /** The clinic's people; absent: none can be reached from here. */
    readonly staff?: StaffParts;
    /** For the clinic's administrators; absent: nobody is one here. */
    readonly administration?: AdministrationParts;
    /** What is kept of patients; absent: nothing beyond their conversations' own changes. */
    readonly data?: Pick<PatientData, "cacheKey" | "erase">;
}

/** What administrators can ask for in their chats. */
export interface AdministrationParts {
    readonly isAdministrator: (conversation: ConversationKey) => boolean;
    /** How everything stands. Never fails. */
    readonly describe: (language: Language, notices: Notices) => string;
}

/** How the clinic's people are reached, and what they may do. */
export interface StaffParts {
    readonly settings: StaffSettings;
    /** Where they are written to, and where they answer: at least one. */
    readonly rooms: readonly ConversationKey[];
    readonly postbox: Postbox;
    readonly cases: CaseBook;
    readonly summaries: Pick<SummaryQueue, "ask">;
    readonly store: Pick<ConversationStore, "read" | "readSettings">;
}

/** How a conversation comes to the clinic's people; from the clinic's configuration. */
export interface StaffSettings extends HandoffTimes {
    /** What they read. */
    readonly language: Language;
    /** What becomes of a case that should be seen today: the patient is offered a person, or it is passed on. */
    readonly onUrgent: "offer" | "pass" | "nothing";
    /** Whether they read what patients write. In a crisis they never do without an answer of theirs. */
    readonly showText: boolean;
}

/** What keeps patients safe, before the model and after it. */
export interface SafetyParts {
    readonly triage: Triage;
    readonly review: Reviewer;
    readonly access: AccessCheck;
    readonly limits: Limits;
    readonly counters: Pick<SafetyCounters, "count">;
}

/** What answers where there is no model: commands, and the pictures of waiting messages. */
export interface DeskParts extends ReplyParts {
    /** The model that the workers run; `undefined` before the first worker. */
    readonly describeModel: () => Promise<ModelDescription | undefined>;
}

/** What the assistant is made of. */
export interface AssistantParts extends ReplyParts {
    readonly store: ConversationStore;
    readonly model: ChatModel;
}

/** How the assistant behaves; from the clinic's configuration. */
export interface AssistantSettings {
    readonly defaultLanguage: Language;
    /** Longest message that is answered, in characters. */
    readonly maxCharacters: number;
    /** Most pictures in one message. */
    readonly maxImages: number;
    readonly imageLimits: ImageLimits;
    /** Whether the model is shown pictures at all. Default: true. */
    readonly readsPictures?: boolean;
    readonly disclaimer: DisclaimerCadence;
    readonly consent: ConsentSettings;
    /** How an unreachable store or platform is tried again. */
    readonly retry: Patience;
    /** Takes a picture from its download to its model-ready pixels; bounds how many at once. */
    readonly pictureSlots: Slots;
}

/** How the assistant behaves behind a queue; from the clinic's configuration. */
export interface QueueSettings {
    /** A turn that so many processes did not survive is not tried again. */
    readonly setAsideAfterDeaths: number;
    /** A reply that could not be delivered for so long is set aside. */
    readonly deliveryGiveUpMs: number;
    /** When more conversations wait, patients are told how long it will take. */
    readonly tellWaitAbove: number;
}
