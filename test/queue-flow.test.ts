import * as fc from "fast-check";
import { expect, test } from "vitest";
import { answerTurn } from "../src/answer-turn.ts";
import { deliverReply } from "../src/deliver-reply.ts";
import { isAppError } from "../src/errors.ts";
import type { ConversationKey, InboundMessage, ModelImage } from "../src/message.ts";
import type { ChatCompletion, ChatModel, Journal, Platform, ReplyWriter } from "../src/ports.ts";
import type { OpenDelivery, OpenTurn } from "../src/queue-ports.ts";
import { assemble, notices } from "./fakes/assembled-parts.ts";
import { createJournalingPlatform, type JournalingPlatform } from "./fakes/journaling-platform.ts";
import { MemoryMailboxes } from "./fakes/memory-mailboxes.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";

const chats = [0, 1];
/** What a patient can do. */
const patientAct = fc.constantFrom("words", "photo", "help", "reset", "stop", "edit");
/** Where a process dies: at which of its calls to the outside, and whether that still has effect. */
const anyDeath = fc.option(
    fc.record({ call: fc.integer({ min: 1, max: 5 }), after: fc.boolean() }),
    {
        nil: undefined,
    },
);
const duringAnswer = fc.record({
    act: fc.constantFrom("stop", "edit", "words", "takeover", "shutdown"),
    /** How far the model is: before its first word, within its answer, at its end. */
    at: fc.constantFrom("beginning", "middle", "end"),
});
const step = fc.oneof(
    { weight: 5, arbitrary: fc.record({ act: patientAct, chat: fc.nat(1) }) },
    {
        weight: 4,
        arbitrary: fc.record({
            act: fc.constant("work"),
            chat: fc.nat(1),
            death: anyDeath,
            during: fc.option(duringAnswer, { nil: undefined }),
            /** Somebody delivers already while the answer is being written. */
            watcher: fc.option(fc.record({ death: anyDeath }), { nil: undefined }),
        }),
    },
    {
        weight: 3,
        arbitrary: fc.record({ act: fc.constant("deliver"), chat: fc.nat(1), death: anyDeath }),
    },
    { weight: 1, arbitrary: fc.record({ act: fc.constant("fetch"), chat: fc.nat(1) }) },
);

test("whatever patients do and wherever processes die, every message gets one visible answer, in order", async () => {
    await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
            const clinic = new Clinic();
            for (const one of steps) {
                if (one.act === "work" && "during" in one) await clinic.work(one.chat, one);
                else if (one.act === "deliver" && "death" in one) {
                    await clinic.deliver(one.chat, one.death);
                } else if (one.act === "fetch") clinic.fetchPictures();
                else clinic.patient(one.chat, one.act);
            }
            await clinic.settle();
            for (const chat of chats) clinic.expectAnswered(chat);
        }),
        { numRuns: 1000, seed: 5 },
    );
});

/** How a turn goes. */
interface Course {
    readonly death?: Death | undefined;
    readonly during?: During | undefined;
    readonly watcher?: { readonly death?: Death | undefined } | undefined;
}

interface During {
    readonly act: string;
    readonly at: "beginning" | "middle" | "end";
}

interface Death {
    readonly call: number;
    readonly after: boolean;
}

/** A process that dies at one of its calls to the outside: that and later ones never return. */
class Mortal {
    readonly died: Promise<"died">;
    readonly #death: Death | undefined;
    #calls = 0;
    #die: (how: "died") => void = () => undefined;

    constructor(death: Death | undefined) {
        this.#death = death;
        this.died = new Promise((resolve) => {
            this.#die = resolve;
        });
    }

