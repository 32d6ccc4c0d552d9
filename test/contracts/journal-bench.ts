import { AppError, isAppError } from "../../src/errors.ts";
import type { Reply, ReplyAddress } from "../../src/message.ts";
import type { Journal, ReplyWriter } from "../../src/ports.ts";
import {
    never,
    type PlatformBench,
    type PlatformProcess,
    type PlatformWorld,
} from "./platform-bench.ts";

/** How a process ends that works on a reply; `at` counts from 0. */
export type Ending =
    /** `kill -9` when it saves for the nth time; the store has kept the state, or not. */
    | { readonly kind: "dies-saving"; readonly at: number; readonly kept: boolean }
    /** `kill -9` at its nth request that changes the chat; the platform has taken it, or not. */
    | { readonly kind: "dies-writing"; readonly at: number; readonly taken: boolean }
    /** An orderly stop at its nth request that changes the chat. */
    | { readonly kind: "stopped"; readonly at: number }
    /** It hears at its nth save that another process has the reply. */
    | { readonly kind: "taken-over"; readonly at: number }
    /** The platform takes its nth request, but the answer does not come. It lives on. */
    | { readonly kind: "answer-lost"; readonly at: number };

/** How many replies are written side by side. */
const atOnce = 18;

/** What kind of reply is written. */
export interface ReplyKind {
    readonly grows: boolean;
    readonly sentences: number;
}

/** One reply and the processes that worked on it. */
export interface Story {
    readonly endings: readonly Ending[];
    /** How many of the endings came about. */
    readonly met: number;
    /** Whether one of these processes delivered the reply after all. */
    readonly finished: boolean;
    readonly seen: readonly string[];
    readonly expected: readonly string[];
}

/** Lets processes work on replies and end, each reply in a chat of its own, side by side. */
export class JournalBench {
    readonly #bench: PlatformBench;
    readonly #kind: ReplyKind;
    readonly #reply: Reply;
    readonly #firstChat: number;

    /** @param number Tells benches in one world apart. */
    constructor(bench: PlatformBench, kind: ReplyKind, number = 0) {
        this.#bench = bench;
        this.#kind = kind;
        this.#firstChat = 1 + number * 1_000;
        const sentence = "The picture shows the left lung, and it looks as it should.";
        const numbered = Array.from({ length: kind.sentences }, (_, n) => `${sentence} (${n})`);
        this.#reply = { text: numbered.join(" "), language: "en" };
    }

