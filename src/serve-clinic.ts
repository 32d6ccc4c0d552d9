/** Serving over the exchange, and until Redis is reached without it. */
import type { AnswerParts } from "./answer-parts.ts";
import { describeDuties, receiveFrom, type Receiving } from "./clinic-duties.ts";
import type { Config } from "./config.ts";
import { reached } from "./conversation/late-store.ts";
import type { Logger } from "./log.ts";
import type { ChatModel, Platform } from "./ports.ts";
import { ProcessWatch } from "./process-watch.ts";
import { Receiver, type ReceiverParts } from "./receive.ts";
import { type Exchange, serve } from "./serve.ts";
import type { Storage } from "./storage.ts";
import { noTelemetry } from "./telemetry-ports.ts";
import { wait } from "./wait.ts";

/** What {@link serveClinic} serves with. */
export interface ServingParts {
    /** As they are now: each message, turn and delivery is treated with one state of them. */
    readonly answers: () => AnswerParts;
    readonly storage: Pick<Storage, "store" | "openExchange">;
    readonly platforms: readonly Platform[];
    readonly model?: ChatModel;
    /** Sees all that is done; absent: nobody wants to know. */
    readonly watch?: ProcessWatch;
    readonly logger: Logger;
}

/**
 * Serves until the signal aborts. While Redis is away, patients are told so.
 *
 * @throws `config-invalid`: a platform needs the administrator.
 */
export async function serveClinic(
    parts: ServingParts,
    config: Config,
    signal: AbortSignal,
): Promise<void> {
    let exchange: Exchange | undefined;
    const inbox: Exchange["inbox"] = {
        accept: async (message, options) => reached(exchange).inbox.accept(message, options),
        backlog: async () => reached(exchange).inbox.backlog(),
        firstDelayNotice: async (key) => reached(exchange).inbox.firstDelayNotice(key),
    };
    const { store } = parts.storage;
    const receiving = (): ReceiverParts => {
        const { reply, queue } = parts.answers();
        return { ...reply, inbox, store, queue };
    };
    const receiver = new Receiver(receiving, signal);
    const { watch = new ProcessWatch(noTelemetry) } = parts;
    const receivingOf = (platform: Platform): Receiving => receiveFrom(platform, receiver, watch);
    const watched = { ...parts, watch };
    exchange = await untilReached(parts, receivingOf, (opened) => (exchange = opened), signal);
    if (exchange) {
        await serve(exchange, describeDuties(watched, exchange, receivingOf, config), signal);
    }
    await receiver.idle();
}

/** Until then a platform that has not begun to receive is missed by nobody. */
const soonMs = 1_000;

/**
 * Waits for Redis. Meanwhile the platforms run all the same, so that patients are told that their
 * answer will come later. `undefined`: the signal came first.
 */
async function untilReached(
    { storage, platforms }: ServingParts,
    receivingOf: (platform: Platform) => Receiving,
    onReached: (exchange: Exchange) => void,
    signal: AbortSignal,
): Promise<Exchange | undefined> {
    const opening = storage.openExchange();
    const early = new AbortController();
    const soon = await Promise.race([opening, wait(soonMs, early.signal)]);
    if (soon) return soon;
    const stopped = new Promise<undefined>((resolve) => {
        signal.addEventListener("abort", () => resolve(undefined), { once: true });
        if (signal.aborted) resolve(undefined);
    });
    // What one process alone may receive waits until it is known which.
    const running = platforms
        .filter(({ sharing }) => sharing !== "alone")
        .map((platform) => {
            const { receive, glance } = receivingOf(platform);
            return platform.run(receive, early.signal, glance);
        });
    const failed = Promise.all(running).then(() => undefined);
    try {
        const exchange = await Promise.race([
            opening,
            stopped,
            ...(running.length ? [failed] : []),
        ]);
        // From now on what waits can be stored.
        if (exchange) onReached(exchange);
        return exchange;
    } finally {
        early.abort();
        await Promise.allSettled(running);
    }
}
