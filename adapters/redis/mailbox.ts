import type {
    Conversation,
    ConversationKey,
    InboundMessage,
    ModelImage,
    Reply,
    ReplyAddress,
} from "../../src/message.ts";
import type {
    Acceptance,
    ArrivedPictures,
    Interruption,
    TurnOutcome,
    WaitingMessage,
} from "../../src/queue-ports.ts";

/**
 * Everything that one conversation owns on its way from a patient's message to the delivered reply.
 * Every method is one atomic step in the conversation's slot, and is safe to repeat: what a repeated
 * call finds done it reports as done. All times are the server's.
 *
 * Two kinds of holders exclude each other only among themselves: one process answers (`claim`), one
 * delivers (`claimDelivery`). A hold ends with its lease; whoever takes over gets a higher fence,
 * and from then on nothing that the former holder does has an effect.
 *
 * @throws `store-unavailable` (retryable), `store-failed` from every method.
 */
export interface Mailbox {
    /**
     * Stores a message, or an edit of one.
     *
     * - A message that is known from the last 7 days, or that still waits, is a `duplicate`: nothing
     *   changes, but the state is reported, so that the caller can wake the conversation once more.
     * - An edit takes the place of its message while that waits, and its files are due again when
     *   they are others. Too late, or of a message that never came, it changes nothing. An edit that
     *   says what is stored already changes and interrupts nothing.
     * - A message makes the conversation ripe `quietMs` after it, yet never later than `atMostMs`
     *   after the first one since the last claim, nor earlier than it was to be. An album's part waits at least a second for the
     *   next. What is urgent, and every command, makes it ripe at once, until the next claim,
     *   whatever follows and whatever it was put off for.
     * - While a turn is being answered, `/stop` interrupts it, and so does an edit of one of its
     *   messages. `/stop` outranks the edit.
     */
    accept(message: InboundMessage, how: Timing): Promise<Accepted>;
    /**
     * Takes the conversation, if its messages are ripe and nobody has it, or an alarm has come since
     * it was taken. With the same token it is the same claim: repeat a call that failed with the
     * token it had.
     */
    claim(key: ConversationKey, by: TurnClaimant): Promise<TurnClaim>;
    /**
     * Prolongs a claim, even one that has run out, as long as nobody has taken over. `stopped` and
     * `changed` prolong as well, and are reported until the claim ends.
     */
    renew(
        key: ConversationKey,
        hold: Hold & { readonly leaseMs: number },
    ): Promise<"held" | Interruption>;
    /**
     * Settles the oldest `settled` (at least 1) messages of the turn, changes the conversation and
     * puts the reply at the end of its outbox: all or nothing. Once only, however often it is
     * called: the first outcome counts. The claim stays until it is released.
     *
     * `lost`: another process has claimed the conversation since, and nothing has changed. A claim
     * that merely ran out, while this process was cut off, can still commit.
     *
     * A turn without a reply of which something is out already (it has a journal) leaves an entry
     * without a reply in the outbox, so that what is out is taken back.
     *
     * The change's `id` is not looked at: the fence does what it is for.
     */
    commit(
        key: ConversationKey,
        hold: Hold,
        outcome: TurnOutcome & {
            readonly turnId: string;
            /** The worker that committed before is remembered further on: it knows the conversation. */
            readonly withoutModel?: boolean;
        },
    ): Promise<Committed>;
    /**
     * Ends a claim. A death is counted for what the claim has not committed, unless `countsAsDeath`
     * is false. `againInMs` puts the conversation off, unless something has come since the claim that
     * ends a wait: pictures, a command, or an urgent message. Without effect when the hold is lost.
     */
    release(
        key: ConversationKey,
        hold: Hold,
        how: { readonly countsAsDeath: boolean; readonly againInMs?: number },
    ): Promise<Ripeness>;
    /** Looks whether and when the conversation wants to be answered, and changes nothing. */
    ripeness(key: ConversationKey): Promise<Ripeness>;
    /** A waiting message whose files are still due; `undefined` when nothing is to be fetched. */
    waitingMessage(key: ConversationKey, messageId: string): Promise<InboundMessage | undefined>;
    /**
     * Stores what became of a message's files, and its pictures. Ends a putting off. Without effect
     * when the message does not wait any more, or meanwhile has other files; what has arrived first
     * stays, unless more pictures come.
     *
     * @param message As it was when its files were fetched.
     */
    putPictures(
        message: InboundMessage,
        arrived: ArrivedPictures,
        images: readonly ModelImage[],
    ): Promise<Ripeness & { readonly picturesDue: boolean }>;
    /** Takes the conversation's deliveries. With the same token it is the same claim. */
    claimDelivery(
        key: ConversationKey,
        by: { readonly token: string; readonly leaseMs: number },
    ): Promise<DeliveryClaim>;
    /** Prolongs a claim of deliveries; `false`: another process has taken over, or it has ended. */
    renewDelivery(
        key: ConversationKey,
        hold: Hold & { readonly leaseMs: number },
    ): Promise<boolean>;
    /** What has become of the turn whose delivery began before its end. */
    readReply(key: ConversationKey, hold: Hold, id: string): Promise<PendingReply>;
    /**
     * Keeps how far the delivery is out. `false`: not kept, since another process has taken over, or
     * since there is nothing to deliver any more: then nothing may be shown.
     */
    saveJournal(key: ConversationKey, hold: Hold, id: string, state: unknown): Promise<boolean>;
    /**
     * Ends a delivery and its claim. `delivered` and `dropped` forget the reply, `dead` sets it
     * aside with its journal, `againInMs` leaves it where it is and lets all wait so long.
     *
     * A reply that this claim has never been handed (one committed after the last look at a pending
     * turn) is never ended by it: it stays in the outbox, without a journal. Without effect when
     * the hold is lost.
     *
     * @returns How many replies are in the outbox.
     */
    endDelivery(
        key: ConversationKey,
        hold: Hold,
        id: string,
        end: "delivered" | "dropped" | "dead" | { readonly againInMs: number },
    ): Promise<{ readonly waiting: number }>;
    /** Ends a claim of deliveries and changes nothing else. */
    releaseDelivery(key: ConversationKey, hold: Hold): Promise<void>;
    /**
     * Puts a dead reply at the end of the outbox, as if it had been committed now. `true` as well
     * while it is there already.
     */
    resendDead(key: ConversationKey, id: string): Promise<boolean>;
    /**
     * What a dead reply says. `undefined`: there is none (any more).
     *
     * @throws `store-failed` when it cannot be understood.
     */
    readDead(key: ConversationKey, id: string): Promise<Reply | undefined>;
    /** Forgets a dead reply. `false`: there is none (any more). */
    discardDead(key: ConversationKey, id: string): Promise<boolean>;
}

