import { randomUUID } from "node:crypto";
import { AppError } from "../../src/errors.ts";
import type {
    ConversationKey,
    InboundMessage,
    ModelImage,
    PlatformAccount,
    Reply,
    ReplyAddress,
} from "../../src/message.ts";
import type { ConversationStore } from "../../src/ports.ts";
import type { Letter } from "../../src/staff-ports.ts";
import type {
    Acceptance,
    DeadReply,
    DeliveryEnd,
    FetchedPictures,
    Interruption,
    OpenDelivery,
    OpenTurn,
    QueueLane,
    TurnEnd,
    TurnOutcome,
    WaitingMessage,
} from "../../src/queue-ports.ts";
import { createMemoryStore } from "./memory-store.ts";

/** A turn that was handed out, until it is ended. */
export interface ClaimedTurn {
    readonly turn: OpenTurn;
    /** `died`: its process is gone, another takes over. */
    end(end: TurnEnd | "died"): void;
}

/** A delivery that was handed out, until it is ended. */
export interface ClaimedDelivery {
    readonly delivery: OpenDelivery;
    end(end: DeliveryEnd | "died"): void;
}

interface Entry {
    readonly id: string;
    readonly to: ReplyAddress;
    readonly committedAtMs: number;
    readonly reply?: Reply;
}

/** What a conversation owns. */
interface Box {
    readonly key: ConversationKey;
    readonly seen: Set<string>;
    readonly told: Set<string>;
    readonly journals: Map<string, unknown>;
    waiting: WaitingMessage[];
    lane: QueueLane;
    turnNotBeforeMs: number;
    /** Counts what ends the putting off of a turn. */
    wakes: number;
    deliveryNotBeforeMs: number;
    deaths: number;
    fence: number;
    alarm: boolean;
    turn?: { readonly id: string; readonly held: ReadonlySet<string>; stop: AbortController };
    shown: string;
    outbox: Entry[];
    dead: (Entry & { readonly diedAtMs: number; readonly name: string })[];
    delivery?: { readonly id: string; show(textSoFar: string): void };
}

/** Conversations on their way from message to reply, in the memory of one process. */
export class MemoryMailboxes {
    readonly store: ConversationStore;
    readonly #boxes = new Map<ConversationKey, Box>();
    readonly #images = new Map<string, ModelImage>();
    readonly #watchers = new Set<() => void>();

    constructor(store: ConversationStore = createMemoryStore()) {
        this.store = {
            ...store,
            readImage: async (key, image) =>
                this.#images.get(image.id) ?? (await store.readImage(key, image)),
        };
    }

    /** All conversations that ever wrote. */
    get conversations(): readonly ConversationKey[] {
        return [...this.#boxes.keys()];
    }

    /** Whether the oldest unanswered message has been told for the first time. */
    tellOnce(key: ConversationKey): boolean {
        const { told, waiting } = this.#box(key);
        const id = waiting[0]?.message.id ?? "";
        const isFirst = !told.has(id);
        told.add(id);
        return isFirst;
    }

    /** Where a conversation waits, if it does. */
    waitsIn(key: ConversationKey): QueueLane | undefined {
        const box = this.#box(key);
        return box.waiting.length > 0 ? box.lane : undefined;
    }

    /** Messages whose pictures have not arrived. */
    duePictures(account: PlatformAccount): readonly InboundMessage[] {
        return [...this.#boxes.values()]
            .filter((box) => isOf(account, box))
            .flatMap(({ waiting }) => waiting)
            .filter(({ message, pictures }) => message.attachments.length > 0 && !pictures)
            .map(({ message }) => message);
    }

    putPictures({ conversation, id }: InboundMessage, { images, refusals }: FetchedPictures): void {
        const box = this.#box(conversation);
        for (const image of images) this.#images.set(image.id, image);
        const pictures = {
            images: images.map((image) => ({ id: image.id, side: image.side })),
            refusals,
        };
        box.waiting = box.waiting.map((one) =>
            one.message.id === id ? { ...one, pictures } : one,
        );
        box.turnNotBeforeMs = 0;
        box.wakes += 1;
        this.#changed();
    }

    /** @param signal Aborts the turn when its process stops. */
    async claimTurn(key: ConversationKey, signal?: AbortSignal): Promise<ClaimedTurn | undefined> {
        const box = this.#box(key);
        const [oldest] = box.waiting;
        if (!oldest || box.turnNotBeforeMs > Date.now()) return undefined;
        if (box.turn && !box.alarm) return undefined;
        box.turn?.stop.abort("lost" satisfies Interruption);
        box.alarm = false;
        box.fence += 1;
        const { fence, wakes } = box;
        const messages = [...box.waiting];
        const stop = new AbortController();
        const id = oldest.message.id;
        signal?.addEventListener("abort", () => stop.abort(), { once: true });
        box.turn = { id, held: new Set(messages.map(({ message }) => message.id)), stop };
        box.shown = "";
        this.#changed();
        let committed = false;
        const turn: OpenTurn = {
            id,
            conversation: key,
            messages,
            history: await this.store.read(key),
            deaths: box.deaths,
            signal: stop.signal,
            show: (textSoFar) => {
                if (box.fence !== fence) return;
                box.shown = textSoFar;
                if (box.delivery?.id === id) box.delivery.show(textSoFar);
            },
            commit: async (outcome) => {
                if (box.fence !== fence) throw lost();
                if (committed) return;
                committed = true;
                await this.#commit(box, turn, outcome);
            },
        };
        return {
            turn,
            end: (end) => {
                if (box.fence !== fence) return;
                box.fence += 1;
                stop.abort("lost" satisfies Interruption);
                delete box.turn;
                if (end === "died" && !committed) box.deaths += 1;
                if (end === "needs-model" || !box.waiting[0]?.message.command) box.lane = "model";
                this.#againIn(end, (atMs) => {
                    if (box.wakes === wakes) box.turnNotBeforeMs = atMs;
                });
            },
        };
    }

