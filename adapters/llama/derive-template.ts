import { Template } from "@huggingface/jinja";
import { AppError } from "../../src/errors.ts";
import type { ChatTemplate, TemplatePart } from "./chat-template.ts";

/** What a vocabulary says about its special tokens. */
export interface SpecialTexts {
    readonly bos: string;
    readonly eos: string;
    /** Whether a prompt must begin with the first one, whatever the template says. */
    readonly needsBos: boolean;
    /** Matches the text of each special token, in a group of its own. */
    readonly specials: RegExp | undefined;
}

interface JinjaMessage {
    readonly role: "system" | "user" | "assistant";
    readonly content: string;
}

/** The stretches of a template, before special tokens are told from text. */
interface Stretches {
    readonly startWithSystem: string;
    readonly startWithoutSystem: string;
    readonly system: Around;
    readonly user: Around;
    readonly assistant: Around;
    readonly isSystemWithinQuestion: boolean;
    readonly answer: string;
}

interface Around {
    readonly before: string;
    readonly after: string;
}

const system: JinjaMessage = { role: "system", content: "system-0f3a" };
const question: JinjaMessage = { role: "user", content: "question-1b7c" };
const answered: JinjaMessage = { role: "assistant", content: "answer-2d9e" };
const further: JinjaMessage = { role: "user", content: "question-3e5f" };

/**
 * Reads a Jinja template, as models' files hold it, by what it makes of a few conversations. What
 * people write never goes through the template itself.
 *
 * @throws `model-invalid` when its conversations do not follow one pattern.
 */
export function deriveTemplate(jinja: string, texts: SpecialTexts): ChatTemplate {
    try {
        const render = renderer(jinja, texts);
        const stretches = findStretches(render);
        expectSame(stretches, render);
        return toTemplate(stretches, texts);
    } catch (cause) {
        throw new AppError(
            "model-invalid",
            "The chat template in the model's file is of a kind that cannot be used here.",
            {
                remedy: "Set template in the model's profile to the name of one (docs/models.md), or let the model answer on a server (docs/model-server.md).",
                cause,
            },
        );
    }
}

type Render = (messages: readonly JinjaMessage[], opensAnswer?: boolean) => string;

function renderer(jinja: string, { bos, eos }: SpecialTexts): Render {
    const template = new Template(jinja);
    return (messages, opensAnswer = false) =>
        template.render({
            messages,
            add_generation_prompt: opensAnswer,
            bos_token: bos,
            eos_token: eos,
            // Thoughts take patients' time and are not shown
            enable_thinking: false,
        });
}

function findStretches(render: Render): Stretches {
    const one = around(render([question]), question.content);
    const two = render([question, answered, further]);
    const reply = behind(two, one.before + question.content + one.after);
    const { before: assistantBefore, after: rest } = around(reply, answered.content);
    const spoken = one.before + question.content + one.after + assistantBefore + answered.content;
    // Some write a last answer otherwise, with room for thoughts
    const last = attempt(() => behind(render([question, answered]), spoken));
    const assistantAfter = last ?? (rest.startsWith(one.after) ? one.after : "");
    const userBefore = around(behind(rest, assistantAfter), further.content).before;
    const startWithoutSystem = ahead(one.before, userBefore);
    const user = { before: userBefore, after: one.after };
    return {
        ...findSystem(render, startWithoutSystem, userBefore),
        startWithoutSystem,
        user,
        assistant: { before: assistantBefore, after: assistantAfter },
        answer: behind(render([question], true), one.before + question.content + one.after),
    };
}

/** A template without a role for the system writes its message before the first question. */
function findSystem(
    render: Render,
    start: string,
    userBefore: string,
): Pick<Stretches, "startWithSystem" | "system" | "isSystemWithinQuestion"> {
    const rendered = attempt(() => render([system, question]));
    if (rendered?.includes(system.content) !== true) {
        const own = { before: userBefore, after: "\n\n" };
        return { startWithSystem: start, system: own, isSystemWithinQuestion: true };
    }
    const { before, after } = around(rendered, system.content);
    const between = around(after, question.content).before;
    const isSystemWithinQuestion = !between.endsWith(userBefore) || userBefore === "";
    const startWithSystem = before.startsWith(start) ? start : "";
    return {
        startWithSystem,
        system: {
            before: behind(before, startWithSystem),
            after: isSystemWithinQuestion ? between : ahead(between, userBefore),
        },
        isSystemWithinQuestion,
    };
}

/** What was found must make longer conversations too. */
function expectSame(found: Stretches, render: Render): void {
    const turns = [question, answered, further, { ...answered, content: "answer-4a6b" }, question];
    if (render(turns, true) !== compose(found, turns)) throw new Error("the turns differ");
    const withSystem = [system, ...turns];
    const rendered = attempt(() => render(withSystem, true));
    if (rendered?.includes(system.content) !== true) return;
    if (rendered !== compose(found, withSystem)) throw new Error("the system message differs");
}

function compose(found: Stretches, messages: readonly JinjaMessage[]): string {
    const start = messages[0] === system ? found.startWithSystem : found.startWithoutSystem;
    const turns = messages.map(({ role, content }, index) => {
        const isWithin = found.isSystemWithinQuestion && messages[index - 1] === system;
        return (isWithin ? "" : found[role].before) + content + found[role].after;
    });
    return start + turns.join("") + found.answer;
}

function toTemplate(found: Stretches, texts: SpecialTexts): ChatTemplate {
    const opening = (start: string, next: string): TemplatePart[] => {
        const isThere = `${start}${next}`.startsWith(texts.bos);
        const prefix = texts.needsBos && texts.bos !== "" && !isThere ? texts.bos : "";
        return toParts(prefix + start, texts);
    };
    const both = ({ before, after }: Around): ChatTemplate["messages"]["user"] => ({
        before: toParts(before, texts),
        after: toParts(after, texts),
    });
    return {
        name: "gguf",
        start: {
            withSystem: opening(found.startWithSystem, found.system.before),
            withoutSystem: opening(found.startWithoutSystem, found.user.before),
        },
        messages: {
            system: both(found.system),
            user: both(found.user),
            assistant: both(found.assistant),
        },
        isSystemWithinQuestion: found.isSystemWithinQuestion,
        answer: toParts(found.answer, texts),
        images: { between: "\n", afterOne: "\n", afterSeveral: "\n" },
    };
}

/** The template's own text alone: what people write never comes here. */
function toParts(text: string, { specials }: SpecialTexts): TemplatePart[] {
    const pieces = specials === undefined ? [text] : text.split(specials);
    return pieces.flatMap((piece, index) =>
        piece === "" ? [] : [index % 2 === 1 ? { special: piece } : { text: piece }],
    );
}

function around(text: string, content: string): Around {
    const [before, after, ...more] = text.split(content);
    if (before === undefined || after === undefined || more.length > 0) {
        throw new Error("a message does not stand there once");
    }
    return { before, after };
}

function behind(text: string, start: string): string {
    if (!text.startsWith(start)) throw new Error("a turn begins otherwise");
    return text.slice(start.length);
}

function ahead(text: string, end: string): string {
    if (!text.endsWith(end)) throw new Error("a turn ends otherwise");
    return text.slice(0, text.length - end.length);
}

function attempt<Result>(action: () => Result): Result | undefined {
    try {
        return action();
    } catch {
        return undefined;
    }
}
