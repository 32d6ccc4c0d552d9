/** What the instructions of deployment name must exist in the program, in both languages. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { packageRoot } from "../src/package-root.ts";
import { environmentSchema } from "../src/settings/environment.ts";
import { accessToken, appSecret, configOf, token } from "./config/clinic-folder.ts";
import { commandLinesIn, expectToExist } from "./setup/command-lines.ts";
import { codeBlocks, codeLines, codeSpans, headingNames, innerLinks } from "./setup/markdown.ts";

const read = (path: string): string => readFileSync(join(packageRoot(), path), "utf8");
const isThere = (path: string): boolean => existsSync(join(packageRoot(), path));

const guide = read("docs/deployment.md");
const backups = read("docs/backup-and-upgrade.md");
const graphicsCards = read("docs/gpu.md");
const arabicGuide = read("docs/administrator.ar.md");
const englishGuide = read("docs/administrator.md");

const whatsappSecrets = {
    WHATSAPP_ACCESS_TOKEN: accessToken,
    WHATSAPP_APP_SECRET: appSecret,
    WHATSAPP_VERIFY_TOKEN: "a-word-of-your-own",
};

describe.each([
    ["docs/deployment.md", guide],
    ["docs/backup-and-upgrade.md", backups],
    ["docs/gpu.md", graphicsCards],
    ["docs/administrator.md", englishGuide],
    ["docs/administrator.ar.md", arabicGuide],
])("%s", (path, text) => {
    test("names commands, options and roles of the program", async () => {
        const commandLines = new Set(commandLinesIn(codeLines(text)));
        commandLines.delete(`sh -c 'umask 077`);
        expect(commandLines.size).toBeGreaterThan(2);
        for (const commandLine of commandLines) await expectToExist(commandLine);
    });

    test("names settings of clinic.yaml that exist, and shows valid ones", () => {
        const known = settingNames(parse(read("clinic.example.yaml")));
        const sections = [...new Set(known.map((name) => name.split(".")[0]))].join("|");
        const named = codeSpans(text).filter((span) =>
            new RegExp(`^(${sections})\\.(?!yaml$)[a-zA-Z.]+$`).test(span),
        );
        expect(named.length).toBeGreaterThan(1);
        for (const name of named) expect(known).toContain(name);
        for (const block of codeBlocks(text).filter(({ language }) => language === "yaml")) {
            const shown = block.lines.join("\n");
            configOf(
                { "clinic.yaml": shown },
                {
                    TELEGRAM_BOT_TOKEN: token,
                    ...(shown.includes("whatsappCloud") ? whatsappSecrets : {}),
                },
            );
        }
    });

    test("leads to files, headings and places that are there", () => {
        for (const link of innerLinks(text)) {
            const [file = "", heading] = link.split("#");
            const target = file === "" ? path : join(dirname(path), file);
            expect(isThere(target), link).toBe(true);
            if (heading) expect(headingNames(read(target)), link).toContain(heading);
        }
        const places = codeLines(text).flatMap((line) =>
            [
                ...line.matchAll(/\/opt\/bimedix2\/([\w./-]+)/g),
                ...line.matchAll(/(?<![\w./-])((?:deploy|rules|prompts|docs)\/[\w./-]*)/g),
            ].map(([, place = ""]) => place),
        );
        expect(places.length).toBeGreaterThan(1);
        // The files of a model lie in a folder that is named like its profile.
        for (const place of places) {
            expect(isThere(place) || isThere(`${place}.yaml`), place).toBe(true);
        }
    });

    test("names variables that the program reads", () => {
        const named = [...text.matchAll(/\b(?:BIMEDIX2|TELEGRAM|WHATSAPP|REDIS|STAFF)_[A-Z_]+\b/g)];
        for (const [name] of named) expect(Object.keys(environmentSchema.shape)).toContain(name);
    });
});

describe("the administrator's guide", () => {
    const trimmed = (lines: readonly string[]): readonly string[] =>
        lines.map((line) => line.trim()).filter((line) => line !== "");

    test("has the same sections in both languages, each with the same commands", () => {
        const english = sectionsOf(englishGuide);
        expect(sectionsOf(arabicGuide)).toEqual(english);
        expect(english.length).toBeGreaterThan(15);
        expect(english.flatMap(({ blocks }) => blocks).length).toBeGreaterThan(25);
    });

    test("has the very commands of the other documents", () => {
        const names = ["deployment", "backup-and-upgrade", "gpu", "configuration", "staff"].concat([
            "telegram",
            "whatsapp-cloud",
            "whatsapp-web",
        ]);
        const others = ["README.md", ...names.map((name) => `docs/${name}.md`)]
            .concat(["docs/models.md", "docs/local-page.md"].filter(isThere))
            .flatMap((name) => trimmed(codeLines(read(name))));
        const lines = trimmed(codeBlocks(englishGuide).flatMap((block) => block.lines));
        for (const line of lines) expect(others).toContain(line);
    });

    test("leaves out no command of the installation, the backups and the upgrade", () => {
        const chapters = [
            "Linux with systemd",
            "Making a backup",
            "Going back to a backup",
            "Upgrades, and going back",
        ];
        const lines = [guide, backups]
            .flatMap(codeBlocks)
            .filter(({ section, language }) => chapters.includes(section) && language === "sh")
            .filter((block) => !block.lines.some((line) => line.startsWith("docker")))
            .flatMap((block) => block.lines);
        expect(lines.length).toBeGreaterThan(30);
        const shown = trimmed(codeLines(englishGuide));
        for (const line of trimmed(lines)) expect(shown).toContain(line);
    });

    test("and the English documents lead to each other", () => {
        for (const link of ["../README.md", "administrator.md", "deployment.md"])
            expect(innerLinks(arabicGuide)).toContain(link);
        expect(innerLinks(englishGuide)).toContain("administrator.ar.md");
        expect(innerLinks(read("README.md"))).toEqual(
            expect.arrayContaining(["docs/administrator.md", "docs/administrator.ar.md"]),
        );
        expect(innerLinks(guide)).toContain("administrator.ar.md");
    });
});

/** The sections of a guide without its words: level, code, and commands of the program in sentences. */
function sectionsOf(
    text: string,
): readonly Readonly<Record<"level" | "blocks" | "commands", unknown>>[] {
    const parts: string[][] = [];
    let inBlock = false;
    for (const line of text.split("\n")) {
        if (line.trimStart().startsWith("```")) inBlock = !inBlock;
        if (!inBlock && /^#+ /.test(line)) parts.push([]);
        parts.at(-1)?.push(line);
    }
    return parts.map((lines) => {
        const part = lines.join("\n");
        const commands = codeSpans(part).filter((span) => /^(?:sudo )?bimedix2 [a-z]/.test(span));
        return {
            level: lines[0]?.indexOf(" "),
            blocks: codeBlocks(part).map((block) => block.lines.join("\n")),
            commands: [...new Set(commands)].sort(),
        };
    });
}

/** The settings of a file as `images.maxMegabytes`, and their sections. */
function settingNames(value: unknown, path = ""): readonly string[] {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
    return Object.entries(value).flatMap(([key, inner]) => {
        const name = path === "" ? key : `${path}.${key}`;
        return [name, ...settingNames(inner, name)];
    });
}
