/**
 * How messages travel between the processes of one clinic: from the adapters, which speak to the
 * platforms, to the workers, which have a model, and back. Whatever these ports have taken is kept
 * durably; whatever they hand out is handed out to one process at a time, and again to another when
 * that process dies. Failures are `AppError`s: `store-unavailable` (retryable) from every method
 * that talks to the store, `store-failed`.
 */
import type {
    Conversation,
    ConversationChange,
    ConversationKey,
    InboundMessage,
    ModelImage,
    PictureRefusal,
    ImageReference,
    PlatformAccount,
    Reply,
    ReplyAddress,
} from "./message.ts";
import type { Journal, ModelDescription } from "./ports.ts";

/** What became of a message that was taken over. */
export type Acceptance =
    | "accepted"
    /** The same id of the same conversation was accepted within the last 7 days. */
    | "duplicate"
    /** An edit took the place of a message that is not answered yet. */
    | "replaced"
    /** An edit of a message that is answered already, or was never accepted. */
    | "late";

/** Where platforms' messages are stored until they are answered. */
export interface Inbox {
    /**
     * Stores a message durably and sees to it that it will be answered: then the platform may
     * forget it. A message that was accepted already is made sure of once more, so that a platform
     * which repeats a message after a crash loses nothing.
     *
     * Messages that follow each other within the clinic's quiet time become one turn. A command, or
     * a message with `urgent`, does not wait; `/stop` and an edit interrupt a running answer. One
     * with an `alarm` goes to the desk at once, and takes the conversation away from whoever is
     * answering it.
     */
    accept(message: InboundMessage, options?: { readonly urgent?: boolean }): Promise<Acceptance>;
    /** How long the line of waiting conversations is. At most a second old. */
    backlog(): Promise<Backlog>;
    /** Whether this is the first call for the conversation since its last answer. */
    firstDelayNotice(conversation: ConversationKey): Promise<boolean>;
}

/** The conversations that wait for a worker. */
export interface Backlog {
    readonly conversations: number;
    /** Estimated time until a newcomer's answer begins; 0 when nobody waits. */
    readonly waitMs: number;
    /** How many workers are alive. */
    readonly workers: number;
}

/** A patient's picture after its arrival: ready for the model, or refused. */
export interface ArrivedPictures {
    readonly images: readonly ImageReference[];
    readonly refusals: readonly PictureRefusal[];
}

/** A waiting message, and its pictures once they have arrived. */
export interface WaitingMessage {
    readonly message: InboundMessage;
    /** Absent while the pictures are still being fetched. */
    readonly pictures?: ArrivedPictures;
    /** When it was accepted, in milliseconds since 1970. */
    readonly acceptedAtMs: number;
}

/** Where a conversation waits. */
export type QueueLane =
    /** For a worker with a model. */
    | "model"
    /** For anybody: what needs no model must not wait for one. */
    | "desk";

/** What the patient did while their answer was being made. */
export type Interruption =
    /** `/stop`. */
    | "stopped"
    /** A message of this turn was edited. */
    | "changed"
    /** Another process has taken the conversation over: nothing can be committed any more. */
    | "lost";

/** A conversation that was handed out to be answered. Nobody else has it meanwhile. */
export interface OpenTurn {
    /** Names the turn: equal at every attempt, so that its reply is delivered once. */
    readonly id: string;
    readonly conversation: ConversationKey;
    /** All unanswered messages, oldest first; at least one. */
    readonly messages: readonly WaitingMessage[];
    readonly history: Conversation;
    /** How many processes have died while they had this turn. */
    readonly deaths: number;
    /** Aborts at an {@link Interruption}, which is then its `reason`, and when the process stops. */
    readonly signal: AbortSignal;
    /** Shows the patient the whole reply so far. Never waits and never fails. */
    show(textSoFar: string): void;
    /**
     * Settles the oldest `settled` messages, changes the conversation and stores the reply for
     * delivery: all of it or nothing, once, however often it is called.
     *
     * @throws `aborted` when another process has taken over.
     */
    commit(outcome: TurnOutcome): Promise<void>;
}

/** How a turn ended. */
export interface TurnOutcome {
    /** How many of the turn's messages are answered by it. */
    readonly settled: number;
    /** Absent: nothing is said, and what was shown so far is taken back. */
    readonly reply?: Reply;
    /** The message that the reply stands beneath, where the platform can show that. */
    readonly replyTo?: string;
    /**
     * The reply is a message of its own: what was shown of the turn's answer so far is taken back
     * instead of being completed.
     */
    readonly afresh?: boolean;
    readonly change?: ConversationChange;
}

/** What is to be done with a conversation after its handler. */
export type TurnEnd =
    /** Committed. What is left of the conversation is handed out again when it is ripe. */
    | "done"
    /** Needs a model: to the lane of the workers. */
    | "needs-model"
    /** Not now: again after this time, or when a picture arrives. Counts as no death. */
    | { readonly againInMs: number };

/** How conversations are handed out. */
export interface WorkOptions {
    /** How many at once in this process. */
    readonly concurrency: number;
    /**
     * Ends the handing out. Handlers get `finishWithinMs` to end by themselves; then their signals
     * abort, and what is not committed goes to another process at once.
     */
    readonly signal: AbortSignal;
    readonly finishWithinMs: number;
}

