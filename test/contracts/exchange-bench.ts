import { randomUUID } from "node:crypto";
import { expect } from "vitest";
import type {
    Conversation,
    ConversationKey,
    InboundMessage,
    PlatformAccount,
    Reply,
    Turn,
} from "../../src/message.ts";
import type {
    DeliveryEnd,
    FetchedPictures,
    OpenDelivery,
    OpenTurn,
    QueueLane,
    TurnEnd,
} from "../../src/queue-ports.ts";
import type { Exchange } from "../../src/serve.ts";

/** A new and empty exchange, until it is closed. */
export type OpenExchange = () => Promise<Exchange & { close(): Promise<void> }>;

/** The clinic's account in these suites. */
export const account: PlatformAccount = "telegram:clinic";

/** A conversation of {@link account} that no other test uses. */
export function freshChat(): ConversationKey {
    return `${account}:${randomUUID()}`;
}

/** A message in a conversation. */
export function messageIn(
    conversation: ConversationKey,
    id: string,
    parts: Partial<InboundMessage> = {},
): InboundMessage {
    return { id, conversation, receivedAtMs: 1, text: `Text ${id}`, attachments: [], ...parts };
}

/** Waits, however long it takes, until something holds. */
export async function eventually(check: () => unknown): Promise<void> {
    await expect.poll(check, { timeout: 60_000, interval: 5 }).toBeTruthy();
}

/** A promise and what settles it. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    return { opened, open: () => open() };
}

/** One test's exchange and everything that works on it. */
export class ExchangeBench {
    readonly exchange: Exchange;
    readonly #close: () => Promise<void>;
    readonly #shifts: Shift[] = [];

    private constructor(exchange: Exchange & { close(): Promise<void> }) {
        this.exchange = exchange;
        this.#close = () => exchange.close();
    }

    /** Runs one test on a new exchange. */
    static async use(
        open: OpenExchange,
        test: (bench: ExchangeBench) => Promise<void>,
    ): Promise<void> {
        const bench = new ExchangeBench(await open());
        try {
            await test(bench);
        } finally {
            await Promise.all(bench.#shifts.map((shift) => shift.end()));
            await bench.#close();
        }
    }

    /** Starts somebody who handles turns, at most a few at once. */
    answer(lane: QueueLane, handle: (turn: OpenTurn) => Promise<TurnEnd>): Shift {
        return this.#shift((options) => this.exchange.turns.work(lane, handle, options));
    }

    /** Starts somebody who delivers replies. */
    deliver(
        deliver: (delivery: OpenDelivery) => Promise<DeliveryEnd>,
        to: PlatformAccount = account,
    ): Shift {
        return this.#shift((options) => this.exchange.outbox.work(to, deliver, options));
    }

    /** Starts somebody who fetches pictures. */
    fetch(
        fetch: (message: InboundMessage, signal: AbortSignal) => Promise<FetchedPictures>,
        of: PlatformAccount = account,
    ): Shift {
        return this.#shift((options) => this.exchange.pictures.work(of, fetch, options));
    }

    /** Commits a reply to one message, as a worker would. */
    async reply(conversation: ConversationKey, ...texts: string[]): Promise<void> {
        const left = [...texts];
        const shift = this.answer("model", async (turn) => {
            await turn.commit({ settled: 1, reply: replyOf(left.shift() ?? "?") });
            return "done";
        });
        for (const text of texts) {
            await this.exchange.inbox.accept(messageIn(conversation, `for ${text}`));
        }
        await eventually(() => left.length === 0);
        await shift.end();
    }

    #shift(
        work: (options: {
            concurrency: number;
            signal: AbortSignal;
            finishWithinMs: number;
        }) => Promise<void>,
    ): Shift {
        const shift = new Shift(work);
        this.#shifts.push(shift);
        return shift;
    }
}

/** Somebody at work, until the end of it. */
export class Shift {
    readonly #over = new AbortController();
    readonly #work: Promise<void>;

    constructor(
        work: (options: {
            concurrency: number;
            signal: AbortSignal;
            finishWithinMs: number;
        }) => Promise<void>,
    ) {
        this.#work = work({ concurrency: 4, signal: this.#over.signal, finishWithinMs: 50 });
    }

    /** Asks for the end and waits for it. */
    async end(): Promise<void> {
        this.#over.abort();
        await this.#work;
    }
}

/** A reply. */
export function replyOf(text: string): Reply {
    return { text, language: "en" };
}

/** A turn of the patient. */
export function turnOf(text: string): Turn {
    return { role: "user", text, language: "en", atMs: 1, images: [] };
}

/** What was said in a conversation. */
export function textsOf(history: Conversation): string[] {
    return history.turns.map((turn) => turn.text);
}