    /** @param signal Aborts the delivery when its process stops. */
    claimDelivery(
        key: ConversationKey,
        signal = new AbortController().signal,
    ): ClaimedDelivery | undefined {
        const box = this.#box(key);
        const [entry] = box.outbox;
        const id = entry?.id ?? box.turn?.id;
        if (id === undefined || box.delivery || box.deliveryNotBeforeMs > Date.now())
            return undefined;
        const claim: NonNullable<Box["delivery"]> = { id, show: () => undefined };
        box.delivery = claim;
        const messageId = [...(box.turn?.held ?? [])].at(-1) ?? id;
        const delivery: OpenDelivery = {
            id,
            to: entry?.to ?? { conversation: key, messageId },
            journal: {
                state: box.journals.get(id),
                save: (state) => {
                    if (box.delivery !== claim) return Promise.reject(lost());
                    box.journals.set(id, structuredClone(state));
                    return Promise.resolve();
                },
            },
            signal,
            onProgress: (show) => {
                claim.show = show;
                if (box.turn?.id === id && box.shown !== "") show(box.shown);
            },
            reply: async () => {
                for (;;) {
                    const found = box.outbox.find((one) => one.id === id);
                    const reply = found?.reply;
                    if (found) return reply && { reply, committedAtMs: found.committedAtMs };
                    const stillWaits = box.waiting[0]?.message.id === id;
                    if (!stillWaits) return undefined;
                    await this.change(signal);
                    if (signal.aborted || box.delivery !== claim) throw lost();
                }
            },
        };
        return {
            delivery,
            end: (end) => {
                if (box.delivery !== claim) return;
                delete box.delivery;
                const isEnd = end === "delivered" || end === "dropped" || end === "dead";
                if (isEnd) {
                    const ended = box.outbox.find((one) => one.id === id);
                    box.outbox = box.outbox.filter((one) => one.id !== id);
                    if (end === "dead" && ended)
                        box.dead.push({ ...ended, diedAtMs: Date.now(), name: randomUUID() });
                }
                this.#againIn(end, (atMs) => (box.deliveryNotBeforeMs = atMs));
            },
        };
    }

    /** Puts a letter into a conversation, once. */
    async post(key: ConversationKey, { id: name, reply, change }: Letter): Promise<void> {
        const box = this.#box(key);
        const id = `letter-${name}`;
        if (box.seen.has(id)) return;
        box.seen.add(id);
        if (reply) {
            const to = { conversation: key };
            box.outbox.push({ id, to, reply, committedAtMs: Date.now() });
        }
        if (change) await this.store.update(key, change);
        this.#changed();
    }

