import * as fc from "fast-check";
import { expect, test } from "vitest";
import { plainText } from "../../src/messaging/formatted-text.ts";
import { readMarkdown } from "../../src/messaging/read-markdown.ts";
import { renderParts } from "../../src/messaging/render-parts.ts";
import { directLines } from "../../src/messaging/text-direction.ts";
import { onScreen } from "./bidi-display.ts";
import { wildMarkdown } from "./example-markdown.ts";

const rightToLeft = "\u200F";
const leftToRight = "\u200E";

test.each([
    ["صورة MRI سليمة", "صورة MRI سليمة"],
    ["MRI سليم", `${rightToLeft}MRI سليم`],
    ["500 mg كل يوم", `${rightToLeft}\u2066500 mg\u2069 كل يوم`],
    ["997", `${rightToLeft}997`],
    ["- Panadol\n- مسكن", `${rightToLeft}• Panadol\n• مسكن`],
    ["نعم.\nAn English sentence.", "نعم.\nAn English sentence."],
    ["**CT**: أشعة", `${rightToLeft}CT: أشعة`],
    ["```\nMRI سليم\n```", "MRI سليم"],
])("in an Arabic reply, %j runs from the right", (markdown, expected) => {
    expect(plainText(directLines(readMarkdown(markdown), "ar"))).toBe(expected);
});

test.each([
    ["The word صداع means headache", "The word صداع means headache"],
    ["صداع means headache", `${leftToRight}صداع means headache`],
    ["صداع", "صداع"],
    ["1. صداع", `${leftToRight}1. صداع`],
    ["997", "997"],
])("in an English reply, %j runs from the left", (markdown, expected) => {
    expect(plainText(directLines(readMarkdown(markdown), "en"))).toBe(expected);
});

test.each([
    ["الجرعة 500 mg/12 h ثم راحة", "500 mg/12 h"],
    ["قرص **500** mg ثم راحة", "500 mg"],
    ["500 mg صباحًا", "500 mg"],
    ["الضغط 120/80 mmHg", "120/80 mmHg"],
    ["الضغط 120/80 طبيعي", "120/80"],
    ["تشبع الأكسجين SpO2 95%", "SpO2 95%"],
    ["SpO2 95% طبيعي", "SpO2 95%"],
    ["فحص CT-scan (2024) سليم", "CT-scan (2024)"],
    ["رقم الهاتف +966 50 123 4567 للطوارئ", "+966 50 123 4567"],
    ["اتصل 050-123-4567", "050-123-4567"],
    ["الحرارة 38.5 °C", "38.5 °C"],
    ["النتيجة -2.5 في الفحص", "-2.5"],
    ["إذا كان ≥ 140/90 mmHg", "≥ 140/90 mmHg"],
    ["دواء Panadol® 500 mg (باراسيتامول)", "Panadol® 500 mg"],
    ["ارتفاع Ca2+ بسيط", "Ca2+"],
    ["العدد 5*10^9/L", "5*10^9/L"],
    ["الوزن 70 kg × 15 mg/kg = 1050 mg", "70 kg × 15 mg/kg = 1050 mg"],
    ["الجرعة ٥٠٠ mg يوميًا", "٥٠٠ mg"],
    ["انظر https://who.int/a?b=1 هنا", "https://who.int/a?b=1"],
    ["- /language – اختيار اللغة", "/language"],
    ["العربية: /language ar", "/language ar"],
    ["التحدث إلى إنسان (/doctor) أو الانتظار", "/doctor"],
    ["خذ 5-10 mg، ثم 250 mg.", "5-10 mg"],
])("in the Arabic line %j, %j reads from the left", (markdown, phrase) => {
    expect(onScreen(plainText(directLines(readMarkdown(markdown), "ar")))).toContain(phrase);
});

test.each([
    ["خذ 500 mg، ثم 250 mg، ثم 997", "997 مث ،250 mg مث ،500 mg ذخ"],
    ["1. ال-MRI سليم (5 أيام).", ".(مايأ 5) ميلس MRI-لا .1"],
])("the phrases of %j stand from right to left", (markdown, shown) => {
    expect(onScreen(plainText(directLines(readMarkdown(markdown), "ar")))).toBe(shown);
});

test("what needs no marks gets none: patients copy numbers and names", () => {
    const plain = "اتصل على 997، أو تناول Panadol مع 2.5 من 120/80 بنسبة 50% في 23/11/2024";
    expect(plainText(directLines(readMarkdown(plain), "ar"))).toBe(plain);
});

test("the marks are the only change, keep the formatting, and are not doubled", () => {
    fc.assert(
        fc.property(wildMarkdown(50), fc.constantFrom("ar", "en"), (markdown, language) => {
            const formatted = readMarkdown(markdown);
            const directed = directLines(formatted, language);
            expect(directLines(directed, language)).toEqual(directed);
            expect(directed.map(({ styles }) => styles)).toEqual(
                formatted.map(({ styles }) => styles),
            );
            expect(bare(plainText(directed))).toBe(bare(plainText(formatted)));
        }),
        { seed: 3 },
    );
});

test.each(["", "ع "])(
    "a message that begins within an Arabic line still runs from the right",
    (start) => {
        const parts = renderParts(start + "ع M ".repeat(4_000), "ar", 4096).map(plainText);
        expect(parts.length).toBeGreaterThan(2);
        for (const part of parts) {
            expect(part).toMatch(/^(?:\u200F|ع)/u);
            expect(part.length).toBeLessThanOrEqual(4096);
        }
    },
);

function bare(text: string): string {
    return text.replaceAll(/[\u200E\u200F\u2066\u2069]/g, "");
}

test("in a message in both languages each list runs in its own direction, names in a list in the reply's", () => {
    const directed = (markdown: string, language: "ar" | "en"): string =>
        plainText(directLines(readMarkdown(markdown), language));
    const english = "Call 997 now.\n\n- Do not stay alone.\n- Open the door for those who help.";
    const arabic =
        "اتصل فورًا بالرقم 997.\n\n- لا تبقَ وحدك، ولا تقُد السيارة بنفسك.\n- افتح الباب لمن يساعد.";
    for (const language of ["en", "ar"] as const) {
        expect(directed(`${english}\n\n${arabic}`, language)).not.toMatch(/[\u200E\u200F]•/);
    }
    const names = directed("أدوية شائعة:\n\n- Paracetamol\n- Ibuprofen", "ar");
    expect(names.match(/\u200F•/g)).toHaveLength(2);
});
