import { AppError, isAppError } from "../../src/errors.ts";
import { describeError } from "../../src/log.ts";
import type { Journal } from "../../src/ports.ts";
import { mayBeCarriedOut } from "./failures.ts";
import type { FormattedText } from "../../src/messaging/formatted-text.ts";
import { removeStrays, widestReach } from "./remove-strays.ts";
import {
    type Doubt,
    fingerprint,
    readReplyState,
    type ReplyState,
    type Send,
} from "./reply-state.ts";
import { sendText, type TextExtras } from "./send-text.ts";
import type { SendingBot } from "./sending-bot.ts";

/** How many sends of one doubt are remembered: enough for every try of an outage that matters. */
const mostSends = 12;

/**
 * How many messages a bot can have exchanged since it was known which was the newest. Telegram takes
 * about 30 a second, and as many may come in.
 */
function reachOf(ageMs: number): number {
    return Math.round(Math.min(20 + (60 * ageMs) / 1000, widestReach));
}

/**
 * What is out of one reply. New messages are made here alone: before each, the journal learns that
 * it is about to be sent, and after it, under which id it stands. What a process that dies in
 * between leaves behind is a {@link Doubt}: the message is sent anew, and the lost one removed.
 */
export class ReplyRecord {
    readonly #bot: SendingBot;
    readonly #chatId: number;
    /** Lower than the id of any message of this reply; `unknown`: its ids are of another series. */
    readonly #floor: number | "unknown";
    readonly #journal: Journal | undefined;
    #state: ReplyState;
    /** The doubts that the journal keeps, as JSON. */
    #keptDoubts: string;
    #takenOver = false;

    constructor(
        bot: SendingBot,
        chatId: number,
        floor: number | "unknown",
        journal: Journal | undefined,
    ) {
        this.#bot = bot;
        this.#chatId = chatId;
        this.#floor = floor;
        if (floor !== "unknown") bot.known.recall(floor);
        this.#journal = journal;
        this.#state = readReplyState(journal?.state);
        this.#keptDoubts = JSON.stringify(this.#state.doubts);
    }

    /** The ids of the reply's messages, oldest first; while no part is delivered, the growing one. */
    get messages(): readonly number[] {
        return this.#state.messages;
    }

    /** How many parts of the reply are complete. */
    get delivered(): number {
        return this.#state.delivered;
    }

    /** Whether another process can go on with this reply. */
    get isJournalled(): boolean {
        return this.#journal !== undefined;
    }

    /** Whether another process goes on with this reply: then this one must leave it alone. */
    get isTakenOver(): boolean {
        return this.#takenOver;
    }

    /** The growing message has become the first part. Needs no journal: it can be repeated. */
    countFirstPart(): void {
        this.#state = { ...this.#state, delivered: 1 };
    }

    /** None of the reply's messages stand in the chat any more. */
    forgetMessages(): void {
        this.#state = { ...this.#state, messages: [], delivered: 0 };
    }

    /**
     * Sends a new message. Not cancelled while under way: its id is needed.
     *
     * @param countsAs How many parts are complete with it.
     * @throws As {@link sendText} does, `aborted` when another process has taken over,
     * `store-unavailable` when the journal cannot be kept; then nothing was sent.
     */
    async create(formatted: FormattedText, extras: TextExtras, countsAs: number): Promise<void> {
        this.checkOwnership();
        const { replyTo } = extras;
        const send = {
            text: fingerprint(formatted),
            ...(replyTo === undefined ? {} : { replyTo }),
        };
        const before = this.#state;
        this.#expect(send);
        try {
            await this.#keep();
        } catch (error) {
            this.#state = before;
            throw error;
        }
        let id: number;
        try {
            id = await sendText(this.#bot.client, formatted, extras, {});
        } catch (error) {
            if (!mayBeCarriedOut(error)) this.#state = before;
            throw error;
        }
        if (this.#floor !== "unknown") this.#bot.known.see(id);
        this.#arrived(id, countsAs);
        await this.#tryToKeep("a message on Telegram is not in its journal yet");
    }

    /**
     * Removes what may stand in the chat twice.
     *
     * @throws As requests do.
     */
    async removeStrays(signal: AbortSignal): Promise<void> {
        for (const doubt of this.#state.doubts) {
            const { floor, below = floor + doubt.reach + 1 } = doubt;
            const isNoted = await this.#bot.known.between(floor, below);
            const isKnown = (id: number): boolean => this.messages.includes(id) || isNoted(id);
            await removeStrays(this.#bot, this.#chatId, doubt, isKnown, signal);
            const doubts = this.#state.doubts.filter((other) => other !== doubt);
            this.#state = { ...this.#state, doubts };
        }
    }

    /**
     * Lets the journal know what has turned out since it was kept last, for the process that goes
     * on: that what was to be sent was refused. Never fails.
     */
    async close(): Promise<void> {
        if (this.#takenOver || this.#keptDoubts === JSON.stringify(this.#state.doubts)) return;
        await this.#tryToKeep("the journal of a reply is not up to date").catch(() => undefined);
    }

    /** @throws `aborted` when another process has taken over. */
    checkOwnership(): void {
        if (this.#takenOver) {
            throw new AppError("aborted", "Another process goes on with the reply.");
        }
    }

    #expect(send: Send): void {
        if (this.#floor === "unknown") return;
        const { doubts } = this.#state;
        const open = doubts.find(({ below }) => below === undefined);
        // A floor that is known to be one stays: it stands below the sends before as well.
        const floor = open?.floor ?? this.#highestId(this.#floor);
        const sends = [...(open?.sends ?? []), send].slice(-mostSends);
        const reach = open ? widestReach : reachOf(this.#bot.known.ageMs);
        const next: Doubt = { floor, reach, sends };
        this.#state = { ...this.#state, doubts: [...doubts.filter((one) => one !== open), next] };
    }

    #highestId(floor: number): number {
        return Math.max(floor, this.#bot.known.highest, ...this.#state.messages);
    }

    /** The send that was begun last has given a message. */
    #arrived(id: number, countsAs: number): void {
        const { messages, doubts } = this.#state;
        const open = doubts.at(-1);
        const missing = open?.sends.slice(0, -1) ?? [];
        const closed = open && missing.length > 0 ? [{ ...open, sends: missing, below: id }] : [];
        this.#state = {
            messages: [...messages, id],
            delivered: countsAs,
            doubts: [...doubts.slice(0, -1), ...closed],
        };
    }

    async #keep(): Promise<void> {
        const state = this.#state;
        try {
            await this.#journal?.save(state);
            this.#keptDoubts = JSON.stringify(state.doubts);
            // Only now: what nobody has written down may have to be looked for.
            if (this.#floor === "unknown") return;
            for (const id of state.messages) this.#bot.known.add(id);
        } catch (error) {
            if (isAppError(error, "aborted")) this.#takenOver = true;
            throw error;
        }
    }

    /** What cannot be kept now goes with the next save; only a takeover ends everything. */
    async #tryToKeep(sentence: string): Promise<void> {
        try {
            await this.#keep();
        } catch (error) {
            if (this.#takenOver) throw error;
            this.#bot.logger.warn(describeError(error), sentence);
        }
    }
}