    accept(message: InboundMessage): Acceptance {
        const box = this.#box(message.conversation);
        const { edit, ...taken } = message;
        const index = box.waiting.findIndex((one) => one.message.id === message.id);
        const interrupt = (why: Interruption): void => box.turn?.stop.abort(why);
        if (edit) {
            const before = box.waiting[index];
            if (!before) return "late";
            box.waiting = box.waiting.with(index, { ...before, message: taken });
            if (box.turn?.held.has(message.id)) interrupt("changed");
            this.#changed();
            return "replaced";
        }
        if (box.seen.has(message.id)) return "duplicate";
        box.seen.add(message.id);
        const needsNoModel =
            message.command ??
            message.alarm ??
            message.withheld ??
            message.fromStaff ??
            message.handedOver;
        if (message.alarm) [box.lane, box.alarm] = ["desk", true];
        else if (box.waiting.length === 0) box.lane = needsNoModel ? "desk" : "model";
        box.waiting.push({ message: taken, acceptedAtMs: Date.now() });
        box.turnNotBeforeMs = 0;
        box.wakes += 1;
        if (message.command?.name === "stop") interrupt("stopped");
        this.#changed();
        return "accepted";
    }

    async #commit(box: Box, { id }: OpenTurn, outcome: TurnOutcome): Promise<void> {
        const { settled, reply, replyTo, change, afresh } = outcome;
        box.waiting = box.waiting.slice(settled);
        box.deaths = 0;
        const to = {
            conversation: box.key,
            ...(replyTo === undefined ? {} : { messageId: replyTo }),
        };
        const committedAtMs = Date.now();
        if (box.journals.has(id) && (afresh || !reply)) box.outbox.push({ id, to, committedAtMs });
        if (reply) box.outbox.push({ id: afresh ? `${id}!` : id, to, reply, committedAtMs });
        if (change) await this.store.update(box.key, change);
        this.#changed();
    }

    #box(key: ConversationKey): Box {
        const found = this.#boxes.get(key) ?? {
            key,
            seen: new Set(),
            told: new Set(),
            journals: new Map(),
            waiting: [],
            lane: "model",
            turnNotBeforeMs: 0,
            wakes: 0,
            deliveryNotBeforeMs: 0,
            deaths: 0,
            fence: 0,
            alarm: false,
            shown: "",
            outbox: [],
            dead: [],
        };
        this.#boxes.set(key, found);
        return found;
    }

    dead(): { readonly box: Box; readonly entry: Entry; readonly dead: DeadReply }[] {
        return [...this.#boxes.values()].flatMap((box) =>
            box.dead.map((entry) => {
                const { committedAtMs, diedAtMs, name } = entry;
                const account = box.key.slice(0, box.key.lastIndexOf(":")) as PlatformAccount;
                return { box, entry, dead: { id: name, account, committedAtMs, diedAtMs } };
            }),
        );
    }

    /** Takes a reply out of the dead, back to the others or not at all. */
    removeDead(id: string, how: { readonly resend: boolean }): boolean {
        const found = this.dead().find(({ dead }) => dead.id === id);
        if (!found) return false;
        const { box, entry } = found;
        box.dead = box.dead.filter((one) => one !== entry);
        if (how.resend) box.outbox.push({ ...entry, committedAtMs: Date.now() });
        this.#changed();
        return true;
    }

    #againIn(end: TurnEnd | DeliveryEnd | "died", put: (atMs: number) => void): void {
        if (typeof end === "object") {
            put(Date.now() + end.againInMs);
            // A timer may fire a millisecond before its time.
            setTimeout(() => this.#changed(), end.againInMs + 2).unref();
        }
        this.#changed();
    }

    #changed(): void {
        for (const watcher of this.#watchers) watcher();
    }

    /** Resolves at the next change, or when the signal aborts. */
    async change(signal: AbortSignal): Promise<void> {
        await new Promise<void>((resolve) => {
            const done = (): void => {
                this.#watchers.delete(done);
                signal.removeEventListener("abort", done);
                resolve();
            };
            this.#watchers.add(done);
            signal.addEventListener("abort", done, { once: true });
            if (signal.aborted) done();
        });
    }
}

function lost(): AppError {
    return new AppError("aborted", "Another process has taken over.");
}

function isOf(account: PlatformAccount, { key }: Box): boolean {
    return key.startsWith(`${account}:`);
}
