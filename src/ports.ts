/**
 * What the product needs of the outside world. Each port has one contract suite under
 * test/contracts/ that every implementation passes. Failures are `AppError`s.
 */
import type {
    Attachment,
    Conversation,
    ConversationChange,
    ConversationKey,
    ConversationSettings,
    ImageReference,
    InboundMessage,
    ModelImage,
    PlatformAccount,
    PlatformName,
    Reply,
    ReplyAddress,
} from "./message.ts";

/**
 * What the processes of a clinic that speak for one account may do side by side. `together`: all
 * receive and deliver. `receive-alone`: one receives, all deliver. `alone`: the one that receives is
 * also the only one that can deliver, and only while `run` runs.
 */
export type Sharing = "together" | "receive-alone" | "alone";

/** A messaging platform. */
export interface Platform {
    readonly name: PlatformName;
    readonly sharing: Sharing;
    /** The clinic's account: every conversation of this platform begins with it. */
    readonly account: PlatformAccount;
    /**
     * Receives until `signal` aborts, surviving every fault of the platform by itself. Awaits
     * `receive` before it acknowledges a message to the platform; messages of one conversation are
     * handed over in the order in which they were sent. `glance`, which never fails, sees a message
     * as soon as it is read, also while earlier ones of its conversation wait for `receive`.
     *
     * @throws `config-invalid` where only the administrator can help (a refused token).
     */
    run(
        receive: (message: InboundMessage) => Promise<void>,
        signal: AbortSignal,
        glance?: (message: InboundMessage) => void,
    ): Promise<void>;
    /**
     * The bytes of an attachment.
     *
     * @throws `attachment-too-large` above `maxBytes` or the platform's own limit,
     * `attachment-unavailable` when it is gone, `platform-unavailable` (retryable).
     */
    download(attachment: Attachment, maxBytes: number, signal: AbortSignal): Promise<Uint8Array>;
    /**
     * Begins a reply: the patient sees that an answer is being written until it ends. With the
     * journal of an earlier attempt, perhaps of another process, it goes on where that one stopped:
     * what is out already is completed, not sent again.
     */
    startReply(to: ReplyAddress, journal?: Journal): ReplyWriter;
}

/** Where a platform's adapter keeps how far a reply is out, beyond the end of the process. */
export interface Journal {
    /** What was saved last, by whichever process; absent: nothing. Survives JSON. */
    readonly state?: unknown;
    /**
     * Resolves when the state is kept. Must be awaited before a step that cannot be repeated.
     *
     * @throws `aborted` when another process has taken the reply over, `store-unavailable`.
     */
    save(state: unknown): Promise<void>;
}

/**
 * The messages of one account that somebody has written down, by their numbers, known to all
 * processes that speak for it: what is not among them may be what a process that died has sent.
 */
export interface MessageLedger {
    /** Writes a message down soon. Never waits and never fails. */
    note(messageId: number): void;
    /** Those above `floor` and below `below`; none while the store is away. Never fails. */
    noted(floor: number, below: number): Promise<ReadonlySet<number>>;
}

/**
 * What a platform has said of messages that were sent through it, known to all processes that speak
 * for the account. A send whose answer got lost is recognised by its receipt.
 */
export interface ReceiptLedger {
    /**
     * Keeps for a day that the message with this token is out.
     *
     * @throws `store-unavailable`.
     */
    keep(token: string): Promise<void>;
    /** @throws `store-unavailable`. */
    has(token: string): Promise<boolean>;
}

/** How an account that is linked with a phone stands, for the administrator. */
export type LinkState =
    | { readonly name: "starting" }
    /** The phone must scan this text as a QR code; it changes every 20 s or so. */
    | { readonly name: "qr"; readonly code: string }
    /** The phone must be given these eight characters. */
    | { readonly name: "pairing-code"; readonly code: string }
    | { readonly name: "ready" }
    /** The phone has unlinked this program. It begins anew with a QR code by itself. */
    | { readonly name: "logged-out" }
    /** It is tried again by itself after growing pauses. */
    | { readonly name: "failed"; readonly reason: string; readonly remedy: string };

/** Where the administrator sees how an account stands. */
export interface LinkDisplay {
    /** Called at every change. Never fails. */
    show(account: PlatformAccount, state: LinkState): void;
}

/**
 * One reply being written. Ends with `finish` or `abandon`; a `finish` that failed with a retryable
 * error may be called again and goes on where it was: nothing is delivered twice.
 */
export interface ReplyWriter {
    /**
     * Shows the reply as far as it is known: the whole Markdown text so far, not a difference.
     * Never waits and never fails; an update may be skipped, the text of `finish` is what counts.
     */
    show(textSoFar: string): void;
    /**
     * Delivers the complete reply and resolves when the platform has taken all of it.
     *
     * @throws `patient-unreachable` (blocked, deleted), `platform-unavailable` (retryable),
     * `platform-rejected`.
     */
    finish(reply: Reply, signal: AbortSignal): Promise<void>;
    /**
     * Ends without a reply; nothing half-written stays visible, unless it is `left` to a process
     * that goes on from the journal. Never fails.
     */
    abandon(end?: { readonly left: boolean }): Promise<void>;
}

