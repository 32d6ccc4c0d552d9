import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AssistantParts } from "../src/assistant.ts";
import { draftCommandReply } from "../src/draft-reply.ts";
import { KnownLanguages } from "../src/known-languages.ts";
import type { InboundMessage } from "../src/message.ts";
import { loadOtherLanguages } from "../src/prompt/other-languages.ts";
import { answerMessage } from "../src/reply.ts";
import { screenQuestion } from "../src/screen-question.ts";
import { assemble, echo, message, never, notices } from "./fakes/assembled-parts.ts";
import { createRecordingPlatform } from "./fakes/recording-platform.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";

const otherLanguages = await loadOtherLanguages("prompts/other-languages", "997");
const disclaimer = notices("disclaimer", "en");

function line(tag: string): string {
    const found = otherLanguages.get(tag);
    if (found === undefined) throw new RangeError(`No words in ${tag}.`);
    return found;
}

async function conversation(
    texts: readonly string[],
    changes: Partial<AssistantParts> = {},
): Promise<string[]> {
    const parts = assemble(createScriptedModel(echo), { otherLanguages, ...changes });
    const platform = createRecordingPlatform();
    for (const text of texts) await answerMessage(message(text), platform, parts, never);
    return [...platform.texts];
}

test("who writes in another language reads once, in that language, which ones are spoken", async () => {
    const french = "j'ai mal à la tête depuis hier soir, docteur";
    const more = "et maintenant j'ai aussi des vertiges";
    const turkish = "başım çok ağrıyor, ne yapmalıyım";
    const german = "ich habe seit gestern starke Kopfschmerzen und Fieber";
    expect(await conversation([french, more, turkish, german])).toEqual([
        `${line("fr")}\n\nYou said: ${french}\n\n${disclaimer}`,
        `You said: ${more}`,
        `${line("tr")}\n\nYou said: ${turkish}`,
        `${notices("languages-spoken", "en")}\n\nYou said: ${german}`,
    ]);
});

test.each([
    ["ur", "مجھے کل رات سے بخار ہے اور سر میں درد ہے"],
    ["ur-Latn", "mujhe kal raat se bukhar hai aur sar mein dard hai"],
    ["fa", "از دیشب سرم خیلی درد می‌کند و تب دارم"],
    ["hi", "मुझे कल रात से बुखार है"],
    ["bn", "আমার গতকাল থেকে জ্বর"],
    ["tl", "masakit po ang ulo ko mula kagabi, ano po ang gagawin ko"],
    ["id", "kepala saya sakit sejak tadi malam, saya harus bagaimana"],
    ["es", "me duele mucho la cabeza desde ayer por la noche"],
    ["ckb", "لە دوێنێ شەوەوە سەرم دێشێت و تام هەیە"],
    ["ku", "ji şeva din ve serê min diêşe û taya min heye"],
])("the line in %s", async (tag, text) => {
    const [reply] = await conversation([text]);
    expect(reply?.split("\n\n")[0]).toBe(line(tag));
});

test("the number to call stands in the line, where the clinic has one", async () => {
    expect(line("fr")).toContain("appelez tout de suite le 997.");
    const without = await loadOtherLanguages("prompts/other-languages");
    expect(without.get("fr")).not.toContain("urgence");
});

test("the line comes once, whatever is sent in between", async () => {
    const french = (what: string): string => `j'ai mal à la tête et ${what} depuis hier soir`;
    const texts = [french("au dos"), "38.5", french("au ventre"), "ok", french("aux dents")];
    const replies = await conversation(texts);
    expect(replies.map((reply) => reply.startsWith(line("fr")))).toEqual([
        true,
        false,
        false,
        false,
        false,
    ]);
});

