/**
 * The values that flow through the product. Readonly data, no behaviour, no outside system.
 */

/** A language that the assistant speaks (ISO 639-1). */
export type Language = "ar" | "en";

/** A place where patients write. */
export type PlatformName = "telegram" | "whatsapp-web" | "whatsapp-cloud" | "web" | "terminal";

/**
 * Names one conversation: `platform:account:chat`. The account is the clinic's own (a bot's id, a
 * phone number's id), the chat is the patient's. None of the three parts contains a colon.
 */
export type ConversationKey = `${PlatformName}:${string}:${string}`;

/** The clinic's own account on a platform, `platform:account`: what its conversations begin with. */
export type PlatformAccount = `${PlatformName}:${string}`;

/** A file that came with a message and still lies on the platform. */
export interface Attachment {
    /** `image`: worth decoding; `other`: voice, video, document, sticker … */
    readonly kind: "image" | "other";
    /** What the platform's adapter needs to download it. */
    readonly id: string;
    readonly mimeType?: string;
    /** Size in bytes as the platform states it; the download may differ. */
    readonly byteSize?: number;
}

/** The names of the assistant's commands. */
export const commandNames = [
    "start",
    "help",
    "reset",
    "language",
    "stop",
    "agree",
    "decline",
    "privacy",
    "export",
    "delete",
    "doctor",
    "status",
] as const;

/** The assistant's commands; a leading slash or a menu on each platform. */
export type CommandName = (typeof commandNames)[number];

/** A command that the patient gave, with the rest of its line. */
export interface Command {
    readonly name: CommandName;
    readonly argument: string;
}

/** What a message calls for at once, found before anything else is done with it. */
export interface Alarm {
    /** Life or limb is in danger now. */
    readonly emergency: boolean;
    /** Suicide, self-harm or violence. */
    readonly crisis: boolean;
}

/** One thing that a patient sent, normalised by a platform's adapter. Survives JSON. */
export interface InboundMessage {
    /** The platform's own id of the message, unique within its conversation. */
    readonly id: string;
    readonly conversation: ConversationKey;
    /** When the platform received it, in milliseconds since 1970. */
    readonly receivedAtMs: number;
    readonly text: string;
    readonly attachments: readonly Attachment[];
    /** The message that the patient replied to. */
    readonly quoted?: { readonly text: string; readonly fromAssistant: boolean };
    readonly command?: Command;
    /** The language of the patient's app (BCP 47), where the platform tells it. */
    readonly appLanguage?: string;
    /** The platform's id of the album that it is a part of. */
    readonly albumId?: string;
    /** It takes the place of the message with the same id, if that is not answered yet. */
    readonly edit?: boolean;
    /** It is answered before everything else, without the model. */
    readonly alarm?: Alarm;
    /**
     * Sent before the patient had agreed to anything: text and files are not kept, only in which
     * language to answer, and the tag (BCP 47) of the one they were in, where it is another.
     */
    readonly withheld?: { readonly language: Language; readonly other?: string };
    /** Written by the clinic's people, in the room that the conversation is. */
    readonly fromStaff?: boolean;
    /** The clinic's people had the conversation in hand when it came: it waits for no model. */
    readonly handedOver?: boolean;
    /** Where its trace goes on (W3C Trace Context); absent: it is not traced. */
    readonly traceparent?: string;
}

/** Why a patient's attachment is not shown to the model; also the name of the notice about it. */
export type PictureRefusal =
    | "file-unsupported"
    | "image-burned-in"
    | "image-corrupt"
    | "image-too-large"
    | "image-unavailable"
    | "image-unsupported"
    | "images-too-many"
    | "pictures-off"
    | "vision-unavailable";

/** Which stored picture a turn shows. */
export interface ImageReference {
    /** SHA-256 of the model-ready pixels, in hexadecimal. */
    readonly id: string;
    /** Width and height in pixels: model-ready pictures are square. */
    readonly side: number;
}

/** A picture as the vision encoder takes it: padded to a square, no metadata. */
export interface ModelImage extends ImageReference {
    /** `side × side × 3` bytes, rows from the top, sRGB, 8 bits a channel. */
    readonly rgb: Uint8Array;
}