    /** Plays stories, some at once. After the last ending one more process finishes or abandons. */
    async all(
        stories: readonly (readonly Ending[])[],
        last: "finish" | "abandon" = "finish",
    ): Promise<Story[]> {
        const parts = await this.#parts();
        const played: Story[] = [];
        while (played.length < stories.length) {
            const batch = stories.slice(played.length, played.length + atOnce);
            const firstChat = this.#firstChat + played.length;
            played.push(...(await this.#playAll(batch, firstChat, parts, last)));
        }
        return played;
    }

    async #playAll(
        stories: readonly (readonly Ending[])[],
        firstChat: number,
        parts: readonly string[],
        last: "finish" | "abandon",
    ): Promise<Story[]> {
        const chats = stories.map((_, index) => firstChat + index);
        const addresses = await this.#open(chats);
        return await Promise.all(
            stories.map(async (endings, index) => {
                const chat = chats[index] ?? 0;
                const to = addresses[index] as ReplyAddress;
                const { met, finished } = await this.#play(chat, to, endings, last);
                const isOut = finished || last === "finish";
                // What was answered before, perhaps in the same words, must stay as it is.
                const expected = [this.#earlier, ...(isOut ? parts : [])];
                return { endings, met, finished, seen: this.#texts(chat), expected };
            }),
        );
    }

    /** Leaves the beginning of a reply; gives how many messages of it are seen then and at its end. */
    async leave(): Promise<{ readonly left: number; readonly atEnd: number }> {
        const chat = this.#firstChat;
        const [to] = await this.#open([chat]);
        const store: Store = { state: undefined };
        const first = this.#startReply(to, new Life(this.#bench.world, store, undefined));
        first.show("The picture shows");
        await this.#bench.world.until(() => this.#mine(chat).length === 1);
        await first.abandon({ left: true });
        const left = this.#mine(chat).length;
        await this.#startReply(to, new Life(this.#bench.world, store, undefined)).finish(
            this.#reply,
            never,
        );
        return { left, atEnd: this.#mine(chat).length };
    }

    /** The answer to the message before: in the same words, where that is one message. */
    get #earlier(): string {
        return this.#kind.sentences > 10 ? "Please wait a moment." : this.#reply.text;
    }

    /** What a patient sees of the reply when nothing goes wrong. */
    async #parts(): Promise<readonly string[]> {
        const chat = this.#firstChat + 999;
        const [to] = await this.#open([chat]);
        const life = new Life(this.#bench.world, { state: undefined }, undefined);
        await this.#startReply(to, life).finish(this.#reply, never);
        return this.#mine(chat);
    }

    /** In each chat: two messages of the patient, after which the first was answered. */
    async #open(chats: readonly number[]): Promise<ReplyAddress[]> {
        const { world } = this.#bench;
        const run = this.#bench.start();
        for (const which of ["first", "second"]) {
            for (const chat of chats) world.sendText(chat, `${which} of ${chat}`);
        }
        await world.until(() => run.received.length === 2 * chats.length);
        await run.stop();
        const find = (text: string): ReplyAddress => {
            const message = run.received.find((one) => one.text === text);
            if (!message) throw new Error(`"${text}" did not arrive.`);
            return { conversation: message.conversation, messageId: message.id };
        };
        const { platform } = world.startProcess();
        for (const chat of chats) {
            const writer = platform.startReply(find(`first of ${chat}`));
            await writer.finish({ text: this.#earlier, language: "en" }, never);
        }
        return chats.map((chat) => find(`second of ${chat}`));
    }

    async #play(
        chat: number,
        to: ReplyAddress,
        endings: readonly Ending[],
        last: "finish" | "abandon",
    ): Promise<{ readonly met: number; readonly finished: boolean }> {
        const store: Store = { state: undefined };
        let met = 0;
        for (const ending of endings) {
            const life = new Life(this.#bench.world, store, ending);
            const finished = await this.#live(chat, this.#startReply(to, life), life);
            if (life.isOver) met += 1;
            if (finished) return { met, finished };
        }
        const life = new Life(this.#bench.world, store, undefined);
        const writer = this.#startReply(to, life);
        if (last === "abandon") await writer.abandon();
        else await this.#live(chat, writer, life);
        return { met, finished: false };
    }

    #startReply(to: ReplyAddress | undefined, { process, journal }: Life): ReplyWriter {
        if (!to) throw new Error("There is no such chat.");
        return process.platform.startReply(to, journal);
    }

    /** Works on a reply as the product does; gives whether it was finished. */
    async #live(chat: number, writer: ReplyWriter, life: Life): Promise<boolean> {
        const { world } = this.#bench;
        if (this.#kind.grows) {
            for (const text of ["The picture", "The picture shows"]) {
                writer.show(text);
                const isSeen = (): boolean =>
                    world.sendsWhole ?? this.#mine(chat).some((one) => one.startsWith(text));
                await world.until(() => life.isOver || isSeen());
            }
        }
        try {
            await writer.finish(this.#reply, life.signal);
            return true;
        } catch (error) {
            await writer.abandon({ left: true });
            // A process that hears of its end says so; what a dead one says, nobody hears.
            if (life.process.isDead) return false;
            if (life.isOver && isAppError(error, "aborted")) return false;
            throw error;
        }
    }

    #texts(chat: number): string[] {
        return this.#bench.world.seen(chat).map(({ text }) => text.trim());
    }

    #mine(chat: number): string[] {
        return this.#texts(chat).slice(1);
    }
}

/** What a store keeps of a journal. */
interface Store {
    state: unknown;
}

/** One process with a reply, until it ends. */
class Life {
    readonly process: PlatformProcess;
    readonly journal: Journal;
    readonly #stop = new AbortController();
    #saves = 0;
    #takenOver = false;
    #lost = false;

    constructor(world: PlatformWorld, store: Store, ending: Ending | undefined) {
        this.process = world.startProcess();
        if (ending?.kind === "dies-writing") {
            this.process.onWrite(ending.at, ending.taken ? "die-taken" : "die-untaken");
        }
        if (ending?.kind === "answer-lost") {
            this.process.onWrite(ending.at, "lose-answer", () => (this.#lost = true));
        }
        if (ending?.kind === "stopped") {
            this.process.onWrite(ending.at, "pass", () => this.#stop.abort());
        }
        const { state } = store;
        this.journal = {
            ...(state === undefined ? {} : { state }),
            save: async (saved) => {
                const number = this.#saves;
                this.#saves += 1;
                const isHit = ending !== undefined && "at" in ending && ending.at === number;
                if (this.#takenOver || (isHit && ending.kind === "taken-over")) {
                    this.#takenOver = true;
                    throw new AppError("aborted", "Another process has the reply.");
                }
                const dies = isHit && ending.kind === "dies-saving";
                if (dies) this.process.kill();
                if (!dies || ending.kept) store.state = JSON.parse(JSON.stringify(saved));
                if (dies) throw new AppError("aborted", "The process is dead.");
                return await Promise.resolve();
            },
        };
    }

    /** Whether the ending has come about. */
    get isOver(): boolean {
        return this.process.isDead || this.#takenOver || this.#lost || this.signal.aborted;
    }

    /** The orderly stop. */
    get signal(): AbortSignal {
        return this.#stop.signal;
    }
}
