/** Runs what one process of a clinic does: its roles, over the queue that all processes share. */
import { setMaxListeners } from "node:events";
import { JoinedSignal } from "./joined-signal.ts";
import type { ConversationKey, InboundMessage } from "./message.ts";
import type { ModelDescription, Platform } from "./ports.ts";
import type {
    DeliveryEnd,
    FetchedPictures,
    DeadLetters,
    Fleet,
    Inbox,
    OpenDelivery,
    OpenTurn,
    Outbox,
    PictureQueue,
    TurnEnd,
    TurnQueue,
} from "./queue-ports.ts";
import type { CaseBook, Postbox, SummaryQueue } from "./staff-ports.ts";

/** What the processes of a clinic share. */
export interface Exchange {
    readonly inbox: Inbox;
    readonly turns: TurnQueue;
    readonly pictures: PictureQueue;
    readonly outbox: Outbox;
    readonly deadLetters: DeadLetters;
    readonly fleet: Fleet;
    readonly postbox: Postbox;
    readonly cases: CaseBook;
    readonly summaries: SummaryQueue;
}

/** What is done for one platform. */
export interface PlatformDuties {
    readonly platform: Platform;
    readonly receive: (message: InboundMessage) => Promise<void>;
    /** As in {@link Platform.run}. */
    readonly glance?: (message: InboundMessage) => void;
    readonly fetchPictures: (
        message: InboundMessage,
        signal: AbortSignal,
    ) => Promise<FetchedPictures>;
    readonly deliver: (delivery: OpenDelivery) => Promise<DeliveryEnd>;
}

/** What a process with a model does. */
export interface WorkerDuties {
    readonly model: ModelDescription;
    /** How many conversations are answered at once. */
    readonly slots: number;
    readonly answer: (turn: OpenTurn) => Promise<TurnEnd>;
    /** Summarises cases for the clinic's people; absent where nobody would read it. */
    readonly summarise?: (code: string, signal: AbortSignal) => Promise<void>;
    /** Drops what the model keeps of a conversation that was erased; absent where it keeps nothing. */
    readonly forget?: (conversation: ConversationKey) => void;
}

/** What one process does. */
export interface ProcessDuties {
    /** Those whose adapters run in this process. */
    readonly platforms: readonly PlatformDuties[];
    readonly worker?: WorkerDuties;
    /** Answers what needs no model. */
    readonly desk: (turn: OpenTurn) => Promise<TurnEnd>;
    /** At a stop, what runs may take so long to end by itself. */
    readonly finishWithinMs: number;
}

/** Deliveries mostly wait; so many at once cost little. */
const deliveriesAtOnce = 500;
/** After the last answer: what is not out by then, another process completes. */
const lastDeliveriesMs = 5_000;
const deskTurnsAtOnce = 16;
const pictureMessagesAtOnce = 8;

/**
 * Serves until the signal aborts. Then nothing new is begun: running answers are finished or handed
 * to another process, and what is finished is still delivered.
 *
 * @throws What ended a platform for good (`config-invalid`); everything else has stopped by then.
 */
export async function serve(
    {
        turns,
        pictures,
        outbox,
        fleet,
        summaries,
    }: Pick<Exchange, "turns" | "pictures" | "outbox" | "fleet" | "summaries">,
    { platforms, worker, desk, finishWithinMs }: ProcessDuties,
    signal: AbortSignal,
): Promise<void> {
    const over = new AbortController();
    const intake = new JoinedSignal(signal, over.signal);
    const delivery = new AbortController();
    setMaxListeners(0, delivery.signal);
    const options = (concurrency: number) => ({
        concurrency,
        signal: intake.signal,
        finishWithinMs,
    });
    const connections = platforms.map((duties) =>
        connect(duties, {
            receive: (receiving) => duties.platform.run(duties.receive, receiving, duties.glance),
            fetchPictures: (fetching) =>
                pictures.work(duties.platform.account, duties.fetchPictures, {
                    ...options(pictureMessagesAtOnce),
                    signal: fetching,
                }),
            send: (sending) =>
                outbox.work(duties.platform.account, duties.deliver, {
                    concurrency: deliveriesAtOnce,
                    signal: sending,
                    finishWithinMs: Math.min(finishWithinMs, lastDeliveriesMs),
                }),
            hold: (task, holding) =>
                fleet.hold(`receive-${duties.platform.account}`, task, holding),
        }),
    );
    const incoming = [
        turns.work("desk", desk, options(deskTurnsAtOnce)),
        ...(worker
            ? [
                  fleet.join(worker, intake.signal),
                  turns.work("model", worker.answer, options(worker.slots)),
                  ...(worker.forget ? [turns.onErased(worker.forget, intake.signal)] : []),
                  ...(worker.summarise ? [summaries.work(worker.summarise, options(1))] : []),
              ]
            : []),
        ...connections.map(({ take }) => take(intake.signal)),
    ];
    const outgoing = connections.map(({ give }) => give(delivery.signal));
    try {
        await untilOneFails([...incoming, ...outgoing], () => Promise.all(incoming));
    } finally {
        over.abort();
        await Promise.allSettled(incoming);
        delivery.abort();
        await Promise.allSettled(outgoing);
    }
}

type Task = (signal: AbortSignal) => Promise<void>;

/** What is done between one platform and the queue. */
interface Traffic {
    readonly receive: Task;
    readonly fetchPictures: Task;
    readonly send: Task;
    /** Does a task while no other process of the clinic does it for this account. */
    readonly hold: (task: Task, signal: AbortSignal) => Promise<void>;
}

/** `take` ends when nothing new is begun, `give` when what was answered is delivered. */
function connect(
    { platform }: PlatformDuties,
    { receive, fetchPictures, send, hold }: Traffic,
): { readonly take: Task; readonly give: Task } {
    const both = async (one: Promise<void>, other: Promise<void>): Promise<void> => {
        await Promise.all([one, other]);
    };
    switch (platform.sharing) {
        case "together":
            return { take: (signal) => both(receive(signal), fetchPictures(signal)), give: send };
        case "receive-alone":
            return {
                take: (signal) => both(hold(receive, signal), fetchPictures(signal)),
                give: send,
            };
        case "alone":
            return {
                take: () => Promise.resolve(),
                give: (signal) =>
                    hold((held) => withinRun(receive, [fetchPictures, send], held), signal),
            };
    }
}

/** Does tasks that are possible only while `run` runs: it ends after them. */
async function withinRun(run: Task, tasks: readonly Task[], signal: AbortSignal): Promise<void> {
    const running = new AbortController();
    const over = new AbortController();
    const inside = new JoinedSignal(signal, over.signal);
    const outer = run(running.signal);
    const inner = tasks.map((task) => task(inside.signal));
    try {
        await untilOneFails([outer, ...inner], () => Promise.all(inner));
    } finally {
        over.abort();
        await Promise.allSettled(inner);
        running.abort();
        await Promise.allSettled([outer]);
    }
}

/** Resolves when `end` does, or rejects as soon as one of the tasks fails. */
async function untilOneFails(
    tasks: readonly Promise<void>[],
    end: () => Promise<unknown>,
): Promise<void> {
    const failure = new Promise<never>((_resolve, reject) => {
        for (const task of tasks) task.catch(reject);
    });
    await Promise.race([end(), failure]);
}
