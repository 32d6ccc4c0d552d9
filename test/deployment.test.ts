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
const arabicGuide = read("docs/administrator.ar.md");

const whatsappSecrets = {
    WHATSAPP_ACCESS_TOKEN: accessToken,
    WHATSAPP_APP_SECRET: appSecret,
    WHATSAPP_VERIFY_TOKEN: "a-word-of-your-own",
};

describe.each([
    ["docs/deployment.md", guide],
    ["docs/administrator.ar.md", arabicGuide],
])("%s", (path, text) => {
    test("names commands, options and roles of the program", async () => {
        const commandLines = new Set(commandLinesIn(codeLines(text)));
        commandLines.delete(`sh -c 'umask 077`);
        expect(commandLines.size).toBeGreaterThan(5);
        for (const commandLine of commandLines) await expectToExist(commandLine);
    });

    test("names settings of clinic.yaml that exist, and shows valid ones", () => {
        const known = settingNames(parse(read("clinic.example.yaml")));
        const sections = [...new Set(known.map((name) => name.split(".")[0]))].join("|");
        const named = codeSpans(text).filter((span) =>
            new RegExp(`^(${sections})\\.(?!yaml$)[a-zA-Z.]+$`).test(span),
        );
        expect(named.length).toBeGreaterThan(3);
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
        expect(places.length).toBeGreaterThan(5);
        // The files of a model lie in a folder that is named like its profile.
        for (const place of places) {
            expect(isThere(place) || isThere(`${place}.yaml`), place).toBe(true);
        }
    });

    test("names variables that the program reads", () => {
        const named = [...text.matchAll(/\b(?:BIMEDIX2|TELEGRAM|WHATSAPP|REDIS|STAFF)_[A-Z_]+\b/g)];
        expect(named.length).toBeGreaterThan(3);
        for (const [name] of named) expect(Object.keys(environmentSchema.shape)).toContain(name);
    });
});

describe("the administrator's guide in Arabic", () => {
    const trimmed = (lines: readonly string[]): readonly string[] =>
        lines.map((line) => line.trim()).filter((line) => line !== "");

    test("has the very commands of the English documents", () => {
        const names = ["deployment", "telegram", "whatsapp-cloud", "whatsapp-web", "staff"];
        const english = ["README.md", ...names.map((name) => `docs/${name}.md`)].flatMap((name) =>
            trimmed(codeLines(read(name))),
        );
        const blocks = codeBlocks(arabicGuide);
        expect(blocks.length).toBeGreaterThan(15);
        for (const line of trimmed(blocks.flatMap(({ lines }) => lines))) {
            expect(english).toContain(line);
        }
    });

    test("leaves out no command of the installation, the backups and the upgrade", () => {
        const sections = ["Linux with systemd", "Backups", "Upgrades, and going back"];
        const lines = codeBlocks(guide)
            .filter(({ section, language }) => sections.includes(section) && language === "sh")
            .filter((block) => !block.lines.some((line) => line.startsWith("docker")))
            .flatMap((block) => block.lines);
        expect(lines.length).toBeGreaterThan(30);
        const arabic = trimmed(codeLines(arabicGuide));
        for (const line of trimmed(lines)) expect(arabic).toContain(line);
    });

    test("and the English documents lead to each other", () => {
        expect(innerLinks(arabicGuide)).toContain("../README.md");
        expect(innerLinks(arabicGuide)).toContain("deployment.md");
        expect(innerLinks(read("README.md"))).toContain("docs/administrator.ar.md");
        expect(innerLinks(guide)).toContain("administrator.ar.md");
    });
});

/** The settings of a file as `images.maxMegabytes`, and their sections. */
function settingNames(value: unknown, path = ""): readonly string[] {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [];
    return Object.entries(value).flatMap(([key, inner]) => {
        const name = path === "" ? key : `${path}.${key}`;
        return [name, ...settingNames(inner, name)];
    });
}
