import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { AppError } from "../../src/errors.ts";
import { loadPrompts } from "../../src/prompt/prompt-library.ts";
import { promptLanguages, promptNames } from "../../src/prompt/prompt-names.ts";

const values = {
    clinicName: "Al Noor Clinic",
    code: "#K7Q3X",
    count: 2,
    crisisNumber: "920033360",
    days: 30,
    disposition: "an emergency",
    emergencyNumber: "998",
    images: 1,
    language: "Arabic",
    maxCharacters: 4000,
    maxImages: 4,
    maxMegabytes: 20,
    maxMegapixels: 50,
    minimumAge: 18,
    minutes: 5,
    processes: 2,
    waiting: 3,
    opening: "Sunday 1 March at 09:00",
    platform: "Telegram",
    text: "How are you?",
    time: "Sunday 1 March at 09:00",
};

const shipped = await loadPrompts("prompts");
let folder: string;

beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "prompts-"));
    await cp("prompts", folder, { recursive: true });
});

afterEach(async () => {
    await rm(folder, { recursive: true });
});

async function faultsOf(load: Promise<unknown>): Promise<string[]> {
    const error = await load.then(
        () => undefined,
        (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: "prompts-invalid" });
    return (error as AppError).message.split("\n").slice(1);
}

describe("the texts that ship", () => {
    test("read in their language and leave no placeholder open", () => {
        for (const name of promptNames) {
            for (const language of promptLanguages) {
                const text = shipped.text(name, language, values);
                const written = language === "ar" ? /\p{Script=Arabic}/u : /\p{Script=Latin}/u;
                const languageNeutral = name === "system" || name.startsWith("label-");
                expect(text, name).not.toMatch(/[{}]|<!--/);
                if (!languageNeutral) expect(text, name).toMatch(written);
            }
        }
    });

    test("carry the wording of the disclaimer, with and without a configured number", () => {
        expect(shipped.text("disclaimer", "en", values)).toBe(
            "I'm an AI, not a doctor. I may be wrong. This is general information, not a diagnosis. In an emergency call 998 now.",
        );
        expect(shipped.text("disclaimer", "ar", values)).toBe(
            "أنا برنامج ذكاء اصطناعي ولست طبيبًا، وقد أخطئ. هذه معلومات عامة وليست تشخيصًا. في الحالات الطارئة اتصل فورًا بالرقم 998.",
        );
        for (const [language, ending] of [
            ["en", "In an emergency call your local emergency number now."],
            ["ar", "اتصل فورًا بالرقم المحلي للطوارئ."],
        ] as const) {
            const emergencyNumber = shipped.text("local-emergency-number", language);
            expect(shipped.text("disclaimer", language, { emergencyNumber })).toContain(ending);
            expect(shipped.text("disclaimer-image", language, { emergencyNumber })).toContain(
                ending,
            );
        }
    });

    test("tell the model what it was trained with, and the reply language last", () => {
        for (const language of promptLanguages) {
            const lines = shipped.text("system", language, values).split("\n");
            expect(lines[0]).toBe(
                "A chat between a curious user and an artificial intelligence assistant. The assistant gives helpful, detailed, and polite answers to the user's questions.",
            );
            expect(lines.at(-1)).toBe(language === "ar" ? "Reply in Arabic." : "Reply in English.");
        }
    });
});

