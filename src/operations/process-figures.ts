import type { PlatformAccount } from "../message.ts";
import type { ChatCompletion } from "../ports.ts";
import type { DeliveryEnd } from "../queue-ports.ts";
import { computingSeconds, Histogram, tokensPerSecond, waitingSeconds } from "./histogram.ts";
import { RollingWindow } from "./rolling-window.ts";

/** What became of an answer for good. */
export type AnswerEnd = Extract<DeliveryEnd, string>;

/** What happened on one account since the process began. */
export interface AccountFigures {
    received: number;
    readonly ended: Record<AnswerEnd, number>;
    /** Milliseconds since 1970. */
    receivedAtMs?: number;
    deliveredAtMs?: number;
}

/** Values as the status board shows them and as Prometheus reads them. */
class Measured {
    /** In the unit that it is added in. */
    readonly lately = new RollingWindow();
    /** In seconds, or as it is. */
    readonly histogram: Histogram;
    readonly #scale: number;

    constructor(limits: readonly number[], scale = 1_000) {
        this.histogram = new Histogram(limits);
        this.#scale = scale;
    }

    add(value: number): void {
        this.lately.add(value);
        this.histogram.add(value / this.#scale);
    }
}

/** What one process did and how long it took. Holds nothing of patients. */
export class ProcessFigures {
    readonly accounts = new Map<PlatformAccount, AccountFigures>();
    /** From the arrival of a message to its delivered answer, in milliseconds. */
    readonly answer = new Measured(waitingSeconds);
    /** From the arrival of a message to the beginning of its turn, in milliseconds. */
    readonly wait = new Measured(waitingSeconds);
    /** From the request to the first token, in milliseconds. */
    readonly firstToken = new Measured(computingSeconds);
    /** Pictures of one answer, in milliseconds. */
    readonly image = new Measured(computingSeconds);
    readonly tokensPerSecond = new Measured(tokensPerSecond, 1);
    readonly tokens = { prompt: 0, cached: 0, generated: 0 };
    readonly generations = { end: 0, length: 0, aborted: 0, failed: 0 };
    /** Turns that are being answered with the model. */
    busy = 0;

    /** A message has been stored. */
    received(account: PlatformAccount): void {
        const figures = this.of(account);
        figures.received += 1;
        figures.receivedAtMs = Date.now();
    }

    /** @param answerMs From the arrival of the message; absent: unknown. */
    ended(account: PlatformAccount, end: AnswerEnd, answerMs?: number): void {
        const figures = this.of(account);
        figures.ended[end] += 1;
        if (end !== "delivered") return;
        figures.deliveredAtMs = Date.now();
        // The clocks of two machines may differ by more than an answer takes.
        if (answerMs !== undefined) this.answer.add(Math.max(0, answerMs));
    }

    /** The model has answered. */
    completed({ stop, tokens, timingsMs }: ChatCompletion): void {
        this.generations[stop] += 1;
        this.tokens.prompt += tokens.prompt;
        this.tokens.cached += tokens.cached;
        this.tokens.generated += tokens.generated;
        if (timingsMs.image > 0) this.image.add(timingsMs.image);
        if (tokens.generated === 0) return;
        this.firstToken.add(timingsMs.firstToken);
        const writingMs = timingsMs.total - timingsMs.firstToken;
        if (tokens.generated > 1 && writingMs > 0) {
            this.tokensPerSecond.add(((tokens.generated - 1) * 1_000) / writingMs);
        }
    }

    of(account: PlatformAccount): AccountFigures {
        const known = this.accounts.get(account);
        if (known) return known;
        const fresh = { received: 0, ended: { delivered: 0, dropped: 0, dead: 0 } };
        this.accounts.set(account, fresh);
        return fresh;
    }
}
