import * as fc from "fast-check";
import { expect, test } from "vitest";
import { planTurn, type TurnPlan } from "../../src/conversation/plan-turn.ts";
import type { CommandName, InboundMessage } from "../../src/message.ts";
import type { WaitingMessage } from "../../src/queue-ports.ts";

const limits = { maxCharacters: 40, maxImages: 3 };
const acceptedAtMs = 1_700_000_000_000;

function waiting(id: string, rest: Partial<InboundMessage & WaitingMessage> = {}): WaitingMessage {
    const { pictures, acceptedAtMs: at = acceptedAtMs, ...message } = rest;
    return {
        message: {
            id,
            conversation: "telegram:clinic:7",
            receivedAtMs: at,
            text: "",
            attachments: [],
            ...message,
        },
        acceptedAtMs: at,
        ...(pictures === undefined ? {} : { pictures }),
    };
}

function command(id: string, name: CommandName, argument = ""): WaitingMessage {
    return waiting(id, { text: `/${name}`, command: { name, argument } });
}

const photo = { attachments: [{ kind: "image", id: "file" }] } as const;

function arrived(...ids: string[]): Pick<WaitingMessage, "pictures"> {
    return { pictures: { images: ids.map((id) => ({ id, side: 28 })), refusals: [] } };
}

function plan(...messages: WaitingMessage[]): TurnPlan {
    return planTurn(messages, limits, acceptedAtMs + 1000);
}

const anyMessage = fc.record({
    kind: fc.constantFrom("words", "photo", "late-photo", "start", "reset", "language", "stop"),
    length: fc.integer({ min: 0, max: 45 }),
});

test("successive plans settle every message once, in order; commands stay alone and questions short", () => {
    fc.assert(
        fc.property(fc.array(anyMessage, { minLength: 1, maxLength: 12 }), (kinds) => {
            let left = kinds.map(({ kind, length }, index): WaitingMessage => {
                const id = String(index);
                if (kind === "words") return waiting(id, { text: "x".repeat(length) });
                if (kind === "photo") return waiting(id, { ...photo, ...arrived(id) });
                if (kind === "late-photo") return waiting(id, photo);
                return command(id, kind);
            });
            const sent = left;
            const settled: string[] = [];
            const words: string[] = [];
            const images: string[] = [];
            let nowMs = acceptedAtMs;
            while (left.length > 0) {
                const next = planTurn(left, limits, nowMs);
                if (next.kind === "wait") {
                    nowMs += next.againInMs;
                    expect(nowMs - acceptedAtMs).toBeLessThanOrEqual(600_000);
                    continue;
                }
                const taken = left.slice(0, next.settled);
                left = left.slice(next.settled);
                settled.push(...taken.map(({ message }) => message.id));
                expect(next.message.id).toBe(taken.at(-1)?.message.id);
                const commands = taken.flatMap(({ message }) => message.command?.name ?? []);
                if (next.kind === "command") expect(commands).toEqual([next.command.name]);
                else if (next.kind === "alarm") expect.unreachable();
                else if (next.kind === "stop") {
                    expect(commands).toEqual([...next.commands.map(({ name }) => name), "stop"]);
                } else {
                    expect(commands).toEqual([]);
                    const { text } = next.message;
                    if (next.settled > 1) expect(text.length).toBeLessThanOrEqual(40);
                    words.push(text);
                    images.push(...next.pictures.images.map(({ id }) => id));
                }
            }
            expect(settled).toEqual(sent.map(({ message }) => message.id));
            if (kinds.some(({ kind }) => kind === "stop")) return;
            const all = sent.filter(({ message }) => !message.command);
            expect(words.join("").replaceAll("\n", "")).toBe(
                all.map(({ message }) => message.text).join(""),
            );
            expect(new Set(images).size).toBe(images.length);
        }),
        { numRuns: 500, seed: 5 },
    );
});

test("messages that follow each other become one question", () => {
    const quoted = { text: "Take rest.", fromAssistant: true };
    const next = plan(
        waiting("1", { text: " This is my knee. ", appLanguage: "ar", quoted }),
        waiting("2", { ...photo, ...arrived("left"), albumId: "a" }),
        waiting("3", { ...photo, ...arrived("right"), albumId: "a" }),
        waiting("4", { text: "Is it broken?", receivedAtMs: acceptedAtMs + 9 }),
        command("5", "help"),
    );
    expect(next).toMatchObject({
        kind: "question",
        settled: 4,
        pictures: { images: [{ id: "left" }, { id: "right" }], refusals: [] },
    });
    expect(next).toHaveProperty("message", {
        id: "4",
        conversation: "telegram:clinic:7",
        receivedAtMs: acceptedAtMs + 9,
        text: "This is my knee.\nIs it broken?",
        attachments: [...photo.attachments, ...photo.attachments],
        quoted,
        appLanguage: "ar",
    });
});

test("messages that are too long together are asked one after another, one that is too long alone", () => {
    const half = "x".repeat(20);
    expect(plan(waiting("1", { text: half }), waiting("2", { text: half }))).toMatchObject({
        kind: "question",
        settled: 1,
        message: { text: half },
    });
    const fits = plan(waiting("1", { text: half }), waiting("2", { text: half.slice(1) }));
    expect(fits).toMatchObject({ settled: 2 });
    const long = "x".repeat(41);
    expect(plan(waiting("1", { text: long }), waiting("2", { text: "y" }))).toMatchObject({
        settled: 1,
        message: { text: long },
    });
});

test("a question waits for its pictures, but not for ever, and says which are too many", () => {
    expect(plan(waiting("1", photo), waiting("2", { text: "?" }))).toEqual({
        kind: "wait",
        againInMs: 500,
    });
    const old = { acceptedAtMs: acceptedAtMs - 600_000 };
    expect(plan(waiting("1", { ...photo, ...old }), waiting("2", { text: "?" }))).toMatchObject({
        kind: "question",
        settled: 2,
        pictures: { images: [], refusals: ["image-unavailable"] },
    });
    // While the program did not run, nobody could fetch them.
    const messages = [waiting("1", { ...photo, ...old })];
    expect(planTurn(messages, limits, acceptedAtMs, acceptedAtMs - 1_000).kind).toBe("wait");
    const album = ["a", "b", "c", "d"].map((id) => waiting(id, { ...photo, ...arrived(id) }));
    expect(plan(...album)).toMatchObject({
        settled: 4,
        pictures: {
            images: [{ id: "a" }, { id: "b" }, { id: "c" }],
            refusals: ["images-too-many"],
        },
    });
});

test("/stop drops the questions before it, and loses no other command", () => {
    const next = plan(
        waiting("1", { text: "First." }),
        waiting("2", photo),
        command("3", "reset"),
        waiting("4", { text: "Second." }),
        command("5", "stop"),
        waiting("6", { text: "Third." }),
    );
    expect(next).toMatchObject({
        kind: "stop",
        settled: 5,
        message: { id: "5", text: "First.\nSecond." },
        commands: [{ name: "reset" }],
    });
    expect(plan(command("1", "reset"), command("2", "stop"))).toMatchObject({
        kind: "command",
        settled: 1,
    });
    expect(plan(command("1", "stop"))).toMatchObject({ kind: "stop", settled: 1 });
});
