import type { ConversationKey, InboundMessage } from "./message.ts";

type Tell = () => Promise<void>;
/** Looks whether a message is an emergency: then it gives what tells its patient, and never fails. */
type Find = () => Tell | undefined;

type MessageName = Pick<InboundMessage, "conversation" | "id">;

/** A message that waits for its turn. */
interface Behind {
    readonly isEdit: boolean;
    readonly find: Find;
}

/**
 * The emergencies whose fixed message must not wait for a store that is away: neither for their own
 * message to be stored, nor for an earlier one of their conversation. Each is told once.
 */
export class AlarmsAhead {
    /** Whose messages wait for the store. */
    readonly #waiting = new Set<ConversationKey>();
    /** What has come and is not stored yet, by the message's id, which its edits share. */
    readonly #behind = new Map<ConversationKey, Map<string, readonly Behind[]>>();
    /** Told, and not stored yet. */
    readonly #told = new Map<string, Promise<void>>();

    /**
     * A message that has come; its turn to be received may be later. It is looked at once its
     * conversation waits for the store: mostly never, since it is stored before.
     */
    add(message: InboundMessage, find: Find): void {
        const { conversation, id, edit: isEdit = false } = message;
        const one: Behind = { isEdit, find };
        if (this.#waiting.has(conversation)) {
            this.#tellFound(message, [one]);
            return;
        }
        const behind = this.#behind.get(conversation) ?? new Map<string, readonly Behind[]>();
        this.#behind.set(conversation, behind.set(id, [...(behind.get(id) ?? []), one]));
    }

    /** The store does not take a message of this conversation: what waits there is told now. */
    storeIsAway(conversation: ConversationKey): void {
        this.#waiting.add(conversation);
        const behind = this.#behind.get(conversation) ?? [];
        this.#behind.delete(conversation);
        for (const [id, ones] of behind) this.#tellFound({ conversation, id }, ones);
    }

    #tellFound(message: MessageName, ones: readonly Behind[]): void {
        for (const { find } of ones) {
            const tell = find();
            if (!tell) continue;
            void this.tellOnce(message, tell);
            return;
        }
    }

    /** A message is stored: what comes of it is up to others. */
    stored(message: InboundMessage): void {
        this.#waiting.delete(message.conversation);
        this.#told.delete(keyOf(message));
        this.passed(message);
    }

    /** A message's turn is over, whether it was stored or not; that of its edits is to come. */
    passed({ conversation, id, edit: isEdit = false }: InboundMessage): void {
        const behind = this.#behind.get(conversation);
        const edits = isEdit ? [] : (behind?.get(id) ?? []).filter((one) => one.isEdit);
        if (edits.length > 0) behind?.set(id, edits);
        else behind?.delete(id);
        if (behind?.size === 0) this.#behind.delete(conversation);
    }

    /** Resolves when the emergency has been told, perhaps by an earlier call. Never fails. */
    async tellOnce(message: MessageName, tell: Tell): Promise<void> {
        const key = keyOf(message);
        const telling = this.#told.get(key) ?? tell();
        this.#told.set(key, telling);
        await telling;
    }

    /** Resolves when nothing is being told. */
    async idle(): Promise<void> {
        await Promise.all(this.#told.values());
    }
}

function keyOf({ conversation, id }: MessageName): string {
    return `${conversation} ${id}`;
}