/** One stored turn of a conversation. */
export interface Turn {
    readonly role: "user" | "assistant";
    /** For the assistant: what the model said, without disclaimer or notices. */
    readonly text: string;
    readonly language: Language;
    /** Milliseconds since 1970. */
    readonly atMs: number;
    readonly images: readonly ImageReference[];
    /** The platform's id of the message that this turn is, or answers. */
    readonly messageId?: string;
    /** For the assistant: whether a disclaimer stood beneath the answer. */
    readonly disclaimer?: boolean;
    /** For the assistant: the clinic's people said it. */
    readonly fromStaff?: boolean;
}

/** That a patient has agreed, and to what. */
export interface Consent {
    /** Milliseconds since 1970. */
    readonly atMs: number;
    /** Names the wording that was agreed to: the beginning of its SHA-256. */
    readonly wording: string;
}

/** That the clinic's people have a conversation in hand. */
export interface Handoff {
    /** Names the conversation among people; says nothing about the patient. */
    readonly code: string;
    /** Milliseconds since 1970. */
    readonly sinceMs: number;
    /** When they answered last, in milliseconds since 1970; absent: not yet. */
    readonly answeredAtMs?: number;
    /** When the patient was told last that a message has been passed on. */
    readonly toldAtMs?: number;
}

/** Why the clinic's people are written to. */
export type StaffNoteKind =
    /** The patient asks for a person. */
    | "request"
    /** What the patient wrote must be seen today. */
    | "urgent"
    /** Somebody is in a crisis. */
    | "crisis"
    /** What a patient whose conversation they have in hand writes. */
    | "message"
    /** What the conversation was about, written by the model. */
    | "summary"
    /** They do not have the conversation in hand any more. */
    | "ended"
    /** What became of something that they wrote. */
    | "notice";

/** What a message to the clinic's people is about. */
export interface StaffNote {
    readonly kind: StaffNoteKind;
    /** As {@link Handoff.code}; absent where it is about no conversation. */
    readonly code?: string;
}

/** What holds for a conversation, besides its turns. */
export interface ConversationSettings {
    /** The language that the patient chose; absent: automatic. */
    readonly chosenLanguage?: Language;
    /** Absent: the patient has not agreed, or has withdrawn. */
    readonly consent?: Consent;
    /** Absent: the assistant answers. */
    readonly handoff?: Handoff;
}

/** What is stored of a conversation. */
export interface Conversation extends ConversationSettings {
    /** Oldest first. */
    readonly turns: readonly Turn[];
}

/** One atomic change of a stored conversation; its parts apply in the order of this list. */
export interface ConversationChange {
    /** Changes with the same id are applied once, however often they are tried. */
    readonly id?: string;
    /** Forget all turns and pictures (the chosen language stays). */
    readonly reset?: boolean;
    /** `automatic` forgets the patient's choice. */
    readonly chosenLanguage?: Language | "automatic";
    readonly consent?: Consent | "withdrawn";
    readonly handoff?: Handoff | "ended";
    /** Turns to append, oldest first. */
    readonly turns?: readonly Turn[];
    /** The pictures that these turns show. */
    readonly images?: readonly ModelImage[];
}

/** A button beneath a reply: pressing it gives the command. */
export interface Choice {
    readonly label: string;
    readonly command: Command;
}

/** What the patient gets. */
export interface Reply {
    /** The whole reply in Markdown, disclaimer included. */
    readonly text: string;
    readonly language: Language;
    readonly choices?: readonly Choice[];
    /** Another reply to the same message will follow. */
    readonly more?: boolean;
    /** It is for the clinic's people. */
    readonly note?: StaffNote;
    /** From now on the platform's menu is in this language; `automatic`: in that of the app. */
    readonly menu?: Language | "automatic";
    /** For the clinic's figures alone; absent: nobody had asked. */
    readonly journey?: Journey;
}

/** The way of an answer so far. */
export interface Journey {
    /** When the first message that it answers was accepted, in milliseconds since 1970. */
    readonly acceptedAtMs: number;
    /** As {@link InboundMessage.traceparent}. */
    readonly traceparent?: string;
}

/** Where a reply goes. */
export interface ReplyAddress {
    readonly conversation: ConversationKey;
    /** The message being answered, where the platform can show that. */
    readonly messageId?: string;
}
