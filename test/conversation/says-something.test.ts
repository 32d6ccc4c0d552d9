import { expect, test } from "vitest";
import { saysSomething } from "../../src/conversation/says-something.ts";

const words = ["pain", "ألم", "38.5", "٣٨", "疼", "؟", "??", "+", "-", "✓", "✗", "↑", "50%+"];
const faces = ["👍", "😭", "❤", "♡", "🇸🇦", ":'(", ":’(", ":-(", "(:", "^_^", "-_-", ":*"];

test.each([...words, ...faces])("%s can be asked about", (text) =>
    expect(saysSomething(text)).toBe(true),
);

test.each(["@@@ ۝", "...", "!!!", "--", "**", "#", "،", ""])("%j says nothing", (text) =>
    expect(saysSomething(text)).toBe(false),
);
