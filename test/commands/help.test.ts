/** What the command line says of itself: complete in both languages, and as docs/command-line.md says. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { exitCode } from "../../src/commands/exit-code.ts";
import { rightToLeft } from "../../src/commands/right-to-left.ts";
import { describeProgram } from "../../src/main.ts";
import { packageRoot } from "../../src/package-root.ts";
import { ProgramFolder } from "../setup/program.ts";

const document = readFileSync(join(packageRoot(), "docs/command-line.md"), "utf8");

/** A command by its whole words, without those that commander adds. */
function commandsOf(command: Command, above = ""): readonly (readonly [string, Command])[] {
    return command.commands.flatMap((child): readonly (readonly [string, Command])[] => {
        const words = `${above}${child.name()}`;
        return [[words, child], ...commandsOf(child, `${words} `)];
    });
}

const english = commandsOf(describeProgram("en", () => undefined));

describe("docs/command-line.md", () => {
    const sections = new Map(
        document
            .split(/^(?=### )/m)
            .slice(1)
            .map((section) => {
                const [, heading = ""] = /^### `bimedix2 ([^`]+)`/.exec(section) ?? [];
                return [heading, section.split(/^## /m)[0] ?? ""] as const;
            }),
    );

    test("has exactly the commands of the program, with their arguments", () => {
        const commands = english.map(([words, command]) =>
            [words, ...command.registeredArguments.map(written)].join(" "),
        );
        expect([...sections.keys()].sort()).toEqual(commands.sort());
    });

    test.each(english)("has exactly the options of %s", (words, command) => {
        const [, section = ""] =
            [...sections].find(([heading]) => heading.replace(/ [[<].*$/, "") === words) ?? [];
        const rows = [...section.matchAll(/^\| `(--[a-z-]+)`/gm)].map(([, option]) => option);
        expect(new Set(rows)).toEqual(new Set(command.options.map(({ long }) => long)));
    });

    test("has exactly the exit codes of the program", () => {
        const codes = [...document.matchAll(/^\| (\d+) +\|/gm)].map(([, code]) => Number(code));
        expect(codes).toEqual(Object.values(exitCode));
    });
});

function written(argument: Command["registeredArguments"][number]): string {
    const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
    return argument.required ? `<${name}>` : `[${name}]`;
}

test("every command, argument and option is explained in Arabic", () => {
    const arabic = describeProgram("ar", () => undefined);
    for (const [words, command] of [["", arabic] as const, ...commandsOf(arabic)]) {
        const texts = [
            command.description(),
            ...command.options.map(({ description }) => description),
            ...command.registeredArguments.map(({ description }) => description),
        ];
        for (const text of texts) expect(text, words).toMatch(/\p{Script=Arabic}/u);
    }
});

test("Arabic lines read from the right, what is Latin in them from the left, columns stay", () => {
    expect(rightToLeft("  --out <file>   الملف .env أو bimedix2 --help")).toBe(
        "  --out <file>   \u2067الملف \u2066.env\u2069 أو \u2066bimedix2 --help\u2069\u2069",
    );
    expect(rightToLeft("الخيارات:\nplain")).toBe("\u2067الخيارات:\u2069\nplain");
});

describe("the program", () => {
    let folder: ProgramFolder;
    beforeEach(async () => (folder = await ProgramFolder.create()));
    afterEach(async () => await folder.close());

    test("explains itself in the language of the terminal, or the one that is asked for", async () => {
        const isArabic = async (
            args: readonly string[],
            environment: Readonly<Record<string, string>> = {},
        ): Promise<boolean> => {
            const { out, status } = await folder.run(args, { environment });
            expect(status).toBe(0);
            return out.includes("الاستعمال:");
        };
        expect(await isArabic(["--help"])).toBe(false);
        expect(await isArabic(["--help"], { LANG: "ar_SA.UTF-8" })).toBe(true);
        expect(await isArabic(["ask", "--help", "--lang", "ar"])).toBe(true);
        expect(await isArabic(["--help"], { BIMEDIX2_LANG: "ar" })).toBe(true);
        expect(await isArabic(["--lang=en", "--help"], { LC_ALL: "ar" })).toBe(false);
    });

    test.each([
        [["aks"], "هل تقصد"],
        [["start", "--rol", "x"], "لا يوجد خيار"],
        [["start", "--role", "boss"], "القيم الممكنة"],
        [["data", "export", "x"], "ولا بد منه"],
        [["users", "block"], "ينقص المعطى"],
        [["triage", "--file"], "تنقص قيمة الخيار"],
        [["version", "x"], "عدد المعطيات"],
        [["safety", "--json", "--prometheus"], "لا يجتمع"],
    ])("complains of %j in Arabic alone", async (args, expected) => {
        const { status, err } = await folder.run([...args, "--lang", "ar"]);
        expect(status).toBe(2);
        expect(err).toContain(expected);
        expect(err).not.toContain("error:");
    });
});