    async call<Result>(effect: () => Promise<Result>): Promise<Result> {
        this.#calls += 1;
        const deadAt = this.#death?.call ?? Infinity;
        if (this.#calls < deadAt) return await effect();
        if (this.#calls === deadAt) {
            if (this.#death?.after) await effect().catch(() => undefined);
            this.#die("died");
        }
        return await new Promise<never>(() => undefined);
    }
}

/** A message as its patient remembers it. */
interface Sent {
    readonly id: string;
    readonly act: string;
    /** What is said in it, as it was edited last. */
    words: string;
}

const texts = {
    help: notices("help", "en"),
    reset: notices("reset-done", "en"),
    stopped: notices("stopped", "en"),
    nothing: notices("nothing-to-stop", "en"),
    aside: notices("set-aside", "en"),
};

/** A clinic with two patients, on one queue. */
class Clinic {
    readonly #mailboxes = new MemoryMailboxes();
    readonly #platform: JournalingPlatform = createJournalingPlatform();
    readonly #sent: readonly Sent[][] = [[], []];
    /** Which message each turn's reply answers. */
    readonly #repliesTo = new Map<string, string | undefined>();
    /** Deliveries that have begun before the end of their turn. */
    readonly #watching: Promise<unknown>[] = [];
    #count = 0;

    patient(chat: number, act: string): void {
        const sent = this.#sent[chat] ?? [];
        if (act === "edit") return this.#edit(chat);
        this.#count += 1;
        const id = String(this.#count);
        const words = act === "words" ? `I have had symptom${id}. since yesterday` : "";
        sent.push({ id, act, words });
        const command = act === "help" || act === "reset" || act === "stop";
        this.#mailboxes.accept({
            ...this.#message(chat, id, command ? `/${act}` : words),
            attachments: act === "photo" ? [{ kind: "image", id: "photo" }] : [],
            ...(command ? { command: { name: act, argument: "" } } : {}),
        });
    }

    async work(chat: number, { death, during, watcher }: Course = {}): Promise<void> {
        const process = new Mortal(death);
        const shutdown = new AbortController();
        const key = keyOf(chat);
        const lane = this.#mailboxes.waitsIn(key);
        const claimed = await this.#mailboxes.claimTurn(key, shutdown.signal);
        if (!claimed) return;
        if (watcher) this.#watching.push(this.deliver(chat, watcher.death));
        const { turn } = claimed;
        const mortal: OpenTurn = {
            ...turn,
            commit: (outcome) =>
                process.call(async () => {
                    await turn.commit(outcome);
                    this.#repliesTo.set(turn.id, outcome.replyTo);
                }),
        };
        const interrupt = (): void => {
            if (during?.act === "takeover") claimed.end("died");
            else if (during?.act === "shutdown") shutdown.abort();
            else if (during) this.patient(chat, during.act);
        };
        const model = interruptedModel(process, interrupt, during?.at);
        const store = {
            ...this.#mailboxes.store,
            readImage: (...args: Parameters<MemoryMailboxes["store"]["readImage"]>) =>
                process.call(() => this.#mailboxes.store.readImage(...args)),
        };
        const parts = assemble(model, { store });
        const { notices: all, logger, settings, safety } = parts;
        const describeModel = () => process.call(() => Promise.resolve(model.description));
        const desk = { notices: all, logger, settings, safety, describeModel };
        const rules = { setAsideAfterDeaths: 2 };
        const answered = answerTurn(mortal, lane === "desk" ? desk : parts, rules);
        claimed.end(await Promise.race([answered.catch(handedOver), process.died]));
    }

    async deliver(chat: number, death?: Death): Promise<boolean> {
        const process = new Mortal(death);
        const claimed = this.#mailboxes.claimDelivery(keyOf(chat));
        if (!claimed) return false;
        const { delivery } = claimed;
        const { journal } = delivery;
        const mortal: OpenDelivery = {
            ...delivery,
            to: { ...delivery.to, messageId: delivery.id },
            journal: { ...journal, save: (state) => process.call(() => journal.save(state)) },
        };
        const platform: Platform = {
            ...this.#platform,
            startReply: (to, kept: Journal | undefined) => {
                const writer = this.#platform.startReply(to, kept);
                const finish: ReplyWriter["finish"] = async (reply, signal) => {
                    await writer.finish(reply, signal);
                    await process.call(() => Promise.resolve());
                };
                return { ...writer, finish };
            },
        };
        const parts = assemble(createScriptedModel(() => ""));
        const delivered = deliverReply(mortal, platform, parts, { deliveryGiveUpMs: 1e9 });
        claimed.end(await Promise.race([delivered.catch(handedOver), process.died]));
        return true;
    }

    fetchPictures(): void {
        const image: ModelImage = {
            id: "a".repeat(64),
            side: 28,
            rgb: new Uint8Array(28 * 28 * 3),
        };
        for (const message of this.#mailboxes.duePictures("telegram:clinic")) {
            this.#mailboxes.putPictures(message, { images: [image], refusals: [] });
        }
    }

    /** Nothing goes wrong any more, until nothing waits. */
    async settle(): Promise<void> {
        this.fetchPictures();
        for (const chat of chats) {
            while (this.#mailboxes.waitsIn(keyOf(chat))) await this.work(chat);
        }
        await Promise.all(this.#watching);
        for (const chat of chats) while (await this.deliver(chat));
    }

    /** Each reply answers the messages between the one before and the one beneath which it stands. */
    expectAnswered(chat: number): void {
        const sent = this.#sent[chat] ?? [];
        let next = 0;
        /** Since the conversation began, or began anew. */
        let answersBefore = false;
        for (const { to, text, growing } of this.#platform.screen(keyOf(chat))) {
            expect(growing).toBe(false);
            const beneath = this.#repliesTo.get(to.messageId ?? "");
            // A /stop is answered by the end of the answer that it stopped.
            if (answersBefore && sent[next]?.id !== beneath) {
                while (sent[next]?.act === "stop" && text !== texts.stopped) next += 1;
            }
            const last = sent.findIndex(({ id }) => id === beneath);
            expect(last).toBeGreaterThanOrEqual(next);
            expectReply(text, sent.slice(next, last + 1));
            if (answersBefore) expect(text).not.toBe(texts.nothing);
            answersBefore = !text.includes(texts.reset) && (answersBefore || isAnswer(text));
            next = last + 1;
        }
        const left = sent.slice(next).map(({ act }) => act);
        expect(left).toEqual(answersBefore ? left.map(() => "stop") : []);
    }

    #edit(chat: number): void {
        const latest = this.#sent[chat]?.findLast(({ act }) => act === "words");
        if (!latest) return;
        this.#count += 1;
        const words = `I have had symptom${this.#count}. since today`;
        const edited = { ...this.#message(chat, latest.id, words), edit: true };
        if (this.#mailboxes.accept(edited) === "replaced") latest.words = words;
    }

    #message(chat: number, id: string, text: string): InboundMessage {
        return { id, conversation: keyOf(chat), receivedAtMs: this.#count, text, attachments: [] };
    }
}

/** A model during whose answer something happens. */
function interruptedModel(
    process: Mortal,
    interrupt: () => void,
    at: During["at"] | undefined,
): ChatModel {
    const model = createScriptedModel(({ messages }, { signal }) => {
        const last = messages.at(-1);
        if (at !== "end") interrupt();
        if (at === "beginning" && signal.aborted) return "";
        return `You said (${last?.images.length} pictures): ${last?.text}`;
    });
    const generate = async (...args: Parameters<ChatModel["generate"]>) => {
        const completion: ChatCompletion = await model.generate(...args);
        if (at === "end") interrupt();
        return completion;
    };
    return { ...model, generate: (...args) => process.call(() => generate(...args)) };
}

function keyOf(chat: number): ConversationKey {
    return `telegram:clinic:${chat}`;
}

function isAnswer(text: string): boolean {
    return text.includes("You said (");
}

function handedOver(error: unknown): { readonly againInMs: number } {
    if (!isAppError(error, "aborted")) throw error;
    return { againInMs: 0 };
}

function expectReply(text: string, messages: readonly Sent[]): void {
    const acts = messages.map(({ act }) => act);
    const questions = messages.filter(({ act }) => act === "words" || act === "photo");
    const commands = acts.filter((act) => act === "help" || act === "reset");
    if (acts.at(-1) === "stop") {
        const parts = commands.map((act) => (act === "help" ? texts.help : texts.reset));
        const all = [...parts, texts.stopped].join("\n\n");
        expect(text).toBe(messages.length > 1 ? all : texts.nothing);
    } else if (commands.length > 0) {
        expect(acts).toHaveLength(1);
        expect(text).toBe(acts[0] === "help" ? texts.help : texts.reset);
    } else if (text !== texts.aside) {
        const pictures = questions.filter(({ act }) => act === "photo").length;
        expect(text).toContain(`You said (${Math.min(pictures, 2)} pictures): `);
        const said = messages.map(({ words }) => words).filter((words) => words !== "");
        expect(text.match(/I have had symptom\d+\. since \w+/g) ?? []).toEqual(said);
    }
}