/** When an accepted message makes its conversation ripe. */
export interface Timing {
    readonly quietMs: number;
    readonly atMostMs: number;
    readonly urgent: boolean;
}

/** Whether and when a conversation wants to be answered. */
export interface Ripeness {
    /** Unanswered messages. */
    readonly waiting: number;
    /** 0: now. Says nothing about whether somebody has it at the moment. */
    readonly ripeInMs: number;
    /** The worker that has the conversation now. */
    readonly holder?: string;
    /** The worker that committed last, and with a model. */
    readonly worker?: string;
}

/** What became of a message that was handed to the mailbox. */
export interface Accepted extends Ripeness {
    readonly outcome: Acceptance;
    /** Whether the message's files are to be fetched. */
    readonly picturesDue: boolean;
    /** How the running turn is to be interrupted. Also reported by later calls during that turn. */
    readonly interrupt?: "stopped" | "changed";
    /** The fence of the running turn: an interruption that comes late must not hit the next one. */
    readonly fence?: number;
}

/** Who claims a conversation. */
export interface TurnClaimant {
    /** New for each claim, but the old one after a claim that failed. */
    readonly token: string;
    readonly worker: string;
    /** At most a minute. */
    readonly leaseMs: number;
    /** The version of the history that the caller has a copy of. */
    readonly historyVersion?: string;
}

/** What a claim gave. */
export type TurnClaim =
    | {
          readonly status: "claimed";
          /** The id of the oldest unanswered message. */
          readonly turnId: string;
          readonly fence: number;
          readonly deaths: number;
          /** Another process was answering it: an alarm has come. */
          readonly tookOver: boolean;
          /** The oldest 1,000 unanswered messages, at least one. */
          readonly messages: readonly WaitingMessage[];
          readonly version: string;
          /** Absent: the caller's copy is what is stored. */
          readonly history?: Conversation;
      }
    | { readonly status: "held"; readonly forMs: number }
    | { readonly status: "unripe"; readonly forMs: number }
    | { readonly status: "empty" };

/** What a commit came to. */
export type Committed =
    | {
          readonly status: "committed";
          /**
           * The version of the history as it was claimed with this turn's change applied. Absent:
           * somebody else has changed it meanwhile, or it has expired; a copy is worth nothing.
           */
          readonly version?: string;
      }
    /** A message of the turn has been edited since the claim: nothing has changed. */
    | { readonly status: "changed" }
    | { readonly status: "lost" };

/** What a holder proves itself with. */
export interface Hold {
    readonly fence: number;
    readonly token: string;
}

/** What a claim of deliveries gave. */
export type DeliveryClaim =
    | {
          readonly status: "reply";
          /** The turn's id. */
          readonly id: string;
          readonly fence: number;
          readonly to: ReplyAddress;
          /** Absent: what is out already is to be taken back. */
          readonly reply?: Reply;
          readonly committedAtMs: number;
          readonly journal?: unknown;
      }
    /** Nothing is in the outbox, but a turn is being answered. */
    | {
          readonly status: "pending";
          readonly id: string;
          readonly fence: number;
          /** The turn's newest message: the turn's own choice is not known yet. */
          readonly to: ReplyAddress;
          readonly journal?: unknown;
          /** The worker that answers. */
          readonly holder: string;
      }
    /** `held`: by another process; `later`: an earlier attempt has put it off. */
    | { readonly status: "held" | "later"; readonly forMs: number }
    | { readonly status: "nothing" };

/** What has become of a pending turn. */
export type PendingReply =
    | {
          readonly status: "reply";
          readonly to: ReplyAddress;
          /** Absent: what is out already is to be taken back. */
          readonly reply?: Reply;
          readonly committedAtMs: number;
      }
    | { readonly status: "running"; readonly holder: string }
    /** Not answered, but nobody is at it: its worker has died or has passed it on. */
    | { readonly status: "waiting" }
    /** There will be no reply. */
    | { readonly status: "gone" }
    /** Another process delivers. */
    | { readonly status: "lost" };
