import { expect, test } from "vitest";
import { answerTurn } from "../src/answer-turn.ts";
import type { AssistantParts, DeskParts } from "../src/assistant.ts";
import { AppError } from "../src/errors.ts";
import type { ImageReference, InboundMessage, Reply } from "../src/message.ts";
import type { TurnEnd, TurnOutcome } from "../src/queue-ports.ts";
import {
    assemble,
    conversation,
    echo,
    failing,
    failingAfter,
    message,
    notices,
} from "./fakes/assembled-parts.ts";
import { MemoryMailboxes } from "./fakes/memory-mailboxes.ts";
import { createRecordingLogger } from "./fakes/recording-logger.ts";
import { createScriptedModel, type Script } from "./fakes/scripted-model.ts";

const picture = { id: "f".repeat(64), side: 28, rgb: new Uint8Array(28 * 28 * 3) };
const scan = { attachments: [{ kind: "image", id: "scan" }] } as const;

function command(name: "start" | "help" | "reset" | "stop", text = `/${name}`): InboundMessage {
    return message(text, { command: { name, argument: "" } });
}

/** A worker, its queue, and what it has answered. */
class Bench {
    readonly mailboxes = new MemoryMailboxes();
    readonly parts: AssistantParts;
    readonly stop = new AbortController();

    constructor(script: Script, changes: Partial<AssistantParts> = {}) {
        const model = createScriptedModel(script);
        this.parts = assemble(model, { store: this.mailboxes.store, ...changes });
    }

    accept(...messages: InboundMessage[]): void {
        for (const one of messages) this.mailboxes.accept(one);
    }

    async answer(parts: AssistantParts | DeskParts = this.parts): Promise<TurnEnd> {
        const claimed = await this.mailboxes.claimTurn(conversation, this.stop.signal);
        if (!claimed) throw new Error("Nothing is to be answered.");
        let end: TurnEnd = { againInMs: 0 };
        try {
            end = await answerTurn(claimed.turn, parts, { setAsideAfterDeaths: 2 });
            return end;
        } finally {
            claimed.end(end);
        }
    }

    /** What the patient gets, since the last look. */
    async replies(): Promise<(Reply & { readonly to: string | undefined })[]> {
        const replies = [];
        for (;;) {
            const claimed = this.mailboxes.claimDelivery(conversation);
            const committed = await claimed?.delivery.reply();
            if (!claimed || !committed) return replies;
            replies.push({ ...committed.reply, to: claimed.delivery.to.messageId });
            claimed.end("delivered");
        }
    }

    async turns(): Promise<string[]> {
        return (await this.mailboxes.store.read(conversation)).turns.map(({ text }) => text);
    }
}

test("messages that belong together get one answer, beneath the last of them", async () => {
    const bench = new Bench(echo);
    const last = message("Is it broken?");
    bench.accept(message("This is my knee."), message("", scan), last);
    expect(await bench.answer()).toEqual({ againInMs: 500 });
    const [due] = bench.mailboxes.duePictures("terminal:local");
    if (due) bench.mailboxes.putPictures(due, { images: [picture], refusals: ["image-corrupt"] });
    expect(await bench.answer()).toBe("done");
    const text = [
        notices("image-corrupt", "en"),
        "You said: This is my knee.\nIs it broken?",
        notices("disclaimer-image", "en"),
    ].join("\n\n");
    expect(await bench.replies()).toEqual([{ text, language: "en", to: last.id }]);
    expect(bench.mailboxes.waitsIn(conversation)).toBeUndefined();
    const { turns } = await bench.mailboxes.store.read(conversation);
    expect(turns.map(({ images }) => images)).toEqual([[{ id: picture.id, side: 28 }], []]);
});

test.each<[string, ImageReference, boolean]>([
    ["that is gone", { id: "0".repeat(64), side: 28 }, false],
    ["that was made ready for another model", { id: picture.id, side: 56 }, true],
])("a picture %s is told, and the words are answered", async (_name, reference, isStored) => {
    const memory = new MemoryMailboxes().store;
    const readImage = () => Promise.resolve(isStored ? picture : undefined);
    const bench = new Bench(echo, { store: { ...memory, readImage } });
    const photo = message("What is this?", scan);
    bench.accept(photo);
    const image = { ...reference, rgb: new Uint8Array() };
    bench.mailboxes.putPictures(photo, { images: [image], refusals: [] });
    await bench.answer();
    const [reply] = await bench.replies();
    expect(reply?.text.split("\n\n").slice(0, 2)).toEqual([
        notices("image-unavailable", "en"),
        "You said: What is this?",
    ]);
});

