/** What the page and its server say to each other. Types alone: nothing here is run. */
import type { PlatformAccount } from "../../src/message.ts";
import type { FormattedText } from "../../src/messaging/formatted-text.ts";
import type { LinkState } from "../../src/ports.ts";
import type { DeadReply } from "../../src/queue-ports.ts";
import type { ProcessStatus } from "../../src/status-ports.ts";

/** Why the server refuses something; the page has a sentence for each. */
export type RefusalCode =
    | "wrong-password"
    | "wrong-address"
    | "too-many-attempts"
    | "signed-out"
    | "foreign-origin"
    | "unknown-host"
    | "not-found"
    | "wrong-request"
    | "too-large"
    | "too-many"
    /** What is to be done could not be written into the audit log first, and so was not done. */
    | "not-recorded"
    | "store-away"
    | "unreadable"
    | "chat-closed"
    | "not-taken-yet"
    | "failed";

/** The body of a refusal. */
export interface RefusalBody {
    readonly code: RefusalCode;
    /** When another try is worth while. */
    readonly retryAfterMs?: number;
}

/** What anybody may know: how to sign in, and whether that is done. */
export interface SessionState {
    readonly signedIn: boolean;
    readonly method: "password" | "address";
}

/** A file of a message. */
export interface ChatFile {
    readonly id: string;
    readonly name: string;
    readonly isPicture: boolean;
}

/** Something that stands in the chat. */
export interface ChatEntry {
    readonly id: string;
    readonly from: "person" | "assistant";
    readonly atMs: number;
    /** As it is to be shown; its lines are directed already. */
    readonly text: FormattedText;
    readonly files: readonly ChatFile[];
    /** The beginning of the message that it replies to. */
    readonly quoted?: string;
    /** The labels of its buttons. */
    readonly choices: readonly string[];
    /** It is still being written. */
    readonly growing: boolean;
}

/** A whole conversation, as it stands. */
export interface ChatView {
    readonly id: string;
    readonly entries: readonly ChatEntry[];
    /** Largest size of one file, in bytes. */
    readonly maxFileBytes: number;
}

/** What a person sends. */
export interface ChatPost {
    /** Made by the page; with the same id a message is taken once. */
    readonly id: string;
    readonly chat: string;
    readonly text?: string;
    readonly files?: readonly string[];
    readonly replyTo?: string;
    /** A button: the entry that it stands beneath, and which one it is. */
    readonly choice?: { readonly entry: string; readonly index: number };
    readonly language: "ar" | "en";
}

/** How an account that is linked with a phone stands, with what the phone must be shown. */
export interface LinkView {
    readonly account: PlatformAccount;
    readonly name: LinkState["name"];
    /** The squares of a QR code, row by row: `1` is dark. */
    readonly squares?: readonly string[];
    readonly pairingCode?: string;
    readonly reason?: string;
    readonly remedy?: string;
}

/** How everything stands. */
export interface Overview {
    readonly nowMs: number;
    /** Absent while the store is away. */
    readonly processes?: readonly ProcessStatus[];
    readonly links: readonly LinkView[];
    /** How many replies were set aside; absent while the store is away. */
    readonly deadReplies?: number;
    /** Whether the chat takes messages in this process. */
    readonly chatOpen: boolean;
    readonly version: string;
}

/** What is measured every two seconds; `null`: unknown at that moment. */
export interface Sample {
    readonly atMs: number;
    readonly values: Readonly<Record<Measure, number | null>>;
}

/** What is measured. Times in milliseconds, memory in bytes; what is counted, since the start. */
export type Measure =
    | "waiting"
    | "busy"
    | "waitMs"
    | "answerMsP50"
    | "answerMsP95"
    | "firstTokenMsP50"
    | "firstTokenMsP95"
    | "tokensPerSecond"
    | "deviceUsedBytes"
    | "deviceTotalBytes"
    | "processBytes"
    | "failures"
    | "emergencies"
    | "crises"
    | "replaced"
    | "limited";

/** The events of the page's stream, by name. */
export interface PageEvents {
    readonly overview: Overview;
    /** All samples that are kept, at the beginning of the stream. */
    readonly samples: readonly Sample[];
    readonly sample: Sample;
    /** The whole chat, at the beginning of the stream and when it changes as a whole. */
    readonly chat: ChatView;
    /** A new entry, or what an entry has become. */
    readonly entry: ChatEntry;
    readonly removed: { readonly id: string };
    /** Somebody writes, for so long unless it is said again. */
    readonly typing: { readonly forMs: number };
    /** The session has ended. */
    readonly "signed-out": Record<string, never>;
}

/** What is known of a reply that was set aside. */
export type DeadReplyView = Pick<DeadReply, "id" | "account" | "committedAtMs" | "diedAtMs">;

/** The text of a reply that was set aside. */
export interface OpenedReply {
    readonly text: FormattedText;
    readonly language: "ar" | "en";
    readonly forStaff: boolean;
}
