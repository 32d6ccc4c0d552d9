import type { StaffEvent } from "./draft.ts";
import type {
    Conversation,
    ConversationChange,
    ConversationKey,
    Language,
    Reply,
} from "./message.ts";

/** What a command does. */
export interface CommandOutcome {
    readonly reply: Reply;
    readonly change?: ConversationChange;
    /** Nothing of what was before may be left. */
    readonly withdrew?: boolean;
    /** What the clinic's people are told before the patient is. */
    readonly staff?: readonly StaffEvent[];
}

/** Whose command it is, and what is known of them. */
export interface Commander {
    readonly key: ConversationKey;
    readonly conversation: Conversation;
    /** The language of the reply, unless the command changes it. */
    readonly language: Language;
}
