/**
 * Questions and answers that can be told apart, and what became of them. A question is named
 * `chat-number`; an answer says at its beginning and at its end which questions it answers.
 */

/** Names the nth question of a chat. */
export function questionName(chat: number, number: number): string {
    return `${String(chat)}-${String(number)}`;
}

/** The words in which a patient asks. */
export function questionText(name: string): string {
    return `Question [${name}]: what helps against a headache?`;
}

/** What is shown of an answer before its words are known; no answer holds it in the end. */
export const thinking = "Let me think.";

const places = ["room", "garden", "kitchen", "park", "yard", "hall", "street", "library", "shop"];
const drinks = ["water", "tea", "juice", "milk", "broth", "soup", "cocoa"];
const times = ["morning", "noon", "evening", "weekend", "afternoon", "holiday", "break", "week"];

/** So many sentences, no two alike: the review would end an answer that repeats itself. */
export function sentences(count: number): string {
    const pick = (words: readonly string[], index: number): string =>
        words[index % words.length] ?? "";
    return Array.from(
        { length: count },
        (_, index) =>
            `Sit in a quiet ${pick(places, index)} with some ${pick(drinks, index)} in the ${pick(times, index)}.`,
    ).join(" ");
}

/** The answer to a turn, which may hold several questions. */
export function answerTo(text: string, filler: string): string {
    const names = [...text.matchAll(/\[([\d-]+)\]/g)].map(([, name = ""]) => name);
    const tags = (mark: string): string => names.map((name) => `${mark}${name}.`).join(" ");
    return `${tags("begin=")}\n\n${filler}\n\n${tags("end=")}`;
}

/** What is wrong with the answers of all chats. */
export interface Verdict {
    /** Questions with a complete answer. */
    readonly answered: number;
    /** Questions without one. */
    readonly lost: number;
    /** Questions of whose answer the patient sees any part twice, and half-written messages. */
    readonly duplicated: number;
    /** Answers that stand before the answer to an earlier question of their chat. */
    readonly reordered: number;
}

/** The names of the questions whose answers are complete in a chat, in the order of the answers. */
export function answeredIn(texts: readonly string[]): string[] {
    return texts.flatMap((text) =>
        [...text.matchAll(/end=([\d-]+)\./g)].map(([, name = ""]) => name),
    );
}

/**
 * Judges what patients see.
 *
 * @param asked The names of each chat's questions, in the order in which they were asked.
 * @param seen The texts of the messages that stand in each chat, oldest first.
 */
export function judge(
    asked: ReadonlyMap<number, readonly string[]>,
    seen: (chat: number) => readonly string[],
): Verdict {
    let answered = 0;
    let lost = 0;
    let duplicated = 0;
    let reordered = 0;
    for (const [chat, names] of asked) {
        const texts = seen(chat);
        const whole = texts.join("\n");
        const ends = answeredIn(texts);
        for (const name of names) {
            const complete = ends.filter((end) => end === name).length;
            if (complete === 0) lost += 1;
            else answered += 1;
            const begun = whole.split(`begin=${name}.`).length - 1;
            if (complete > 1 || begun > 1) duplicated += 1;
        }
        duplicated += texts.filter((text) => text.includes(thinking)).length;
        const order = ends.map((name) => names.indexOf(name));
        reordered += order.filter((place, index) => place < (order[index - 1] ?? -1)).length;
    }
    return { answered, lost, duplicated, reordered };
}