test("what is being written is shown from its beginning", async () => {
    const bench = new Bench(() => "Rest in a quiet room. Drink water. It often");
    bench.accept(message("I have a headache"));
    const claimed = await bench.mailboxes.claimTurn(conversation);
    const shown: string[] = [];
    const delivery = bench.mailboxes.claimDelivery(conversation);
    delivery?.delivery.onProgress((textSoFar) => shown.push(textSoFar));
    if (claimed) await answerTurn(claimed.turn, bench.parts, { setAsideAfterDeaths: 2 });
    expect(shown.at(0)).toBe("Rest in a quiet room.");
    expect(shown.at(-1)).toBe("Rest in a quiet room. Drink water.");
});

test("a desk carries out commands, in the patient's language, and passes questions on", async () => {
    const bench = new Bench(echo);
    const { notices: all, logger, settings, safety } = bench.parts;
    const { description } = createScriptedModel(echo);
    const describeModel = () => Promise.resolve({ ...description, demonstration: true });
    const desk: DeskParts = { notices: all, logger, settings, safety, describeModel };
    bench.accept(message("عندي صداع منذ أمس"), command("reset"), command("start"));
    expect(await bench.answer(desk)).toBe("needs-model");
    await bench.answer();
    expect(await bench.turns()).toHaveLength(2);
    await bench.answer(desk);
    expect(await bench.turns()).toEqual([]);
    await bench.answer(desk);
    const texts = (await bench.replies()).map(({ text }) => text);
    expect(texts.slice(1)).toEqual([
        notices("reset-done", "ar"),
        `${notices("welcome", "en")}\n\n${notices("demonstration", "en")}`,
    ]);
});

test("/stop keeps what was written so far, and is not answered again by itself", async () => {
    const bench = new Bench((request, options) => {
        bench.accept(command("stop"));
        return echo(request, options);
    });
    bench.accept(message("I have a headache"));
    expect(await bench.answer()).toBe("done");
    expect(await bench.answer()).toBe("done");
    const text = [
        "You said: I have a headache",
        notices("answer-stopped", "en"),
        notices("disclaimer", "en"),
    ].join("\n\n");
    expect((await bench.replies()).map((reply) => reply.text)).toEqual([text]);
    expect(await bench.turns()).toEqual(["I have a headache", "You said: I have a headache"]);
});

test("/stop before the first word is confirmed, and the question is not remembered", async () => {
    const bench = new Bench(() => {
        bench.accept(command("stop"));
        return "";
    });
    bench.accept(message("عندي صداع منذ أمس"));
    expect(await bench.answer()).toEqual({ againInMs: 0 });
    expect(await bench.answer()).toBe("done");
    const replies = await bench.replies();
    expect(replies.map(({ text }) => text)).toEqual([notices("stopped", "ar")]);
    expect(await bench.turns()).toEqual([]);
});

test("/stop says when there is nothing to stop", async () => {
    const bench = new Bench(echo);
    bench.accept(command("stop"));
    await bench.answer();
    const replies = await bench.replies();
    expect(replies.map(({ text }) => text)).toEqual([notices("nothing-to-stop", "en")]);
});

test.each(["middle", "end"])(
    "a message that is edited while it is being answered, at the %s, is answered anew",
    async (when) => {
        const first = message("I have a headache");
        const edited = { ...first, text: "I have a toothache", edit: true };
        const bench = new Bench((request, options) => {
            if (when === "middle") bench.accept(edited);
            return echo(request, options);
        });
        const { model } = bench.parts;
        const generate: typeof model.generate = async (...args) => {
            const completion = await model.generate(...args);
            if (when === "end") bench.accept(edited);
            return completion;
        };
        bench.accept(first);
        const parts = { ...bench.parts, model: { ...model, generate } };
        expect(await bench.answer(parts)).toEqual({ againInMs: 0 });
        expect(await bench.replies()).toEqual([]);
        expect(await bench.answer(assemble(createScriptedModel(echo)))).toBe("done");
        const [reply] = await bench.replies();
        expect(reply?.text).toContain("You said: I have a toothache");
    },
);

