import { expect, test } from "vitest";
import { saysSomething } from "../../src/conversation/says-something.ts";

test.each([
    ...["pain", "ألم", "38.5", "٣٨", "疼", "؟", "??", "+", "-", "✓", "✗", "↑", "50%+"],
    ...["👍", "😭", "❤", "♡", "🇸🇦", ":'(", ":’(", ":-(", "(:", "^_^", "-_-", ":*"],
])("%s can be asked about", (text) => expect(saysSomething(text)).toBe(true));

test.each(["@@@ ۝", "...", "!!!", "--", "**", "#", "،", ""])("%j says nothing", (text) =>
    expect(saysSomething(text)).toBe(false),
);