/**
 * The conversations of all platforms. Each expires after the time that the clinic has set, counted
 * from its last change.
 *
 * @throws `store-unavailable` (retryable) from every method.
 */
export interface ConversationStore {
    /** An unknown conversation reads as one without turns. */
    read(key: ConversationKey): Promise<Conversation>;
    /** Without the turns: cheap however long the conversation is. */
    readSettings(key: ConversationKey): Promise<ConversationSettings>;
    /** `undefined` when the picture has expired or was erased. */
    readImage(key: ConversationKey, image: ImageReference): Promise<ModelImage | undefined>;
    /** Applies the whole change or nothing of it. */
    update(key: ConversationKey, change: ConversationChange): Promise<void>;
}

/** A picture within a prompt; its pixels are loaded only when they must be encoded. */
export interface ChatImage {
    /** Equal ids mean equal pixels. */
    readonly id: string;
    load(): Promise<ModelImage>;
}

/** One message of a prompt. Pictures stand before the text. */
export interface ChatMessage {
    readonly role: "system" | "user" | "assistant";
    readonly text: string;
    readonly images: readonly ChatImage[];
}

/** What the model is asked. */
export interface ChatRequest {
    /** Requests of one conversation reuse what the model has already read of it. */
    readonly conversation: string;
    /** One system message, then turns; the last is the user's. */
    readonly messages: readonly ChatMessage[];
    /** Limit of generated tokens; default and ceiling: the model profile's. */
    readonly maxTokens?: number;
    /**
     * Seals what is kept of the conversation outside the store; it is forgotten with the
     * conversation. Absent: nothing of it may be kept beyond the memory of the process. A request
     * with another key than the last does not reuse anything.
     */
    readonly cacheKey?: Uint8Array;
}

/** How a generation is watched and ended. */
export interface ChatOptions {
    readonly signal: AbortSignal;
    /** Called with each new piece of text, in order; pieces never split a character. */
    readonly onText?: (piece: string) => void;
}

/** What the model answered. */
export interface ChatCompletion {
    readonly text: string;
    /** `aborted` keeps the text so far. */
    readonly stop: "end" | "length" | "aborted";
    /** How many of the oldest messages did not fit the context and were left out. */
    readonly droppedTurns: number;
    /** Pictures in the prompt as it was fitted. */
    readonly images: number;
    readonly tokens: {
        /** All positions of the prompt, pictures included. */
        readonly prompt: number;
        /** Of these, already in the model's memory. */
        readonly cached: number;
        /** Of the prompt, positions of pictures. */
        readonly image: number;
        readonly generated: number;
    };
    readonly timingsMs: {
        /** Spent encoding pictures. */
        readonly image: number;
        /** From the call to the first generated token. */
        readonly firstToken: number;
        readonly total: number;
    };
}

/** Whether and how the model sees. */
export type VisionState =
    | { readonly status: "ready"; readonly imageSide: number; readonly imageTokens: number }
    | {
          readonly status: "unavailable";
          /** Why, for the administrator. */
          readonly reason: string;
          readonly remedy: string;
      };

/** The loaded model, for people. */
export interface ModelDescription {
    readonly name: string;
    /** For example `CPU (2 threads)` or `CUDA: NVIDIA H200`. */
    readonly device: string;
    readonly contextTokens: number;
    /** The toy that ships with the product: knows no medicine. */
    readonly demonstration: boolean;
    readonly vision: VisionState;
    /** Absent for a model that runs elsewhere. */
    readonly memory?: ModelMemory;
}

/** How the memory of a model in this process is divided. */
export interface ModelMemory {
    /** Conversations that are answered at a time. */
    readonly conversations: number;
    /** Positions that they share; each has `contextTokens` at most. */
    readonly sharedTokens: number;
    /** What the model takes of its device's memory, as planned. */
    readonly deviceBytes: number;
    /** What to change so that it answers faster, for the administrator. */
    readonly advice?: string;
}

/** The memory of a device that computes, in bytes. */
export interface DeviceMemory {
    readonly usedBytes: number;
    readonly totalBytes: number;
}

/** A vision-language chat model. */
export interface ChatModel {
    readonly description: ModelDescription;
    /**
     * Answers the last user message. The history is fitted to the context by dropping the oldest
     * whole turns; the system message and the last user message always stay.
     *
     * @throws `prompt-too-long` when even these do not fit, `model-failed`,
     * `companion-unavailable` when there are pictures and vision is unavailable.
     */
    generate(request: ChatRequest, options: ChatOptions): Promise<ChatCompletion>;
    /**
     * Reads system messages, the most usual first, so that conversations that begin with them start
     * sooner: now and whenever nobody asks, as far as no conversation loses its place. Who asks meanwhile
     * waits for a small piece of it at most. Replaces those of the last call. Resolves when it has done
     * what it can do now. Absent for a model that runs elsewhere. Never fails.
     */
    prepare?(systemMessages: readonly string[]): Promise<void>;
    /** Absent where the device has no memory of its own that can be asked about. Never fails. */
    deviceMemory?(): Promise<DeviceMemory | undefined>;
    /**
     * Forgets what it keeps of a conversation that was erased, as soon as it can. Absent where it
     * keeps nothing. Never fails.
     */
    forget?(conversation: string): void;
    /** Waits for running generations to stop, then frees the memory. */
    close(): Promise<void>;
}
