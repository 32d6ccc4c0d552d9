import { describeError } from "../../src/log.ts";
import {
    type ParkedState,
    type ParkingOptions,
    readState,
    weightOf,
    writeState,
} from "./parked-state.ts";
import { areSameKey } from "./same-key.ts";
import { SealedFolder } from "./sealed-folder.ts";

interface Entry {
    readonly conversation: string;
    readonly cacheKey: Uint8Array | undefined;
    readonly state: ParkedState;
    readonly bytes: number;
    readonly parkedAtMs: number;
    /** `refused`: the disk does not take it. */
    saved: "no" | "yes" | "refused";
    /** It has been in memory for long enough. */
    isLeaving: boolean;
}

interface Writing {
    readonly entry: Entry;
    readonly done: Promise<void>;
    isForgotten: boolean;
}

/**
 * What the model has read of conversations that its memory has no room for: in memory, and sealed on
 * disk under the conversation's key. What was parked longest ago is written down once the memory is
 * half full, one state at a time, and leaves when it is full. A state that cannot be kept is lost:
 * then the conversation is read anew.
 */
export class ParkedStates {
    readonly #options: Required<ParkingOptions>;
    readonly #folder: SealedFolder;
    /** The one that was parked longest ago comes first. */
    readonly #entries = new Map<string, Entry>();
    readonly #reading = new Map<string, { isForgotten: boolean }>();
    readonly #timer: NodeJS.Timeout;
    /** All that was to be removed from the disk until now. */
    #dropped = Promise.resolve();
    #writing: Writing | undefined;
    #bytes = 0;
    #isClosed = false;

    private constructor(options: Required<ParkingOptions>, folder: SealedFolder) {
        this.#options = options;
        this.#folder = folder;
        const lookMs = Math.min(60_000, options.unusedAfterMs);
        this.#timer = setInterval(() => this.#ageOut(), lookMs).unref();
    }

    /** Opens the folder; whatever is wrong with it, the memory is there. */
    static async open(given: ParkingOptions): Promise<ParkedStates> {
        const options = { unusedAfterMs: 30 * 60_000, closeWithinMs: 15_000, ...given };
        const { folder, diskBytes: maxBytes, keepForMs, logger } = options;
        const opened = await SealedFolder.open({ folder, maxBytes, keepForMs, logger });
        return new ParkedStates(options, opened);
    }

    /** What is in memory, in bytes; a state that is just being written may come on top of it. */
    get memoryBytes(): number {
        return this.#bytes;
    }

