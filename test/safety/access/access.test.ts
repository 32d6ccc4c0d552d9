import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ConversationKey } from "../../../src/message.ts";
import { createAccess } from "../../../src/safety/access/access.ts";
import { accessEntryFault } from "../../../src/safety/access/access-entry.ts";

const number = "966501234567";
const cloud = `whatsapp-cloud:1111:${number}` as const;
const web = `whatsapp-web:main:${number}@c.us` as const;
const inGroup = `whatsapp-web:main:120363@g.us~${number}@c.us` as const;
const telegram = "telegram:77:123456789";
const hidden = "whatsapp-web:main:44556677889900@lid";
const others = ["telegram:77:1234567890", "whatsapp-cloud:1111:966501234568", hidden] as const;

/** The conversations of which an entry of the block list blocks. */
function met(entry: string, ...among: readonly ConversationKey[]): readonly ConversationKey[] {
    const access = createAccess({ allow: [], block: [entry] });
    return among.filter((conversation) => access(conversation) === "blocked");
}

describe("the access lists", () => {
    it("let everybody in when they are empty, and nobody but those listed when they allow some", () => {
        const open = createAccess({ allow: [], block: ["telegram:123456789"] });
        expect([telegram, cloud].map((chat) => open(chat as ConversationKey))).toEqual([
            "blocked",
            "allowed",
        ]);
        const closed = createAccess({ allow: [`+${number}`, "1@g.us"], block: ["120363@g.us"] });
        expect(closed(web)).toBe("allowed");
        expect(closed(inGroup)).toBe("blocked");
        expect(closed("whatsapp-web:main:1@g.us~44@lid")).toBe("allowed");
        expect(closed(telegram)).toBe("not-listed");
        expect(closed("terminal:local:chat")).toBe("allowed");
    });

    it.each<[entry: string, ...met: ConversationKey[]]>([
        ["telegram:123456789", telegram],
        [" Telegram : ۱۲۳۴۵۶۷۸۹ ", telegram],
        ["telegram:77:123456789", telegram],
        ["telegram:78:123456789"],
        ["123456789", telegram],
        [number, cloud, web, inGroup],
        ["+966 50 123 4567", cloud, web, inGroup],
        ["whatsapp:00966-50-123-4567", cloud, web, inGroup],
        ["whatsapp:+٩٦٦ (٠) ٥٠ ١٢٣ ٤٥٦٧", cloud, web, inGroup],
        ["(+966) 50.123.4567", cloud, web, inGroup],
        ["\u202a+966\u00a050\u00a0123\u00a04567\u202c", cloud, web, inGroup],
        ["whatsapp-cloud:+966501234567", cloud],
        ["whatsapp-web:966501234567", web, inGroup],
        ["whatsapp:966501234567@s.whatsapp.net", cloud, web, inGroup],
        [web, web, inGroup],
        [inGroup, web, inGroup],
        ["whatsapp-cloud:2222:966501234567"],
        ["120363@g.us", inGroup],
        ["whatsapp:44556677889900@lid", hidden],
        ["44556677889900"],
    ])("meet with %j exactly those who are meant", (entry, ...expected) => {
        expect(met(entry, telegram, cloud, web, inGroup, ...others)).toEqual(expected);
    });

    it("meet a patient whom Meta names by an id of its own", () => {
        const patient = "whatsapp-cloud:1111:SA.13491208655302741918";
        expect(met("SA.13491208655302741918", patient)).toEqual([patient]);
        expect(met("whatsapp:sa.13491208655302741918", patient)).toEqual([patient]);
    });

    it.each([
        ["", /^the id of a chat/],
        ["Layla", /^the id of a chat/],
        ["@layla", /neither user names/],
        ["telegram:@layla", /neither user names/],
        ["telegram:+966501234567", /nor phone numbers/],
        ["0501234567", /with its country code/],
        ["whatsapp:050 123 4567", /with its country code/],
        ["whatsapp:+966 50 123", undefined],
        ["whatsapp:+966", /with its country code/],
        ["+9665012345678901", /with its country code/],
        ["whatsapp:966501234567@example.org", /with its country code/],
        ["tel:+966501234567", /^an id behind one of telegram: whatsapp:/],
        ["telegram::1", /^an id behind one of/],
        ["telegram:1:2:3", /^an id behind one of/],
        ["web:a b!", /^an id of letters/],
    ])("say of %j what it must be, and repeat nothing of it", (entry, words) => {
        const fault = accessEntryFault(entry);
        if (words === undefined) expect(fault).toBeUndefined();
        else {
            expect(fault).toMatch(words);
            expect(fault).not.toMatch(/layla|0501234567|example\.org/i);
            expect(() => createAccess({ allow: [entry], block: [] })).toThrow(
                expect.objectContaining({ code: "config-invalid" }),
            );
        }
    });

    it("know a phone number in whatever way it is written, and take no other for it", () => {
        const phone = fc.stringMatching(/^[1-9]\d{7,14}$/);
        const noise = fc.constantFrom("", "", "", " ", "-", "\u00a0", "\u200e", ".", "/", "‑");
        const script = fc.constantFrom(
            "0123456789",
            "٠١٢٣٤٥٦٧٨٩",
            "۰۱۲۳۴۵۶۷۸۹",
            "０１２３４５６７８９",
        );
        const writing = fc.record({
            before: fc.constantFrom("whatsapp:", "WhatsApp: ", "whatsapp-web:", "\u202awhatsapp:"),
            mark: fc.constantFrom("+", "00", "", "＋"),
            after: fc.constantFrom("", "@c.us", "@s.whatsapp.net", "\u202c", " "),
            digits: script,
            gaps: fc.array(noise, { minLength: 15, maxLength: 15 }),
        });
        fc.assert(
            fc.property(phone, phone, writing, (one, another, how) => {
                const spaced = Array.from(
                    how.mark === "00" ? `00${one}` : one,
                    (digit, index) => `${how.digits[Number(digit)] ?? ""}${how.gaps[index] ?? ""}`,
                ).join("");
                const plus = how.mark === "00" ? "" : how.mark;
                const entry = `${how.before}${plus}${spaced}${how.after}`;
                const chats = [one, another].map(
                    (digits): ConversationKey => `whatsapp-web:main:${digits}@c.us`,
                );
                const never = [`whatsapp-web:main:${one}@lid`, `telegram:1:${one}`] as const;
                const expected = one === another ? chats : chats.slice(0, 1);
                expect(met(entry, ...chats, ...never)).toEqual(expected);
            }),
        );
    });

    it("are read without failing, whatever stands in them and whoever writes", () => {
        const hostile = [
            "telegram:",
            "whatsapp:",
            "1",
            "٤",
            "0",
            "+",
            "(",
            "@lid",
            "@g.us",
            "~",
            "\u0000",
        ];
        const text = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...hostile) }));
        fc.assert(
            fc.property(text, text, (entry, chat) => {
                const lists = { allow: [], block: [entry] };
                if (accessEntryFault(entry) !== undefined) {
                    expect(() => createAccess(lists)).toThrow(/access lists/);
                } else {
                    const verdict = createAccess(lists)(`whatsapp-web:main:${chat}`);
                    expect(["allowed", "blocked"]).toContain(verdict);
                }
            }),
        );
    });
});
