import { expect, it } from "vitest";
import { greeting } from "../../src/commands/greeting.ts";

it.each([true, false])("asks for a question in both languages in a terminal: %s", (isTerminal) => {
    const text = greeting({
        notices: () => "This is a demonstration.",
        redis: "7.0.15",
        licence: { name: "MIT", notice: "Free.", url: "https://example.org" },
        lines: ["Telegram  off"],
        withTerminal: isTerminal,
    });
    for (const invitation of ["Write your question.", "اكتب سؤالك"]) {
        expect(text.includes(invitation)).toBe(isTerminal);
    }
    expect(text).toContain("  Telegram  off\n");
});
