import type { Logger } from "./log.ts";
import type { Language } from "./message.ts";
import type { Patience } from "./conversation/persist.ts";
import type { Slots } from "./images/decoding-slots.ts";
import type { Notices } from "./notices.ts";
import type { ImageLimits } from "./images/prepare-image.ts";
import type { ChatModel, ConversationStore, Inbox } from "./ports.ts";
import type { DisclaimerCadence } from "./safety/disclaimer.ts";

/** What the assistant is made of. */
export interface AssistantParts {
    readonly inbox: Inbox;
    readonly store: ConversationStore;
    readonly model: ChatModel;
    readonly notices: Notices;
    readonly logger: Logger;
    readonly settings: AssistantSettings;
}

/** How the assistant behaves; from the clinic's configuration. */
export interface AssistantSettings {
    readonly defaultLanguage: Language;
    /** Longest message that is answered, in characters. */
    readonly maxCharacters: number;
    /** Most pictures in one message. */
    readonly maxImages: number;
    readonly imageLimits: ImageLimits;
    readonly disclaimer: DisclaimerCadence;
    /** How an unreachable store or platform is tried again. */
    readonly retry: Patience;
    /** Takes a picture from its download to its model-ready pixels; bounds how many at once. */
    readonly pictureSlots: Slots;
}
