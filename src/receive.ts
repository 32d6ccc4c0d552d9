import {
    type AdmissionParts,
    findAlarm,
    findAlarmInContext,
    refuseMessage,
    type Refusal,
    asStored,
    withAlarm,
} from "./admit-message.ts";
import { tellLateEdit } from "./answer-staff.ts";
import { AlarmsAhead } from "./alarms-ahead.ts";
import type { QueueSettings } from "./assistant.ts";
import { persist } from "./conversation/persist.ts";
import { isAppError } from "./errors.ts";
import { describeError } from "./log.ts";
import type { Alarm, ConversationKey, InboundMessage, Language } from "./message.ts";
import type { Platform } from "./ports.ts";
import type { Acceptance, Backlog, Inbox } from "./queue-ports.ts";
import { KnownLanguages } from "./known-languages.ts";
import { RecentWords } from "./recent-words.ts";
import { type DelayNotice, tellAlarm, tellDelay } from "./tell-patient.ts";
import type { KnownLanguage } from "./reply-language.ts";
import { wait } from "./wait.ts";

/** What a {@link Receiver} needs. */
export interface ReceiverParts extends AdmissionParts {
    readonly inbox: Inbox;
    readonly queue: Pick<QueueSettings, "tellWaitAbove">;
    /** A worker that is being restarted is back within this time. Default: 10 s. */
    readonly workerBackWithinMs?: number;
}

const workerBackWithinMs = 10_000;

/** A store that is back must not wait for those who wait for it. */
const longestPauseMs = 2_000;

/** So many patients are remembered who have been told that they are not served. */
const mostRefused = 10_000;

/**
 * Takes messages over from the platforms: screened for emergencies, then stored, then acknowledged.
 * Tells patients, once, when their answer will take long.
 */
export class Receiver {
    readonly #current: () => ReceiverParts;
    readonly #signal: AbortSignal;
    /** Whose messages are not stored yet, and who know it. */
    readonly #delayed = new Set<ConversationKey>();
    /** Who is perhaps being told that it takes long. */
    readonly #telling = new Map<ConversationKey, Promise<void>>();
    readonly #alarms = new AlarmsAhead();
    readonly #refused = new Set<ConversationKey>();
    readonly #recent = new RecentWords();
    readonly #languages = new KnownLanguages();

    /**
     * @param current Asked for at each step: the clinic may change its settings.
     * @param signal Ends the waiting for the store, and notices on their way.
     */
    constructor(current: () => ReceiverParts, signal: AbortSignal) {
        this.#current = current;
        this.#signal = signal;
    }