/** Conversations with unanswered messages. */
export interface TurnQueue {
    /**
     * Hands out conversations whose messages are ripe, until the signal aborts; resolves when the
     * last handler has ended. A handler that fails is tried again later. Survives every fault of
     * the store by itself.
     */
    work(
        lane: QueueLane,
        handle: (turn: OpenTurn) => Promise<TurnEnd>,
        options: WorkOptions,
    ): Promise<void>;
    /**
     * Calls `listen`, which must not throw, with each conversation that is erased, by whichever
     * process, until the signal aborts. While the store is away, some may be missed.
     */
    onErased(listen: (conversation: ConversationKey) => void, signal: AbortSignal): Promise<void>;
}

/** A message whose attachments are to be fetched from its platform. */
export interface PictureQueue {
    /**
     * Hands out messages of one account whose pictures have not arrived, until the signal aborts. A
     * handler that fails with a retryable error is called again with growing pauses; any other
     * failure, and a picture that does not come within a minute, counts as `image-unavailable`.
     */
    work(
        account: PlatformAccount,
        fetch: (message: InboundMessage, signal: AbortSignal) => Promise<FetchedPictures>,
        options: WorkOptions,
    ): Promise<void>;
}

/** What became of a message's attachments. */
export interface FetchedPictures {
    readonly images: readonly ModelImage[];
    readonly refusals: readonly PictureRefusal[];
}

/** A reply that is to be delivered, perhaps while it is still being written. */
export interface OpenDelivery {
    /** The turn's id. */
    readonly id: string;
    readonly to: ReplyAddress;
    /** How far an earlier attempt came. */
    readonly journal: Journal;
    /** Aborts when the process stops, or when another has taken over (reason `lost`). */
    readonly signal: AbortSignal;
    /** Calls `show` with the whole reply so far, as it grows, until `reply` resolves. */
    onProgress(show: (textSoFar: string) => void): void;
    /**
     * The complete reply and when it was committed (milliseconds since 1970), as soon as there is
     * one. `undefined`: there will be none, and what was shown is to be taken back.
     *
     * @throws `aborted`.
     */
    reply(): Promise<{ readonly reply: Reply; readonly committedAtMs: number } | undefined>;
}

/** What became of a delivery. */
export type DeliveryEnd =
    /** The patient has it, or there was nothing to deliver. */
    | "delivered"
    /** The patient cannot be reached any more, or the platform refuses: given up. */
    | "dropped"
    /**
     * Tried for too long, or a note to the clinic's people that was refused: set aside for the
     * administrator, who can send it again.
     */
    | "dead"
    /** Again after this time. Later replies of the conversation wait behind it. */
    | { readonly againInMs: number };

/** Replies on their way to patients; those of one conversation one after another. */
export interface Outbox {
    /** Hands out the replies of one account, until the signal aborts. */
    work(
        account: PlatformAccount,
        deliver: (delivery: OpenDelivery) => Promise<DeliveryEnd>,
        options: WorkOptions,
    ): Promise<void>;
    /** Replies that were set aside, oldest first. */
    dead(): Promise<readonly DeadReply[]>;
    /** Delivers a dead reply after all. `false`: there is no such reply. */
    resend(id: DeadReply["id"]): Promise<boolean>;
    /** Forgets a dead reply. `false`: there is no such reply. */
    discard(id: DeadReply["id"]): Promise<boolean>;
}

/** A reply that could not be delivered in time. Holds nothing that a patient wrote or reads. */
export interface DeadReply {
    /** Names it for the administrator; says nothing about the patient. */
    readonly id: string;
    readonly account: PlatformAccount;
    readonly committedAtMs: number;
    readonly diedAtMs: number;
}

/** What the replies say that were set aside. */
export interface DeadLetters {
    /**
     * The reply as its patient would have read it. `undefined`: there is no such reply. It is a
     * patient's: whoever opens it has written down before that it is opened.
     *
     * @throws `store-failed` when no key of the clinic opens it.
     */
    open(id: DeadReply["id"]): Promise<Reply | undefined>;
}

/** The processes that share one store. */
export interface Fleet {
    /** Makes this process known as a worker until the signal aborts. */
    join(worker: JoiningWorker, signal: AbortSignal): Promise<void>;
    /** The model that the workers run, also while none of them is alive; `undefined` before the first. */
    model(): Promise<ModelDescription | undefined>;
    /** The workers that are alive. */
    workers(): Promise<readonly WorkerState[]>;
    /**
     * Runs `task` in one process at a time: waits until no other process holds `name`, and starts
     * again elsewhere within 30 s when this process dies. While the store is away the task goes on;
     * if only this process is cut off, another may begin meanwhile, and this one ends when it learns
     * of it: the task's signal aborts, after which the wait begins anew. Resolves when `signal` has
     * aborted and the task ended.
     *
     * @throws What `task` throws while it holds the name.
     */
    hold(
        name: string,
        task: (signal: AbortSignal) => Promise<void>,
        signal: AbortSignal,
    ): Promise<void>;
}

/** A process that can answer. */
export interface JoiningWorker {
    readonly model: ModelDescription;
    /** How many conversations it answers at once. */
    readonly slots: number;
}

/** A worker as the others see it. */
export interface WorkerState {
    readonly id: string;
    readonly slots: number;
    readonly busy: number;
    /** How long its recent turns took, on average; absent before the first. */
    readonly turnMs?: number;
    /** When it was heard of, in milliseconds since 1970. */
    readonly seenAtMs: number;
}