test("nobody else reads it: a slip of the pen, a term, Arabic in Latin letters, a language once chosen", async () => {
    const texts = [
        "please answer in English",
        "j'ai mal à la tête depuis hier soir, docteur",
        "hedache sinse yestrday",
        "Panadol",
        "3andi soda3 men embare7",
        "قرص",
        "سلام عليكم",
        "ڤيروس كورونا",
        "i hv fever n hedache",
        "Dubai",
    ];
    const replies = await conversation(texts);
    const lines = [...otherLanguages.values(), notices("languages-spoken", "en")];
    for (const reply of replies) expect(lines.some((one) => reply.includes(one))).toBe(false);
});

test("who has not agreed yet reads it above the question, though nothing of the message is kept", () => {
    const parts = assemble(createScriptedModel(echo), { otherLanguages });
    const { settings } = parts;
    const strict = {
        ...parts,
        settings: { ...settings, consent: { required: true, minimumAge: 18 } },
    };
    const asked = message("", {
        conversation: "telegram:7:42",
        withheld: { language: "en", other: "fr" },
    });
    const screened = screenQuestion({ message: asked, conversation: { turns: [] } }, strict);
    const text = screened.kind === "reply" ? screened.draft.reply.text : "";
    expect(text.startsWith(`${line("fr")}\n\n${notices("consent-needed", "en")}`)).toBe(true);
});

test.each<[string, Partial<InboundMessage>, string]>([
    ["an app in Filipino", { appLanguage: "fil" }, "tl"],
    ["an app in Urdu", { appLanguage: "ur-PK" }, "ur"],
])("the greeting for %s", (_, rest, tag) => {
    const parts = assemble(createScriptedModel(echo), { otherLanguages });
    const command = { name: "start", argument: "" } as const;
    const asked = { message: message("", { ...rest, command }), conversation: { turns: [] } };
    const { reply } = draftCommandReply(command, asked, parts, undefined);
    expect(reply.text.startsWith(`${line(tag)}\n\n`)).toBe(true);
    const known = { ...asked, conversation: { turns: [], chosenLanguage: "ar" } as const };
    expect(draftCommandReply(command, known, parts, undefined).reply.text).not.toContain(line(tag));
});

test("a process remembers in which language a patient writes, and what they chose", () => {
    const { settings } = assemble(createScriptedModel(echo));
    const known = new KnownLanguages();
    const write = (text: string): unknown => {
        known.learn(message(text), settings);
        return known.of(message("").conversation);
    };
    expect(write("38.5")).toEqual({});
    expect(write("عندي صداع منذ أمس")).toEqual({ previous: "ar" });
    expect(write("38.5")).toEqual({ previous: "ar" });
    expect(write("Please answer in English")).toEqual({ previous: "en", chosen: "en" });
    const command = { name: "language", argument: "العربية" } as const;
    known.learn(message("", { command }), settings);
    expect(known.of(message("").conversation)).toMatchObject({ chosen: "ar" });
    known.learn(message("", { command: { ...command, argument: "auto" } }), settings);
    expect(known.of(message("").conversation)).toEqual({ previous: "ar" });
});

test("wrong files of other languages are named, all at once", async () => {
    const folder = await mkdtemp(join(tmpdir(), "other-languages-"));
    const write = (name: string, text: string | Uint8Array): Promise<void> =>
        writeFile(join(folder, name), text);
    await write("french.md", "Bonjour");
    await write("de.md", "Hallo\nWelt");
    await write("nl.md", "Hallo\n{emergencyNumber}\nWereld");
    await write("it.md", " ");
    await write("es.md", `Hola \u202E`);
    await write("fr.md", "a".repeat(401));
    await write("tr.md", new Uint8Array([0xff, 0xfe]));
    await expect(loadOtherLanguages(folder)).rejects.toMatchObject({
        code: "prompts-invalid",
        message: [
            "Some texts cannot be used:",
            "de.md: Its second line must hold {emergencyNumber}.",
            "es.md: It holds a brace, an invisible text-direction character or a control character.",
            "fr.md: It must have at most 400 characters.",
            "french.md: The name must be a language's tag, such as fr.md or ur-Latn.md.",
            "it.md: It is empty.",
            "nl.md: It must have at most two lines.",
            "tr.md: It is not saved as UTF-8 text.",
        ].join("\n"),
    });
});
