import { AppError } from "../../src/errors.ts";

/** Who waits, and until when. */
export interface EncodeOptions {
    /** Whoever asked; pictures of several take turns. Default: the picture itself. */
    readonly owner?: object;
    /** Takes the picture out of the queue; one that is being encoded is encoded to its end. */
    readonly signal?: AbortSignal;
}

interface Waiting<Picture, Features> {
    readonly picture: Picture;
    readonly round: number;
    readonly resolve: (features: Features) => void;
    readonly reject: (error: unknown) => void;
    /** Stops listening to the signal. */
    readonly leave: () => void;
}

/**
 * Encodes pictures in batches, one batch at a time: those that wait when a batch ends are the next
 * one. Owners take turns, so that one with many pictures does not hold up one with a single one.
 */
export class EncodeQueue<Picture extends object, Features> {
    readonly #encode: (pictures: readonly Picture[]) => Promise<readonly Features[]>;
    readonly #batchSize: number;
    /** By round, then by arrival. */
    #waiting: Waiting<Picture, Features>[] = [];
    /** Each owner's next picture goes into a later round than its last one. */
    #lastRounds = new WeakMap<object, number>();
    #round = 0;
    #running: Promise<void> | undefined;

    /**
     * @param encode gives as many features as it gets pictures, in their order.
     * @param batchSize Pictures of a batch, at least 1.
     */
    constructor(
        encode: (pictures: readonly Picture[]) => Promise<readonly Features[]>,
        batchSize: number,
    ) {
        this.#encode = encode;
        this.#batchSize = batchSize;
    }

    /**
     * Encodes a picture with others.
     *
     * @throws what encoding this picture alone throws; `aborted`.
     */
    add(picture: Picture, { owner = picture, signal }: EncodeOptions = {}): Promise<Features> {
        return new Promise<Features>((resolve, reject) => {
            const abort = (): void => {
                this.#waiting = this.#waiting.filter((other) => other !== entry);
                reject(new AppError("aborted", "The picture is not needed any more."));
            };
            const leave = (): void => signal?.removeEventListener("abort", abort);
            const entry = { picture, round: this.#roundOf(owner), resolve, reject, leave };
            if (signal?.aborted) return abort();
            signal?.addEventListener("abort", abort, { once: true });
            const later = this.#waiting.findIndex(({ round }) => round > entry.round);
            this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, entry);
            this.#running ??= this.#run();
        });
    }

    /** Resolves when nothing waits and nothing is encoded. */
    async idle(): Promise<void> {
        await this.#running;
    }

    #roundOf(owner: object): number {
        const round = Math.max(this.#round, (this.#lastRounds.get(owner) ?? -1) + 1);
        this.#lastRounds.set(owner, round);
        return round;
    }

    async #run(): Promise<void> {
        // What is added in the same moment belongs to the first batch
        await Promise.resolve();
        while (this.#waiting.length > 0) {
            const batch = this.#waiting.splice(0, this.#batchSize);
            this.#round = batch.at(-1)?.round ?? this.#round;
            for (const { leave } of batch) leave();
            await this.#settle(batch);
        }
        this.#running = undefined;
    }

    async #settle(batch: readonly Waiting<Picture, Features>[]): Promise<void> {
        try {
            const features = await this.#encode(batch.map(({ picture }) => picture));
            for (const [index, { resolve, reject }] of batch.entries()) {
                const own = features[index];
                if (own === undefined) reject(new Error("a picture got no features"));
                else resolve(own);
            }
        } catch (error) {
            if (batch.length === 1) return batch[0]?.reject(error);
            // A picture fails alone
            for (const entry of batch) await this.#settle([entry]);
        }
    }
}
