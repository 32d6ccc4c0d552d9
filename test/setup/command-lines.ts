/** Command lines of the program that stand in other files, held against what it explains of itself. */
import { expect, vi } from "vitest";
import { main } from "../../src/main.ts";

/** Command lines of the program within lines of code, without the program's own name. */
export function commandLinesIn(lines: readonly string[]): readonly string[] {
    return lines.flatMap((line) =>
        // Behind "-u" stands the user of the same name.
        [...line.matchAll(/(?<!-u )\bbimedix2(?:\.js)? ([a-z][^`;|&)]*)/g)].map(
            ([, commandLine = ""]) => commandLine.trim(),
        ),
    );
}

/** Fails where a command line has a command, an option or a choice that the program has not. */
export async function expectToExist(commandLine: string): Promise<void> {
    const words = commandLine.split(/\s+/);
    let explained = await help([]);
    let depth = 0;
    while (explained.includes("\nCommands:\n") && /^[a-z]/.test(words[depth] ?? "")) {
        depth += 1;
        explained = await help(words.slice(0, depth));
        // Of a command that it does not know, the program explains the one above.
        expect(explained, commandLine).toMatch(
            new RegExp(`^Usage: bimedix2 ${words.slice(0, depth).join(" ")}\\b`),
        );
    }
    expect(depth, commandLine).toBeGreaterThan(0);
    const explanation = explained.replaceAll(/\s+/g, " ");
    for (const [index, word] of words.entries()) {
        if (!word.startsWith("--")) continue;
        const [described] = new RegExp(` ${word}\\b.*?(?= --|$)`).exec(explanation) ?? [];
        expect(described, `${commandLine}: ${word}`).toBeDefined();
        const [, choices] = /\(choices: (.*?)[,)] ?(?:default|$)/.exec(described ?? "") ?? [];
        if (choices !== undefined) {
            expect(choices, commandLine).toContain(`"${words[index + 1] ?? ""}"`);
        }
    }
}

async function help(words: readonly string[]): Promise<string> {
    let text = "";
    const write = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
        text += String(chunk);
        return true;
    });
    try {
        expect(await main([...words, "--help"])).toBe(0);
    } finally {
        write.mockRestore();
    }
    return text;
}
