import * as fc from "fast-check";
import type { Step } from "./asked-conversations.ts";
import * as talk from "./demo-talk.ts";
import type { GivingUp } from "./outcome.ts";

/** No picture has this name: it cannot be loaded. */
const lostPicture = "lost.png";

interface Question {
    readonly text: string;
    readonly pictures: readonly string[];
}

const anyLanguage = fc.constantFrom("en" as const, "ar" as const);
const anyPicture = fc.constantFrom(...talk.samples);
const syllables =
    "ba ko ri lu mel san dor vi nek با كو ري لو مل سن دور في 1 7 42 ؟ , ! pain ألم صورة name 😀";
const anyWord = fc
    .array(fc.constantFrom(...syllables.split(" ")), { minLength: 1, maxLength: 3 })
    .map((parts) => parts.join(""));

/** The model is not sure of its answers to these; those to the latter are long. */
const anyNonsense = fc.oneof(
    fc.array(anyWord, { minLength: 1, maxLength: 40 }).map((words) => words.join(" ")),
    fc
        .array(anyWord, { minLength: 4, maxLength: 9 })
        .map((words) => `Repeat after me: ${words.join(" ")}`),
);

/** What is asked: with pictures, or in words alone. */
export type Questions = "seen" | "written";

/** Most are of the model's world. */
const anyQuestion = (questions: Questions): fc.Arbitrary<Question> =>
    anyLanguage.chain((language) => {
        const seen = questions === "seen" ? 1 : 0;
        const text = (texts: fc.Arbitrary<string>) =>
            texts.map((one) => ({ text: one, pictures: [] }));
        const ofPictures = (texts: readonly string[], count: number) =>
            fc.record({
                text: fc.constantFrom(...texts),
                pictures: fc.array(anyPicture, { minLength: count, maxLength: count }),
            });
        const anyName = fc.constantFrom(...talk.names[language]);
        const introduction = anyName.map((name) => talk.introduction(language, name));
        const tooLong = "my head hurts ".repeat(200);
        return fc.oneof(
            { weight: 10, arbitrary: text(fc.constantFrom(...talk.questions[language])) },
            { weight: 4, arbitrary: text(fc.constantFrom(...talk.pictureQuestions[language])) },
            { weight: 6 * seen, arbitrary: ofPictures(talk.pictureQuestions[language], 1) },
            { weight: 2 * seen, arbitrary: ofPictures([talk.twoPicturesQuestion[language]], 2) },
            { weight: 4, arbitrary: text(introduction) },
            { weight: 4, arbitrary: text(fc.constant(talk.nameQuestion[language])) },
            { weight: 6, arbitrary: text(anyNonsense) },
            { weight: seen, arbitrary: fc.constant({ text: "", pictures: [lostPicture] }) },
            { weight: 1, arbitrary: text(fc.constant(tooLong)) },
        );
    });

const anyGivingUp: fc.Arbitrary<GivingUp> = fc.oneof(
    { weight: 1, arbitrary: fc.constant({ when: "before" as const }) },
    {
        weight: 3,
        arbitrary: fc.record({
            when: fc.constant("waiting" as const),
            ticks: fc.nat({ max: 40 }),
        }),
    },
    {
        weight: 4,
        arbitrary: fc.record({
            when: fc.constant("shown" as const),
            pieces: fc.integer({ min: 1, max: 20 }),
        }),
    },
);

/** A value in one of so many cases. */
function oneIn<Value>(cases: number, value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
    return fc.oneof(
        { weight: cases - 1, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: value },
    );
}

/** Anything that can happen to that many conversations. */
export function anyStep(conversations: number, questions: Questions = "seen"): fc.Arbitrary<Step> {
    const who = fc.nat({ max: conversations - 1 });
    const ask = fc
        .record({
            who,
            question: anyQuestion(questions),
            maxTokens: oneIn(6, fc.integer({ min: 1, max: 30 })),
            givesUp: oneIn(4, anyGivingUp),
            twice: oneIn(12, fc.constant(true)),
        })
        .map(({ question, ...rest }) => ({ step: "ask" as const, ...question, ...rest }));
    const edit = fc.record({
        step: fc.constant("edit" as const),
        who,
        place: fc.nat({ max: 30 }),
        text: oneIn(
            2,
            anyQuestion(questions).map(({ text }) => text),
        ),
    });
    return fc.oneof(
        { weight: 30, arbitrary: ask },
        { weight: 3, arbitrary: edit },
        { weight: 2, arbitrary: fc.constant({ step: "settle" as const }) },
        { weight: 1, arbitrary: fc.constant({ step: "reopen" as const }) },
        { weight: 2, arbitrary: fc.constant({ step: "prepare" as const }) },
    );
}
