import { createHash } from "node:crypto";
import type { ChatImage, ChatMessage, ChatModel } from "../../../src/ports.ts";
import { assistant, system, user } from "./demo-model.ts";
import { type GivingUp, type Observed, type Outcome, outcomeOf } from "./outcome.ts";

/** One thing that happens to some conversations of one model. */
export type Step =
    /** A question is asked, as soon as the conversation's last one has been answered. */
    | {
          readonly step: "ask";
          readonly who: number;
          readonly text: string;
          readonly pictures: readonly string[];
          readonly maxTokens?: number | undefined;
          readonly givesUp?: GivingUp | undefined;
          /** The same is asked twice at the same time. */
          readonly twice?: true | undefined;
      }
    /** An earlier message is taken away, or becomes another one. */
    | {
          readonly step: "edit";
          readonly who: number;
          readonly place: number;
          readonly text: string | undefined;
      }
    /** What they begin with is read ahead. */
    | { readonly step: "prepare" }
    /** All questions are answered before anything else happens. */
    | { readonly step: "settle" }
    /** The model is closed, which ends the running answers, and opened anew. */
    | { readonly step: "reopen" };

/** A request, and what became of it. */
export interface Asked extends Observed {
    readonly messages: readonly ChatMessage[];
    readonly maxTokens?: number;
}

interface Conversation {
    readonly name: string;
    history: ChatMessage[];
    running: Promise<void>;
}

type Question = Extract<Step, { step: "ask" }>;

/** Conversations that are held at once. */
export class AskedConversations {
    /** In the order of their ends. */
    readonly asked: Asked[] = [];
    readonly #open: () => Promise<ChatModel>;
    readonly #pictures: ReadonlyMap<string, ChatImage>;
    readonly #conversations: readonly Conversation[];
    #model: ChatModel;

    constructor(
        model: ChatModel,
        open: () => Promise<ChatModel>,
        pictures: ReadonlyMap<string, ChatImage>,
        names: readonly string[],
    ) {
        this.#model = model;
        this.#open = open;
        this.#pictures = pictures;
        this.#conversations = names.map((name, index) => ({
            name,
            history: [system(index % 2 === 0 ? "English" : "Arabic")],
            running: Promise.resolve(),
        }));
    }

    /** The one that is open now. */
    get model(): ChatModel {
        return this.#model;
    }

    async perform(steps: readonly Step[]): Promise<void> {
        for (const step of steps) await this.#perform(step);
        await this.#settle();
    }

    async #perform(step: Step): Promise<void> {
        if (step.step === "prepare") return void this.#prepare();
        if (step.step === "settle") return await this.#settle();
        if (step.step === "reopen") return await this.#reopen();
        const conversation = this.#conversations[step.who];
        if (conversation === undefined) return;
        await conversation.running;
        if (step.step === "edit") edit(conversation.history, step.place, step.text);
        else conversation.running = this.#ask(conversation, step);
    }

    async #prepare(): Promise<void> {
        await this.#model.prepare?.([system("Arabic").text, system("English").text]);
    }

    async #settle(): Promise<void> {
        await Promise.all(this.#conversations.map(({ running }) => running));
    }

    async #reopen(): Promise<void> {
        await this.#model.close();
        await this.#settle();
        this.#model = await this.#open();
    }

    async #ask(conversation: Conversation, question: Question): Promise<void> {
        const pictures = question.pictures.map((name) => this.#picture(name));
        const messages = [...conversation.history, user(question.text, ...pictures)];
        const answers = [this.#answer(conversation.name, messages, question)];
        if (question.twice) answers.push(this.#answer(conversation.name, messages, question));
        const [outcome] = await Promise.all(answers);
        if (outcome === undefined || "failed" in outcome || outcome.text === "") return;
        conversation.history = [...messages, assistant(outcome.text)];
    }

    async #answer(
        conversation: string,
        messages: readonly ChatMessage[],
        { maxTokens, givesUp }: Question,
    ): Promise<Outcome> {
        const prompt = { messages, ...(maxTokens !== undefined && { maxTokens }) };
        // What is parked of it outlives the model
        const cacheKey = createHash("sha256").update(conversation).digest();
        const request = { conversation, cacheKey, ...prompt };
        const observed = await outcomeOf(this.#model, request, givesUp);
        this.asked.push({ ...prompt, ...observed });
        return observed.outcome;
    }

    #picture(name: string): ChatImage {
        const lost = { id: name, load: () => Promise.reject(new Error("expired")) };
        return this.#pictures.get(name) ?? lost;
    }
}

/** The system message and the form of the conversation stay. */
function edit(history: ChatMessage[], place: number, text: string | undefined): void {
    if (history.length < 3) return;
    const index = 1 + (place % (history.length - 1));
    const message = history[index];
    if (message === undefined) return;
    if (text !== undefined) history[index] = { ...message, text };
    // A question goes with its answer
    else history.splice(message.role === "user" ? index : index - 1, 2);
}