describe("values", () => {
    test("are only ever text", () => {
        fc.assert(
            fc.property(fc.string(), (text) => {
                expect(shipped.text("quoted", "en", { text })).toBe(`In reply to: ${text}`);
            }),
        );
        const nested = shipped.text("quoted", "en", { text: "{clinicName}", clinicName: "x" });
        expect(nested).toBe("In reply to: {clinicName}");
    });

    test("keep their reading order within a text of the other direction", () => {
        const inArabic = (emergencyNumber: string): string =>
            shipped.text("disclaimer", "ar", { emergencyNumber });
        expect(inArabic("+971 4 000")).toContain("\u2068+971 4 000\u2069");
        expect(inArabic("998")).not.toMatch(/[\u2066-\u2069]/);
        expect(shipped.text("welcome", "en", { ...values, clinicName: "عيادة النور" })).toContain(
            "\u2068عيادة النور\u2069",
        );
        expect(shipped.text("system", "en", { clinicName: "عيادة النور" })).not.toMatch(
            /[\u2066-\u2069]/,
        );
    });

    test("must be given where a text asks for them", () => {
        expect(() => shipped.text("welcome", "en", { clinicName: "x" })).toThrow(
            "{emergencyNumber} of welcome was not given.",
        );
    });
});

test("all faults of a folder are reported at once, by file", async () => {
    const write = (file: string, content: string | Uint8Array): Promise<void> =>
        writeFile(join(folder, file), content);
    await rm(join(folder, "help.ar.md"));
    await write("welcome.en.md", "Welcome to {clinic}. {emergencyNumber}");
    await write("failed.en.md", "<!-- needs review -->\n");
    await write("delayed.ar.md", new Uint8Array([0xff, 0xfe, 0x41]));
    await write("answer-cut.ar.md", "تم \u202Eاختبار\u202C");
    await write("label-english.en.md", "English\nplease");
    await write("system.ar.md", "You work for {clinicName}.\nReply in English.");
    await write("image-corrupt.en.md", "Broken }");
    await write("staff-done.en.md", "Done: {code}");
    await write("notes.txt", "x");
    expect(await faultsOf(loadPrompts(folder))).toEqual([
        "notes.txt: No text of this name is used.",
        "system.ar.md: Its last line must be: Reply in Arabic.",
        "answer-cut.ar.md: It holds an invisible text-direction character; remove it.",
        "welcome.en.md: {clinic} has no meaning here.",
        "welcome.en.md: {clinicName} is missing.",
        "help.ar.md: It is missing.",
        "label-english.en.md: It must be one line.",
        "staff-done.en.md: It must begin with {code}.",
        "image-corrupt.en.md: A brace { or } stands alone.",
        "delayed.ar.md: It is not saved as UTF-8 text.",
        "failed.en.md: It is empty.",
    ]);
});

test("a Windows editor's byte order mark and line ends do no harm", async () => {
    await writeFile(join(folder, "help.en.md"), "\uFEFFHelp\r\n\r\n{emergencyNumber}\r\n");
    const prompts = await loadPrompts(folder);
    expect(prompts.text("help", "en", values)).toBe("Help\n\n998");
});

test("a missing folder is named", async () => {
    await expect(loadPrompts(join(folder, "nowhere"))).rejects.toMatchObject({
        code: "prompts-invalid",
        message: expect.stringContaining("nowhere") as string,
    });
});

test("the clinic's own wording replaces a file and may write its number out", async () => {
    const prompts = await loadPrompts(folder, {
        disclaimer: { en: "Ask your doctor, or call {emergencyNumber}.\n" },
        "disclaimer-image": { en: "Ask your doctor, or call 999." },
    });
    expect(prompts.text("disclaimer", "en", values)).toBe("Ask your doctor, or call 998.");
    expect(prompts.text("disclaimer-image", "en", values)).toBe("Ask your doctor, or call 999.");
    expect(prompts.text("disclaimer", "ar", values)).toBe(shipped.text("disclaimer", "ar", values));
});

test("a fault in the clinic's own wording is told as such", async () => {
    const overrides = { disclaimer: { ar: "اتصل بالرقم {number}." }, welcome: { en: " " } };
    expect(await faultsOf(loadPrompts(folder, overrides))).toEqual([
        "your own wording of disclaimer (ar): {number} has no meaning here.",
        "your own wording of welcome (en): It is empty.",
    ]);
});

test("the folder's README explains every text", async () => {
    const readme = await readFile("prompts/README.md", "utf8");
    expect(promptNames.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
});
