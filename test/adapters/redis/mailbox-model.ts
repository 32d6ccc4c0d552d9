import { expect } from "vitest";
import type { Hold, Mailbox } from "../../../adapters/redis/mailbox.ts";
import type { Conversation, ConversationKey, InboundMessage } from "../../../src/message.ts";
import { exampleTurn } from "../../contracts/conversation-store.ts";
import { atOnce, exampleReply, messagesOf } from "./mailbox-cases.ts";

/** A holder of a turn, and what it believes. */
interface Worker {
    hold: Hold;
    turnId: string;
    taken: number;
    known?: { readonly version: string; readonly history: Conversation };
}

/** A holder of the deliveries, and what it was handed last. */
interface Deliverer {
    hold: Hold;
    id: string;
    given: boolean;
}

/** A hold as the model sees it: open until it is released, live until its lease runs out. */
interface ModelHold {
    fence: number;
    open: boolean;
    live: boolean;
}

interface ModelReply {
    readonly id: string;
    readonly text: string | undefined;
}

/**
 * One conversation's mailbox in memory, beside the real one: every call goes to both, and both must
 * say the same. Written for clearness: no leases by the clock, no scripts.
 */
export class MailboxModel {
    readonly key: ConversationKey;
    readonly accepted: string[] = [];
    readonly settled: string[] = [];
    /** The texts of replies in the order of their commits, and of deliveries that ended so. */
    readonly committed: string[] = [];
    readonly delivered: string[] = [];
    /** The texts of replies that were dead for a while: they have lost their place. */
    readonly resent = new Set<string>();
    /** What came about. */
    readonly seen = new Set<string>();
    readonly #mailbox: Mailbox;
    /** Whether every call reaches the server twice. */
    readonly #twice: boolean;
    readonly #messages = new Map<string, InboundMessage>();
    readonly #workers = new Map<number, Worker>();
    readonly #deliverers = new Map<number, Deliverer>();
    readonly #journals = new Map<string, number>();
    readonly #dead: ModelReply[] = [];
    #inbox: string[] = [];
    #outbox: ModelReply[] = [];
    #turn: ModelHold & { committed: boolean; deaths: number; taken: number } = {
        fence: 0,
        open: false,
        live: false,
        committed: false,
        deaths: 0,
        taken: 0,
    };
    #delivery: ModelHold = { fence: 0, open: false, live: false };
    #interrupt: "stopped" | "changed" | undefined;
    #history: Conversation = { turns: [] };
    #steps = 0;

    constructor(mailbox: Mailbox, key: ConversationKey, twice: boolean) {
        this.#mailbox = mailbox;
        this.key = key;
        this.#twice = twice;
    }

    get idle(): boolean {
        return [this.#inbox, this.#outbox, this.#dead].every(({ length }) => length === 0);
    }

    async accept(id: string, kind: "plain" | "edit" | "stop"): Promise<void> {
        const message = messagesOf(this.key)(id, {
            text: `text ${this.#steps++}`,
            ...(kind === "edit" ? { edit: true } : {}),
            ...(kind === "stop" ? { command: { name: "stop", argument: "" } } : {}),
        });
        const position = this.#inbox.indexOf(id);
        const running = this.#turn.open && !this.#turn.committed;
        let expected = "accepted";
        if (kind === "edit") {
            expected = position === -1 ? "late" : "replaced";
            if (position !== -1) this.#messages.set(id, message);
            if (running && position !== -1 && position < this.#turn.taken) {
                this.#interrupt ??= "changed";
            }
        } else if (this.accepted.includes(id)) {
            expected = "duplicate";
        } else {
            this.accepted.push(id);
            this.#inbox.push(id);
            this.#messages.set(id, message);
            if (this.#twice) expected = "duplicate";
            if (kind === "stop" && running) this.#interrupt = "stopped";
        }
        const accepted = await this.#mailbox.accept(message, atOnce);
        this.#note(expected);
        expect(accepted.outcome).toBe(expected);
        expect(accepted.waiting).toBe(this.#inbox.length);
        expect(accepted.interrupt).toBe(running ? this.#interrupt : undefined);
        if (accepted.interrupt !== undefined) this.#note(accepted.interrupt);
    }

    async claim(worker: number): Promise<void> {
        const token = `worker ${worker} ${this.#steps++}`;
        const known = this.#workers.get(worker)?.known;
        const claim = await this.#mailbox.claim(this.key, {
            token,
            worker: String(worker),
            leaseMs: 60_000,
            ...(known === undefined ? {} : { historyVersion: known.version }),
        });
        if (this.#turn.open && this.#turn.live) return expect(claim.status).toBe("held");
        if (this.#turn.open && !this.#turn.live) this.#note("turn taken over");
        if (this.#inbox.length === 0) return expect(claim.status).toBe("empty");
        if (claim.status !== "claimed") return expect.unreachable(claim.status);
        expect(claim.messages.map(({ message }) => message)).toEqual(
            this.#inbox.map((id) => this.#messages.get(id)),
        );
        expect(claim.turnId).toBe(this.#inbox[0]);
        expect(claim.deaths).toBe(this.#turn.deaths);
        expect(claim.fence).toBeGreaterThan(this.#turn.fence);
        this.#note(claim.history === undefined ? "history known" : "history sent");
        if (claim.deaths > 1) this.#note("several deaths");
        const history = claim.history ?? known?.history;
        expect(history).toEqual(this.#history);
        this.#interrupt = undefined;
        this.#turn = {
            fence: claim.fence,
            open: true,
            live: true,
            committed: false,
            deaths: this.#turn.deaths + 1,
            taken: this.#inbox.length,
        };
        const hold = { fence: claim.fence, token };
        const { version, turnId } = claim;
        const known2 = { version, history: this.#history };
        this.#workers.set(worker, { hold, turnId, taken: this.#inbox.length, known: known2 });
    }

    /** A lease of no length: it has run out when the call returns. */
    async renew(worker: number, runsOut: boolean): Promise<void> {
        const mine = this.#workers.get(worker);
        if (mine === undefined) return;
        const hold = { ...mine.hold, leaseMs: runsOut ? 0 : 60_000 };
        const held = this.#holds(mine);
        expect(await this.#mailbox.renew(this.key, hold)).toBe(
            held ? (this.#interrupt ?? "held") : "lost",
        );
        if (held) this.#turn.live = !runsOut;
    }

    async commit(worker: number, share: number, reply: boolean): Promise<void> {
        const mine = this.#workers.get(worker);
        if (mine === undefined) return;
        const settled = 1 + (share % mine.taken);
        const text = reply ? `reply ${this.#steps++}` : undefined;
        const turn = exampleTurn(this.#steps++);
        const result = await this.#mailbox.commit(this.key, mine.hold, {
            turnId: mine.turnId,
            settled,
            change: { turns: [turn] },
            ...(text === undefined ? {} : { reply: exampleReply(text) }),
        });
        if (mine.hold.fence !== this.#turn.fence) this.#note("lost commit");
        if (mine.hold.fence !== this.#turn.fence) return expect(result.status).toBe("lost");
        if (!this.#turn.committed && this.#interrupt === "changed") {
            this.#note("commit of an edited turn");
            return expect(result.status).toBe("changed");
        }
        if (result.status !== "committed") return expect.unreachable(result.status);
        if (this.#turn.committed) return this.#note("second commit");
        if (!this.#turn.live) this.#note("commit after the lease");
        if (settled < this.#inbox.length) this.#note("part of the messages settled");
        const gone = this.#inbox.splice(0, settled);
        this.settled.push(...gone);
        this.#history = { turns: [...this.#history.turns, turn].slice(-maxTurns) };
        Object.assign(this.#turn, { committed: true, deaths: 0, taken: 0 });
        this.#interrupt = undefined;
        if (text !== undefined || this.#journals.has(mine.turnId)) {
            if (text === undefined) this.#note("taken back");
            this.#outbox.push({ id: mine.turnId, text });
            this.committed.push(text ?? `nothing for ${mine.turnId}`);
        }
        if (result.version === undefined) delete mine.known;
        else mine.known = { version: result.version, history: this.#history };
    }

    async release(worker: number, countsAsDeath: boolean): Promise<void> {
        const mine = this.#workers.get(worker);
        if (mine === undefined) return;
        const left = await this.#mailbox.release(this.key, mine.hold, { countsAsDeath });
        expect(left).toMatchObject({ waiting: this.#inbox.length, ripeInMs: 0 });
        if (!this.#holds(mine)) return;
        if (!countsAsDeath && !this.#turn.committed) this.#turn.deaths -= 1;
        Object.assign(this.#turn, { open: false, live: false, taken: 0 });
        this.#interrupt = undefined;
    }

    async claimDelivery(deliverer: number): Promise<void> {
        const token = `deliverer ${deliverer} ${this.#steps++}`;
        const claim = await this.#mailbox.claimDelivery(this.key, { token, leaseMs: 60_000 });
        if (this.#delivery.open && this.#delivery.live) return expect(claim.status).toBe("held");
        const [next] = this.#outbox;
        const running = this.#turn.open && this.#turn.live && !this.#turn.committed;
        const id = next?.id ?? (running ? this.#inbox[0] : undefined);
        if (id === undefined) return expect(claim.status).toBe("nothing");
        if (claim.status !== "reply" && claim.status !== "pending") {
            return expect.unreachable(claim.status);
        }
        expect(claim.status).toBe(next === undefined ? "pending" : "reply");
        expect(claim.id).toBe(id);
        expect(claim.journal).toBe(this.#journals.get(id));
        this.#note(claim.status);
        if (this.#delivery.open) this.#note("delivery taken over");
        if (this.#journals.has(id)) this.#note("delivery with a journal");
        if (claim.status === "reply") expect(claim.reply?.text).toBe(next?.text);
        expect(claim.fence).toBeGreaterThan(this.#delivery.fence);
        this.#delivery = { fence: claim.fence, open: true, live: true };
        const hold = { fence: claim.fence, token };
        this.#deliverers.set(deliverer, { hold, id, given: next !== undefined });
    }

    async renewDelivery(deliverer: number, runsOut: boolean): Promise<void> {
        const mine = this.#deliverers.get(deliverer);
        if (mine === undefined) return;
        const held = this.#delivers(mine);
        const hold = { ...mine.hold, leaseMs: runsOut ? 0 : 60_000 };
        expect(await this.#mailbox.renewDelivery(this.key, hold)).toBe(held);
        if (held) this.#delivery.live = !runsOut;
    }

    async readReply(deliverer: number): Promise<void> {
        const mine = this.#deliverers.get(deliverer);
        if (mine === undefined) return;
        const state = await this.#mailbox.readReply(this.key, mine.hold, mine.id);
        this.#note(`read ${state.status}`);
        if (!this.#delivers(mine)) return expect(state.status).toBe("lost");
        const reply = this.#outbox.find(({ id }) => id === mine.id);
        if (reply !== undefined) {
            mine.given = true;
            expect(state).toMatchObject({ status: "reply" });
            return expect(state.status === "reply" && state.reply?.text).toBe(reply.text);
        }
        const running = this.#turn.open && this.#turn.live && !this.#turn.committed;
        if (this.#inbox[0] !== mine.id) return expect(state.status).toBe("gone");
        return expect(state.status).toBe(running ? "running" : "waiting");
    }

    async saveJournal(deliverer: number): Promise<void> {
        const mine = this.#deliverers.get(deliverer);
        if (mine === undefined) return;
        const step = this.#steps++;
        const open = this.#outbox.some(({ id }) => id === mine.id) || this.#inbox[0] === mine.id;
        const kept = this.#delivers(mine) && open;
        this.#note(kept ? "journal kept" : "journal refused");
        expect(await this.#mailbox.saveJournal(this.key, mine.hold, mine.id, step)).toBe(kept);
        if (kept) this.#journals.set(mine.id, step);
    }

    async endDelivery(
        deliverer: number,
        end: "delivered" | "dead" | { readonly againInMs: number },
    ): Promise<void> {
        const mine = this.#deliverers.get(deliverer);
        if (mine === undefined) return;
        if (this.#delivers(mine)) {
            const reply = mine.given ? this.#outbox.find(({ id }) => id === mine.id) : undefined;
            if (!mine.given) this.#note("ended without having seen the reply");
            if (reply !== undefined && typeof end === "string") {
                this.#note(end);
                this.#outbox = this.#outbox.filter((other) => other !== reply);
                if (end === "delivered") {
                    this.delivered.push(reply.text ?? `nothing for ${reply.id}`);
                } else this.#dead.push(reply);
            }
            if (end === "delivered") this.#journals.delete(mine.id);
            Object.assign(this.#delivery, { open: false, live: false });
        }
        const left = await this.#mailbox.endDelivery(this.key, mine.hold, mine.id, end);
        expect(left.waiting).toBe(this.#outbox.length);
    }

    async resendDead(): Promise<void> {
        const reply = this.#dead.shift();
        if (reply === undefined) return;
        this.#note("resent");
        this.resent.add(reply.text ?? `nothing for ${reply.id}`);
        expect(await this.#mailbox.resendDead(this.key, reply.id)).toBe(true);
        this.#outbox.push(reply);
    }

    #note(what: string): void {
        this.seen.add(what);
    }

    #holds(worker: Worker): boolean {
        return this.#turn.open && worker.hold.fence === this.#turn.fence;
    }

    #delivers(deliverer: Deliverer): boolean {
        return this.#delivery.open && deliverer.hold.fence === this.#delivery.fence;
    }
}

/** Small, so that histories reach it. */
export const maxTurns = 4;
