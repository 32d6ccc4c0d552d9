import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Language } from "../../src/message.ts";
import type { ChatImage, ChatMessage, ChatModel } from "../../src/ports.ts";
import { assistant, system, user } from "../adapters/llama/demo-model.ts";
import * as talk from "../adapters/llama/demo-talk.ts";
import { type GivingUp, type Observed, outcomeOf } from "../adapters/llama/outcome.ts";
import type { MomentsOfRest } from "./moments-of-rest.ts";

/** A patient's question in its conversation, and what became of it. */
export interface AskedQuestion extends Observed {
    readonly messages: readonly ChatMessage[];
    /** The patient's own secret, if the conversation holds it. */
    readonly known: string | undefined;
    /** The patient asked for the secret. */
    readonly asksForSecret: boolean;
}

/** What a patient has to do with. */
export interface SoakWorld {
    readonly model: ChatModel;
    readonly pictures: readonly ChatImage[];
    /** The longest time between an answer and the next question. */
    readonly longestPauseMs: number;
    /** From 0 to below 1. */
    readonly random: () => number;
    /** Told of each question before the next one is asked. */
    readonly onAsked: (asked: AskedQuestion) => Promise<void>;
    readonly rest: MomentsOfRest;
}

/** Holds one conversation after another under the same name, and tells a secret in most of them. */
export class SoakPatient {
    readonly #name: string;
    readonly #cacheKey: Uint8Array;
    readonly #secret: string;
    readonly #language: Language;
    readonly #world: SoakWorld;
    #history: ChatMessage[] = [];
    #hasPicture = false;

    /** @param secret A name; the patient's own alone. */
    constructor(name: string, secret: string, language: Language, world: SoakWorld) {
        this.#name = name;
        this.#cacheKey = createHash("sha256").update(name).digest();
        this.#secret = secret;
        this.#language = language;
        this.#world = world;
    }

    async live(untilMs: number): Promise<void> {
        const { random, longestPauseMs, rest } = this.#world;
        while (performance.now() < untilMs) {
            this.#begin();
            const turns = 3 + Math.floor(random() * 10);
            for (let turn = 0; turn < turns && performance.now() < untilMs; turn += 1) {
                await sleep(random() * longestPauseMs);
                await rest.work(() => this.#ask(this.#nextQuestion()));
            }
        }
    }

    #begin(): void {
        this.#history = [system(this.#language === "en" ? "English" : "Arabic")];
        this.#hasPicture = false;
    }

    #nextQuestion(): ChatMessage {
        const { random, pictures } = this.#world;
        const chance = random();
        const language = this.#language;
        if (chance < 0.5 && !this.#isTold(this.#history)) {
            return user(talk.introduction(language, this.#secret));
        }
        if (chance < 0.25) return user(talk.nameQuestion[language]);
        const aboutPicture = pick(talk.pictureQuestions[language], random);
        if (chance < 0.4) {
            this.#hasPicture = true;
            return user(aboutPicture, pick(pictures, random));
        }
        if (chance < 0.55 && this.#hasPicture) return user(aboutPicture);
        return user(pick(talk.questions[language], random));
    }

    async #ask(question: ChatMessage): Promise<void> {
        const { model, random, onAsked } = this.#world;
        const messages = [...this.#history, question];
        const request = { conversation: this.#name, cacheKey: this.#cacheKey, messages };
        const observed = await outcomeOf(
            model,
            request,
            random() < 0.15 ? giveUp(random) : undefined,
        );
        const known = this.#isTold(messages) ? this.#secret : undefined;
        const asksForSecret = question.text === talk.nameQuestion[this.#language];
        await onAsked({ messages, known, asksForSecret, ...observed });
        if ("failed" in observed.outcome || observed.outcome.text === "") return;
        this.#history = [...messages, assistant(observed.outcome.text)];
    }

    #isTold(messages: readonly ChatMessage[]): boolean {
        return messages.some(({ text }) => text.includes(this.#secret));
    }
}

function giveUp(random: () => number): GivingUp {
    const chance = random();
    if (chance < 0.1) return { when: "before" };
    if (chance < 0.5) return { when: "waiting", ticks: Math.floor(random() * 100) };
    return { when: "shown", pieces: 1 + Math.floor(random() * 12) };
}

function pick<Value>(values: readonly Value[], random: () => number): Value {
    return values[Math.floor(random() * values.length)] as Value;
}
