import type { ConversationKey, InboundMessage } from "./message.ts";

type Tell = () => Promise<void>;

/**
 * The emergencies whose fixed message must not wait for a store that is away: neither for their own
 * message to be stored, nor for an earlier one of their conversation. Each is told once.
 */
export class AlarmsAhead {
    /** Whose messages wait for the store. */
    readonly #waiting = new Set<ConversationKey>();
    /** What has come and is neither stored nor told yet, by the message's id. */
    readonly #behind = new Map<ConversationKey, Map<string, Tell>>();
    /** Told, and not stored yet. */
    readonly #told = new Map<string, Promise<void>>();

    /**
     * An emergency that has come; its turn to be received may be later. While its conversation waits
     * for the store, `tell`, which never fails, is called at once.
     */
    add(message: InboundMessage, tell: Tell): void {
        const { conversation, id } = message;
        if (this.#waiting.has(conversation)) {
            void this.tellOnce(message, tell);
            return;
        }
        const behind = this.#behind.get(conversation) ?? new Map<string, Tell>();
        this.#behind.set(conversation, behind.set(id, tell));
    }

    /** The store does not take a message of this conversation: what waits there is told now. */
    storeIsAway(conversation: ConversationKey): void {
        this.#waiting.add(conversation);
        const behind = this.#behind.get(conversation) ?? [];
        this.#behind.delete(conversation);
        for (const [id, tell] of behind) void this.tellOnce({ conversation, id }, tell);
    }

    /** A message is stored: what comes of it is up to others. */
    stored({ conversation, id }: InboundMessage): void {
        this.#waiting.delete(conversation);
        this.#told.delete(keyOf({ conversation, id }));
        const behind = this.#behind.get(conversation);
        behind?.delete(id);
        if (behind?.size === 0) this.#behind.delete(conversation);
    }

    /** Resolves when the emergency has been told, perhaps by an earlier call. Never fails. */
    async tellOnce(
        message: Pick<InboundMessage, "conversation" | "id">,
        tell: Tell,
    ): Promise<void> {
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

function keyOf({ conversation, id }: Pick<InboundMessage, "conversation" | "id">): string {
    return `${conversation} ${id}`;
}
