import { isAppError } from "../../src/errors.ts";
import type { InboundMessage } from "../../src/message.ts";
import type { ConversationStore, ModelDescription } from "../../src/ports.ts";
import type {
    DeadLetters,
    FetchedPictures,
    Fleet,
    Inbox,
    Outbox,
    PictureQueue,
    TurnQueue,
    WorkerState,
    WorkOptions,
} from "../../src/queue-ports.ts";
import type { CaseBook, Postbox, SummaryQueue } from "../../src/staff-ports.ts";
import { createMemoryCases } from "./memory-cases.ts";
import { MemoryMailboxes } from "./memory-mailboxes.ts";

/** What the processes of a clinic share, in the memory of one, without quiet times. */
export interface MemoryExchange {
    readonly mailboxes: MemoryMailboxes;
    readonly store: ConversationStore;
    readonly inbox: Inbox;
    readonly turns: TurnQueue;
    readonly outbox: Outbox;
    readonly deadLetters: DeadLetters;
    readonly pictures: PictureQueue;
    readonly fleet: Fleet;
    readonly postbox: Postbox;
    readonly cases: CaseBook;
    readonly summaries: SummaryQueue;
}

/** A new and empty {@link MemoryExchange}. */
export function createMemoryExchange(): MemoryExchange {
    const mailboxes = new MemoryMailboxes();
    const fleet = createMemoryFleet();
    return {
        mailboxes,
        store: mailboxes.store,
        fleet,
        postbox: { post: (to, letter) => mailboxes.post(to, letter) },
        cases: createMemoryCases(),
        summaries: createMemorySummaries(),
        inbox: {
            accept: (message) => Promise.resolve(mailboxes.accept(message)),
            backlog: async () => {
                const { length } = mailboxes.conversations.filter((key) => mailboxes.waitsIn(key));
                const workers = (await fleet.workers()).length;
                return { conversations: length, waitMs: length * 1000, workers };
            },
            firstDelayNotice: (key) => Promise.resolve(mailboxes.tellOnce(key)),
        },
        turns: {
            // Nothing is erased here
            onErased: async (_listen, signal) => await ended(signal),
            work: (lane, handle, options) =>
                work(mailboxes, options, async (signal) => {
                    for (const key of mailboxes.conversations) {
                        if (mailboxes.waitsIn(key) !== lane) continue;
                        const claimed = await mailboxes.claimTurn(key, signal);
                        if (claimed) {
                            return async () => claimed.end(await orLater(handle(claimed.turn)));
                        }
                    }
                    return undefined;
                }),
        },
        outbox: {
            work: (account, deliver, options) =>
                work(mailboxes, options, (signal) => {
                    for (const key of mailboxes.conversations) {
                        if (!key.startsWith(`${account}:`)) continue;
                        const claimed = mailboxes.claimDelivery(key, signal);
                        if (claimed) {
                            return async () =>
                                claimed.end(await orLater(deliver(claimed.delivery)));
                        }
                    }
                    return undefined;
                }),
            dead: () => Promise.resolve(mailboxes.dead().map(({ dead }) => dead)),
            resend: (id) => Promise.resolve(mailboxes.removeDead(id, { resend: true })),
            discard: (id) => Promise.resolve(mailboxes.removeDead(id, { resend: false })),
        },
        deadLetters: {
            open: (id) =>
                Promise.resolve(mailboxes.dead().find(({ dead }) => dead.id === id)?.entry.reply),
        },
        pictures: {
            work: (account, fetch, options) => {
                const taken = new Set<string>();
                return work(mailboxes, options, (signal) => {
                    const message = mailboxes
                        .duePictures(account)
                        .find(({ id, conversation }) => !taken.has(`${conversation} ${id}`));
                    if (!message) return undefined;
                    taken.add(`${message.conversation} ${message.id}`);
                    return async () => {
                        mailboxes.putPictures(message, await persistently(fetch, message, signal));
                    };
                });
            },
        },
    };
}

/** Cases that wait for their summary, in memory. */
function createMemorySummaries(): SummaryQueue {
    const waiting = new Set<string>();
    let wake = (): void => undefined;
    return {
        ask: (code) => {
            waiting.add(code);
            wake();
            return Promise.resolve();
        },
        work: async (summarise, { signal }) => {
            while (!signal.aborted) {
                const asked = new Promise<void>((resolve) => (wake = resolve));
                const [code] = waiting;
                if (code === undefined) await Promise.race([asked, ended(signal)]);
                else {
                    waiting.delete(code);
                    await summarise(code, signal).catch(() => undefined);
                }
            }
        },
    };
}

/** Processes that know of each other, in the memory of one. */
function createMemoryFleet(): Fleet {
    const workers = new Map<symbol, WorkerState>();
    const tails = new Map<string, Promise<unknown>>();
    let model: ModelDescription | undefined;
    return {
        join: async (worker, signal) => {
            const id = Symbol("worker");
            model = worker.model;
            workers.set(id, { id: String(id), slots: worker.slots, busy: 0, seenAtMs: Date.now() });
            await ended(signal);
            workers.delete(id);
        },
        model: () => Promise.resolve(model),
        workers: () => Promise.resolve([...workers.values()]),
        hold: async (name, task, signal) => {
            const before = tails.get(name) ?? Promise.resolve();
            const held = before.then(() => (signal.aborted ? undefined : task(signal)));
            tails.set(
                name,
                held.catch(() => undefined),
            );
            await Promise.race([held, ended(signal)]);
            await held;
        },
    };
}

type Task = () => Promise<void>;

/** Runs what `next` finds, side by side, until the signal aborts and all has ended. */
async function work(
    mailboxes: MemoryMailboxes,
    { concurrency, signal, finishWithinMs }: WorkOptions,
    next: (signal: AbortSignal) => Task | undefined | Promise<Task | undefined>,
): Promise<void> {
    const running = new Set<Promise<void>>();
    const cut = new AbortController();
    while (!signal.aborted) {
        const change = mailboxes.change(signal);
        const task = running.size < concurrency ? await next(cut.signal) : undefined;
        if (!task) await Promise.race([change, ...running]);
        else {
            const run: Promise<void> = task().finally(() => running.delete(run));
            running.add(run);
        }
    }
    const timer = setTimeout(() => cut.abort(), finishWithinMs);
    await Promise.all(running);
    clearTimeout(timer);
}

/** A handler that fails is tried again. */
async function orLater<End>(handled: Promise<End>): Promise<End | { readonly againInMs: number }> {
    try {
        return await handled;
    } catch {
        return { againInMs: 1 };
    }
}

/** What may pass is tried again at once; what has gone is unavailable. */
async function persistently(
    fetch: (message: InboundMessage, signal: AbortSignal) => Promise<FetchedPictures>,
    message: InboundMessage,
    signal: AbortSignal,
): Promise<FetchedPictures> {
    for (;;) {
        try {
            return await fetch(message, signal);
        } catch (error) {
            if (isAppError(error) && error.retryable && !signal.aborted) continue;
            return { images: [], refusals: ["image-unavailable"] };
        }
    }
}

async function ended(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
    });
}
