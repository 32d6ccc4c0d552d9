import { expect, test } from "vitest";
import { answerTo, judge, questionName, questionText, thinking } from "./verdict.ts";

const names = [1, 2, 3].map((number) => questionName(7, number));
const [one = "", two = "", three = ""] = names.map((name) =>
    answerTo(questionText(name), "Rest and drink water."),
);
const judged = (...texts: string[]) => judge(new Map([[7, names]]), () => texts);

test("every question with one whole answer, in order, is right", () => {
    const right = { answered: 3, lost: 0, duplicated: 0, reordered: 0 };
    expect(judged(one, two, three)).toEqual(right);
    const merged = names.map(questionText).join("\n");
    expect(judged(answerTo(merged, "Rest."))).toEqual(right);
    const half = one.length / 2;
    expect(judged(one.slice(0, half), one.slice(half), two, three)).toEqual(right);
});

test("what is lost, doubled, half-written or out of order is found", () => {
    expect(judged(one, three)).toMatchObject({ answered: 2, lost: 1 });
    expect(judged(one, two, two, three)).toMatchObject({ lost: 0, duplicated: 1 });
    expect(judged(one.slice(0, 20), one, two, three)).toMatchObject({ lost: 0, duplicated: 1 });
    expect(judged(one, two, three, `${thinking} begin`)).toMatchObject({ lost: 0, duplicated: 1 });
    expect(judged(one, two, three.slice(0, 20))).toMatchObject({ answered: 2, lost: 1 });
    expect(judged(one, three, two)).toMatchObject({ duplicated: 0, reordered: 1 });
});
