import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cleanSample } from "../../src/language/clean-sample.ts";
import { switchRequest } from "../../src/language/switch/switch-request.ts";

const ask = (text: string): ReturnType<typeof switchRequest> => switchRequest(cleanSample(text));

describe("a request for a language", () => {
    test.each([
        ["a name alone", "English?", "en"],
        ["a name with a courtesy, misspelt", "arbic plz", "ar"],
        ["a name with a courtesy, in Arabic", "انكليزي بليز", "en"],
        ["a name in Arabizi", "bil3arabi lw sm7t", "ar"],
        ["a verb far from the name", "answer all of my next questions in English", "en"],
        ["a misspelt verb", "could u wirte arabick", "ar"],
        ["a verb of another dialect", "دز الجواب بالعربي", "ar"],
        ["a verb in Arabizi", "tjawebni bel english?", "en"],
        ["a wish", "I'd rather have English", "en"],
        ["praise", "it would be easier for me in arabic", "ar"],
        ["how to set the language", "how can I change it back to english", "en"],
        ["inability", "my arabic reading is hopeless", "en"],
        ["inability after the name", "الكلام الانجليزي ده مش فاهمه", "ar"],
        ["inability within the verb", "انا مبعرفش انجليزي خالص", "ar"],
        ["the only language", "ما افهم الا عربي", "ar"],
        ["a refusal", "no more arabic please", "en"],
        ["a refusal of a verb", "لا تحكي معي انكليزي", "ar"],
        ["no refusal", "Why don't you answer in English?", "en"],
        ["a reproach", "why are you answering in english", "ar"],
        ["a complaint", "you keep switching to Arabic", "en"],
        ["a contrast", "in Arabic instead of English", "ar"],
        ["a contrast without a verb", "مو انكليزي عربي", "ar"],
        ["both languages by their direction", "switch from English to Arabic", "ar"],
        ["what the patient writes", "I write Arabic but answer in English", "en"],
        ["what another reads", "for my mother who reads only Arabic, can you write it", "ar"],
        ["a symptom before it", "it burns when i pee please arabic", "ar"],
        ["the language of each message", "رد بنفس اللغة اللي اكتب فيها", "automatic"],
        ["the setting", "set the language back to auto", "automatic"],
        ["what the patient writes, without the word", "just go with what I write", "automatic"],
        ["each in his own", "كل واحد رد عليه بلغته", "automatic"],
        ["no fixed language", "don't stick to one language", "automatic"],
        ["the language just named", "my boss knows only english, so answer in it", "en"],
        ["a button", "وين زر العربي", "ar"],
        ["what an answer holds", "tell me the vaccine dates in english", "en"],
        [
            "a condition for each",
            "if I write Arabic answer Arabic, if English, English",
            "automatic",
        ],
    ])("is %s: %s", (_, text, language) => {
        expect(ask(text)).toBe(language);
    });

    test.each([
        ["the word for something", "how do you say headache in Arabic?"],
        ["the word for something, in Arabic", "شو اسم الدوا بالانجليزي"],
        ["what someone could say to others", "كيف احكي للدكتور بالانجليزي اني دايخ"],
        ["food", "القهوة العربية ترفع الضغط؟"],
        ["a paper", "can you send me the report in English"],
        ["a paper that is read", "التقرير بالانجليزي ومش فاهم منه شي"],
        ["a person who speaks it", "بدي دكتور بيحكي انجليزي"],
        ["a search for a person", "please is there any doctor speaking english"],
        ["what another does", "he only answers in Arabic when he is confused"],
        ["what another knows", "my mother only speaks Arabic, can I be in the room?"],
        ["what the patient does", "when I speak English I stutter"],
        ["leave to write", "can I write in Arabic?"],
        ["a choice", "is the leaflet in English or in Arabic"],
        ["a car, in Egypt", "وقعت من العربية امبارح"],
        ["a plain way of putting it", "plain english please, is the tumor bad"],
        ["an apology", "sorry for my bad english"],
        ["thanks", "شكرا انك بترد بالعربي"],
        ["a nurse of another nation", "الممرضة الفلبينية ما تعرف عربي"],
        ["what others did", "الدكتور الباكستاني كلمني انجليزي"],
        ["a language delay", "my daughter has a language delay like I had, please answer"],
        ["another language", "not English, French please"],
        ["a country", "I flew back from Saudi Arabia please advise"],
    ])("is not %s: %s", (_, text) => {
        expect(ask(text)).toBeUndefined();
    });
});

test("a text without a language's name or a word for it asks for none", () => {
    const word = fc.constantFrom(
        ..."please reply answer in to speak I don't understand my you write want better".split(" "),
        ..."ممكن جاوبني رد علي بس لا مش فاهم بدي لو سمحت احكي".split(" "),
        ..."momken rod 3alaya mesh fahem law sama7t pain fever ? , .".split(" "),
    );
    fc.assert(
        fc.property(fc.array(word, { maxLength: 30 }), (words) => {
            expect(ask(words.join(" "))).toBeUndefined();
        }),
    );
});

test("any text is read without failing", () => {
    const name = fc.constantFrom("Arabic", "بالعربي", "english", "language", "auto", "لغتي");
    fc.assert(
        fc.property(fc.array(fc.oneof(name, fc.string({ unit: "grapheme" }))), (parts) => {
            expect([undefined, "ar", "en", "automatic"]).toContain(ask(parts.join(" ")));
        }),
    );
});
