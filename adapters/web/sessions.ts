import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** Somebody who has signed in, in one browser. */
export interface Session {
    /** Names it within the program; not what the browser holds. */
    readonly id: string;
    /** The conversation in which the assistant is tried. */
    chat: string;
}

/** When sessions end. */
export interface SessionLimits {
    /** So long after the last request. */
    readonly idleMs: number;
    /** So long after the sign-in, whatever happens. */
    readonly lifeMs: number;
    /** With one more, the one that has been idle longest ends. */
    readonly most: number;
}

/** An hour without a request, and half a day in all. */
export const defaultSessionLimits: SessionLimits = {
    idleMs: 60 * 60_000,
    lifeMs: 12 * 60 * 60_000,
    most: 64,
};

interface Kept {
    readonly session: Session;
    readonly beganAtMs: number;
    usedAtMs: number;
}

/** Those who have signed in. They are kept in memory: the end of the process signs everybody out. */
export class Sessions {
    readonly #kept = new Map<string, Kept>();
    readonly #limits: SessionLimits;
    readonly #onEnd: (session: Session) => void;
    readonly #now: () => number;

    /** @param onEnd Called once for each session that has ended. */
    constructor(
        limits: SessionLimits,
        onEnd: (session: Session) => void,
        now: () => number = Date.now,
    ) {
        this.#limits = limits;
        this.#onEnd = onEnd;
        this.#now = now;
    }

    /** Begins a session; gives the secret that its browser shows from now on. */
    begin(chat: string): { readonly secret: string; readonly session: Session } {
        this.sweep();
        if (this.#kept.size >= this.#limits.most) this.#endLeastUsed();
        const secret = randomBytes(32).toString("base64url");
        const session = { id: randomBytes(9).toString("base64url"), chat };
        const nowMs = this.#now();
        this.#kept.set(keyOf(secret), { session, beganAtMs: nowMs, usedAtMs: nowMs });
        return { secret, session };
    }

    /** Whose secret it is. Asking is using, unless `passively`. */
    find(
        secret: string | undefined,
        { passively = false }: { readonly passively?: boolean } = {},
    ): Session | undefined {
        if (secret === undefined) return undefined;
        const key = keyOf(secret);
        const kept = this.#kept.get(key);
        if (!kept) return undefined;
        if (this.#isOver(kept)) {
            this.#end(key);
            return undefined;
        }
        if (!passively) kept.usedAtMs = this.#now();
        return kept.session;
    }

    /** Signs out. */
    end(secret: string): void {
        this.#end(keyOf(secret));
    }

    /** Ends those whose time is over. */
    sweep(): void {
        for (const [key, kept] of this.#kept) if (this.#isOver(kept)) this.#end(key);
    }

    #isOver({ beganAtMs, usedAtMs }: Kept): boolean {
        const nowMs = this.#now();
        return nowMs - beganAtMs > this.#limits.lifeMs || nowMs - usedAtMs > this.#limits.idleMs;
    }

    #endLeastUsed(): void {
        const [oldest] = [...this.#kept].sort(([, a], [, b]) => a.usedAtMs - b.usedAtMs);
        if (oldest) this.#end(oldest[0]);
    }

    #end(key: string): void {
        const kept = this.#kept.get(key);
        this.#kept.delete(key);
        if (kept) this.#onEnd(kept.session);
    }
}

/** Sessions are found by the hash of their secret: how long that takes tells nothing about it. */
function keyOf(secret: string): string {
    return createHash("sha256").update(secret).digest("base64");
}

/** Takes equally long wherever two texts differ, and however long they are. */
export function isSameSecret(given: string, expected: string): boolean {
    const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
    return timingSafeEqual(digest(given), digest(expected));
}