    get #parts(): ReceiverParts {
        return this.#current();
    }

    /**
     * Looks at a message that will be received when those before it are: of an emergency the patient
     * is told at once if the store is away. Returns at once, and never fails.
     */
    glance(received: InboundMessage, platform: Platform): void {
        if (received.fromStaff) return;
        const { command, ...rest } = received;
        const said = command ? { ...rest, text: command.argument } : received;
        this.#alarms.add(said, () => {
            const alarm = findAlarm(said, this.#parts);
            return alarm && (() => this.#tellAlarm(alarm, said, platform));
        });
    }

    /**
     * Resolves when the message is stored or refused: then the platform may forget it. While the
     * store is away the patient is told once and the call waits; an emergency gets its message all
     * the same.
     *
     * @param options `urgent`: it does not wait for further messages.
     * @throws `aborted`, `store-failed`: the platform must deliver the message again.
     */
    async receive(
        received: InboundMessage,
        platform: Platform,
        options: { readonly urgent?: boolean } = {},
    ): Promise<void> {
        if (received.fromStaff) {
            await this.#receiveFromStaff(received, platform);
            return;
        }
        this.#languages.learn(received, this.#parts.settings);
        const alarm = await findAlarmInContext(received, this.#recent, this.#parts);
        const message = alarm ? withAlarm(received, alarm) : received;
        const refusal = await refuseMessage(message, this.#parts);
        if (refusal) {
            this.#alarms.passed(message);
            if (refusal !== "silently") this.#tellRefusal(refusal, message, platform);
            return;
        }
        const { acceptance, stored } = await this.#store(message, platform, options);
        // Its message has been answered already, as it was before: no turn will come of it.
        if (acceptance === "late" && message.alarm) {
            await this.#tellAlarm(message.alarm, message, platform);
        }
        if (acceptance !== "accepted" || message.command || message.alarm) return;
        // It waits for people, not for the model.
        if (stored.handedOver) return;
        if (this.#telling.has(message.conversation)) return;
        this.#notify(message, this.#tellLongWait(message, platform));
    }

    async #receiveFromStaff(message: InboundMessage, platform: Platform): Promise<void> {
        const { acceptance } = await this.#store(message, platform, { urgent: true });
        if (acceptance !== "late") return;
        const tell = (): Promise<void> => tellLateEdit(message, this.#parts);
        await persist(tell, this.#parts.settings.retry, this.#signal);
    }

    async #store(
        message: InboundMessage,
        platform: Platform,
        options: { readonly urgent?: boolean },
    ): Promise<{ readonly acceptance: Acceptance; readonly stored: InboundMessage }> {
        const { inbox, settings } = this.#parts;
        let stored = message;
        const delay = (error: unknown): Promise<void> =>
            this.#tellStoreAway(message, platform, error);
        try {
            const accept = async (): Promise<Acceptance> => {
                stored = await asStored(message, this.#parts, this.#knownOf(message).previous);
                return await inbox.accept(stored, options);
            };
            const { retry } = settings;
            const patience = { ...retry, mostMs: Math.min(retry.mostMs, longestPauseMs) };
            const acceptance = await persist(accept, patience, this.#signal, delay);
            this.#delayed.delete(message.conversation);
            this.#alarms.stored(message);
            return { acceptance, stored };
        } catch (error) {
            if (!isAppError(error, "aborted")) await delay(error);
            throw error;
        }
    }

    /** The platform does not wait for a notice: other patients' messages come behind. */
    #notify({ conversation }: InboundMessage, tell: Promise<void>): void {
        this.#telling.set(conversation, tell);
        void tell.finally(() => {
            if (this.#telling.get(conversation) === tell) this.#telling.delete(conversation);
        });
    }

    #tellRefusal({ notice, tell }: Refusal, message: InboundMessage, platform: Platform): void {
        const { conversation } = message;
        const isTold = notice === "not-listed" && this.#refused.has(conversation);
        if (!tell || isTold || this.#telling.has(conversation)) return;
        if (this.#refused.size >= mostRefused) this.#refused.clear();
        if (notice === "not-listed") this.#refused.add(conversation);
        this.#notify(message, this.#tell(notice, message, platform));
    }

    /** Resolves when all notices are out. */
    async idle(): Promise<void> {
        await Promise.all([...this.#telling.values(), this.#alarms.idle()]);
    }

    /** Never fails. */
    #tellAlarm(alarm: Alarm, message: InboundMessage, platform: Platform): Promise<void> {
        const known = this.#knownOf(message);
        return tellAlarm(alarm, message, platform, this.#parts, this.#signal, known);
    }

    /** Never fails. */
    async #tell(
        name: DelayNotice,
        message: InboundMessage,
        platform: Platform,
        values: Readonly<Record<string, string>> = {},
    ): Promise<void> {
        // While the store is away, what this process has seen must do.
        const chosen = name === "delayed" ? undefined : await this.#chosenBy(message);
        const known = { ...this.#knownOf(message), ...(chosen === undefined ? {} : { chosen }) };
        const details = { values, known };
        await tellDelay(name, message, platform, this.#parts, this.#signal, details);
    }

    async #chosenBy({ conversation }: InboundMessage): Promise<Language | undefined> {
        try {
            return (await this.#parts.store.readSettings(conversation)).chosenLanguage;
        } catch {
            return undefined;
        }
    }

    #knownOf({ conversation }: InboundMessage): KnownLanguage {
        return this.#languages.of(conversation);
    }

    async #tellStoreAway(
        message: InboundMessage,
        platform: Platform,
        error: unknown,
    ): Promise<void> {
        this.#parts.logger.error(describeError(error), "a message waits for the store");
        if (message.fromStaff) return;
        this.#alarms.storeIsAway(message.conversation);
        const { alarm } = message;
        if (alarm) {
            await this.#alarms.tellOnce(message, () => this.#tellAlarm(alarm, message, platform));
            return;
        }
        if (this.#delayed.has(message.conversation)) return;
        this.#delayed.add(message.conversation);
        await this.#tell("delayed", message, platform);
    }

    /** Never fails. */
    async #tellLongWait(message: InboundMessage, platform: Platform): Promise<void> {
        const { inbox, queue, logger } = this.#parts;
        try {
            const { conversations, waitMs, workers } = await this.#backlog();
            const isLong = conversations > queue.tellWaitAbove && waitMs > 0;
            if (workers > 0 && !isLong) return;
            if (!(await inbox.firstDelayNotice(message.conversation))) return;
            const name = workers > 0 ? "long-wait" : "delayed";
            const minutes = String(Math.max(1, Math.ceil(waitMs / 60_000)));
            await this.#tell(name, message, platform, { minutes });
        } catch (error) {
            if (isAppError(error, "aborted")) return;
            logger.warn(describeError(error), "a long wait could not be told");
        }
    }

    async #backlog(): Promise<Backlog> {
        const { inbox, workerBackWithinMs: backWithinMs = workerBackWithinMs } = this.#parts;
        const backlog = await inbox.backlog();
        if (backlog.workers > 0) return backlog;
        await wait(backWithinMs, this.#signal);
        return await inbox.backlog();
    }
}