test("a process that stops hands its turn over, but keeps an answer that is complete", async () => {
    const cut = new Bench((request, options) => {
        cut.stop.abort();
        return echo(request, options);
    });
    cut.accept(message("I have a headache"));
    await expect(cut.answer()).rejects.toMatchObject({ code: "aborted" });
    expect(await cut.replies()).toEqual([]);

    const whole = new Bench(echo);
    const { model } = whole.parts;
    const generate: typeof model.generate = async (...args) => {
        const completion = await model.generate(...args);
        whole.stop.abort();
        return completion;
    };
    whole.accept(message("I have a headache"));
    expect(await whole.answer({ ...whole.parts, model: { ...model, generate } })).toBe("done");
    expect(await whole.replies()).toHaveLength(1);
});

test("a turn that killed its worker twice is set aside with an honest word, and the next one is answered", async () => {
    const logger = createRecordingLogger();
    const bench = new Bench(echo, { logger });
    const secret = "My secret illness is back";
    bench.accept(message(secret));
    for (const _ of [1, 2]) (await bench.mailboxes.claimTurn(conversation))?.end("died");
    expect(await bench.answer()).toBe("done");
    bench.accept(message("I have a headache"));
    expect(await bench.answer()).toBe("done");
    const [aside, next] = await bench.replies();
    expect(aside?.text).toBe(notices("set-aside", "en"));
    expect(next?.text).toContain("You said: I have a headache");
    expect(logger.entries).toEqual([
        { level: "error", fields: { deaths: 2 }, sentence: expect.not.stringContaining(secret) },
    ]);
});

test("a failing model is apologised for once, in the patient's language, and the turn is forgotten", async () => {
    const bench = new Bench(() => {
        throw new AppError("model-failed", "Out of luck.", { retryable: true });
    });
    bench.accept(message("عندي سعال خفيف"));
    expect(await bench.answer()).toBe("done");
    const replies = await bench.replies();
    expect(replies.map(({ text }) => text)).toEqual([notices("failed", "ar")]);
    expect(await bench.turns()).toEqual([]);
});

test("a store that is away is waited for: its pictures by the queue, its commit here, without asking again", async () => {
    const bench = new Bench(echo);
    const photo = message("What is this?", scan);
    bench.accept(photo);
    bench.mailboxes.putPictures(photo, { images: [picture], refusals: [] });
    const claimed = await bench.mailboxes.claimTurn(conversation);
    if (!claimed) throw new Error("Nothing is to be answered.");
    const rules = { setAsideAfterDeaths: 2 };
    const blind = { ...bench.parts, store: failing(bench.mailboxes.store, "readImage", 1) };
    await expect(answerTurn(claimed.turn, blind, rules)).rejects.toMatchObject({
        code: "store-unavailable",
    });
    const model = createScriptedModel(echo);
    const outcomes: TurnOutcome[] = [];
    const commit = async (outcome: TurnOutcome): Promise<void> => {
        outcomes.push(outcome);
        await claimed.turn.commit(outcome);
    };
    const turn = failingAfter(failing({ ...claimed.turn, commit }, "commit", 2), "commit");
    expect(await answerTurn(turn, { ...bench.parts, model }, rules)).toBe("done");
    expect(model.requests).toHaveLength(1);
    expect(await bench.replies()).toHaveLength(1);
    // The pictures are there since they arrived.
    expect(outcomes.map(({ change }) => change?.images)).toEqual([[], []]);
});

test("a turn that another process has taken over ends quietly, at whichever moment", async () => {
    for (const when of ["middle", "end"]) {
        const bench = new Bench((request, options) => {
            if (when === "middle") claimed?.end("died");
            return echo(request, options);
        });
        bench.accept(message("I have a headache"));
        const claimed = await bench.mailboxes.claimTurn(conversation);
        const { model } = bench.parts;
        const generate: typeof model.generate = async (...args) => {
            const completion = await model.generate(...args);
            claimed?.end("died");
            return completion;
        };
        const parts = { ...bench.parts, model: { ...model, generate } };
        if (!claimed) throw new Error("Nothing is to be answered.");
        expect(await answerTurn(claimed.turn, parts, { setAsideAfterDeaths: 2 })).toBe("done");
        expect(await bench.replies()).toEqual([]);
    }
});