    /**
     * Parks what was read of a conversation in place of what was parked before; returns at once. The
     * state must not be changed afterwards.
     *
     * @param cacheKey Absent: it is kept in memory alone.
     */
    park(conversation: string, cacheKey: Uint8Array | undefined, state: ParkedState): void {
        this.#forget(conversation, cacheKey);
        if (this.#isClosed) return;
        const entry: Entry = {
            conversation,
            cacheKey,
            state,
            bytes: weightOf(state),
            parkedAtMs: Date.now(),
            saved: cacheKey === undefined || this.#options.diskBytes === 0 ? "refused" : "no",
            isLeaving: false,
        };
        if (entry.bytes > this.#options.memoryBytes) {
            // The others need not go for one that does not fit
            this.#saveInTime(entry);
            return;
        }
        this.#entries.set(conversation, entry);
        this.#bytes += entry.bytes;
        this.#makeRoom();
        this.#saveNext();
    }

    /**
     * The state of a conversation, which is not parked any more; `undefined` when none is, when it
     * was parked under another key, or when somebody else is taking it just now. Never fails.
     */
    async take(
        conversation: string,
        cacheKey: Uint8Array | undefined,
    ): Promise<ParkedState | undefined> {
        const entry = this.#inMemory(conversation);
        if (entry !== undefined) {
            this.forget(conversation);
            return areSameKey(entry.cacheKey, cacheKey) ? entry.state : undefined;
        }
        if (cacheKey === undefined || this.#reading.has(conversation)) return undefined;
        const reading = { isForgotten: false };
        this.#reading.set(conversation, reading);
        try {
            await this.#dropped;
            const bytes = await this.#folder.get(conversation, cacheKey);
            if (bytes === undefined) return undefined;
            this.#drop(conversation, cacheKey);
            return reading.isForgotten ? undefined : readState(bytes, this.#options);
        } finally {
            this.#reading.delete(conversation);
        }
    }

    /**
     * Removes what is parked of a conversation, from the memory at once and from the disk soon. What
     * another process has written is not found without its key, which goes with the patient's data:
     * it opens no more, and ages out.
     */
    forget(conversation: string): void {
        this.#forget(conversation, this.#inMemory(conversation)?.cacheKey);
    }

    /** Resolves when nothing is being written to disk or removed from it. */
    async settled(): Promise<void> {
        while (this.#writing !== undefined) await this.#writing.done;
        await this.#dropped;
    }

    /** Writes what is in memory to disk, what was parked last first, as far as there are room and time. */
    async close(): Promise<void> {
        if (this.#isClosed) return;
        this.#isClosed = true;
        clearInterval(this.#timer);
        const endsAtMs = Date.now() + this.#options.closeWithinMs;
        await this.settled();
        let bytes = 0;
        for (const entry of [...this.#entries.values()].toReversed()) {
            bytes += entry.bytes;
            if (bytes > this.#options.diskBytes || Date.now() > endsAtMs) break;
            if (entry.saved === "no") await this.#save(entry);
        }
        await this.#dropped;
        this.#entries.clear();
        this.#bytes = 0;
    }

    #inMemory(conversation: string): Entry | undefined {
        const writing = this.#writing;
        const isWritten = writing?.entry.conversation === conversation && !writing.isForgotten;
        return this.#entries.get(conversation) ?? (isWritten ? writing.entry : undefined);
    }

    #forget(conversation: string, cacheKey: Uint8Array | undefined): void {
        const entry = this.#entries.get(conversation);
        if (entry !== undefined) this.#remove(entry);
        if (this.#writing?.entry.conversation === conversation) this.#writing.isForgotten = true;
        const reading = this.#reading.get(conversation);
        if (reading !== undefined) reading.isForgotten = true;
        this.#drop(conversation, cacheKey);
    }

    #remove(entry: Entry): void {
        if (this.#entries.get(entry.conversation) !== entry) return;
        this.#entries.delete(entry.conversation);
        this.#bytes -= entry.bytes;
    }

    #drop(conversation: string, cacheKey: Uint8Array | undefined): void {
        const dropped = this.#folder.drop(conversation, cacheKey);
        this.#dropped = Promise.all([this.#dropped, dropped]).then(() => undefined);
    }

    #makeRoom(): void {
        for (const entry of this.#entries.values()) {
            if (this.#bytes <= this.#options.memoryBytes) return;
            this.#saveInTime(entry);
            this.#remove(entry);
        }
    }

    #ageOut(): void {
        const before = Date.now() - this.#options.unusedAfterMs;
        for (const entry of this.#entries.values()) {
            if (entry.parkedAtMs > before) break;
            entry.isLeaving = true;
            if (entry.saved !== "no") this.#remove(entry);
        }
        this.#saveNext();
    }

    #saveNext(): void {
        if (this.#writing !== undefined || this.#isClosed) return;
        const unsaved = [...this.#entries.values()].filter(({ saved }) => saved === "no");
        const bytes = unsaved.reduce((sum, entry) => sum + entry.bytes, 0);
        const [oldest] = unsaved;
        if (oldest === undefined) return;
        if (oldest.isLeaving || bytes > this.#options.memoryBytes / 2) void this.#save(oldest);
    }

    /** Writes down what is about to leave the memory, unless the disk is busy. */
    #saveInTime(entry: Entry): void {
        if (entry.saved === "no" && this.#writing === undefined) void this.#save(entry);
    }

    /** Writes a state to disk; the only one at this time. */
    #save(entry: Entry): Promise<void> {
        // What is to be removed goes before
        const done = this.#dropped.then(async () => await this.#write(entry));
        this.#writing = { entry, isForgotten: false, done };
        return done;
    }

    async #write(entry: Entry): Promise<void> {
        entry.saved = "refused";
        try {
            const { conversation, cacheKey, state, parkedAtMs } = entry;
            if (cacheKey === undefined || this.#writing?.isForgotten !== false) return;
            const parts = writeState(state, this.#options.fingerprint);
            const isKept = await this.#folder.put(conversation, cacheKey, parts, parkedAtMs);
            if (isKept) entry.saved = "yes";
        } catch (error) {
            this.#options.logger.warn(describeError(error), "a conversation could not be parked");
        } finally {
            if (entry.isLeaving) this.#remove(entry);
            this.#writing = undefined;
            this.#saveNext();
        }
    }
}
