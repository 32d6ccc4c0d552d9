import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createCipher } from "../../src/privacy/cipher.ts";
import { cipherWith, testKey } from "../setup/cipher.ts";

const cipher = cipherWith("one");
const place = fc.array(fc.string(), { maxLength: 3 });

it("opens what it has sealed, and nothing of it shows", () => {
    fc.assert(
        fc.property(fc.uint8Array({ maxLength: 300 }), place, (plain, where) => {
            const sealed = cipher.seal(plain, where);
            const opened = cipher.open(sealed, where);
            expect(opened && Buffer.compare(opened, plain)).toBe(0);
            if (plain.length >= 4) expect(sealed.includes(Buffer.from(plain))).toBe(false);
            expect(cipher.seal(plain, where).equals(sealed)).toBe(false);
        }),
    );
});

it("opens nothing that was changed in any byte, cut or lengthened", () => {
    const sealed = cipher.seal(Buffer.from("صداع شديد"), ["turn", "web:a:1"]);
    for (const [at, byte] of sealed.entries()) {
        const changed = Buffer.from(sealed);
        for (let bit = 1; bit < 256; bit <<= 1) {
            changed[at] = byte ^ bit;
            expect(cipher.open(changed, ["turn", "web:a:1"])).toBeUndefined();
        }
        expect(cipher.open(sealed.subarray(0, at), ["turn", "web:a:1"])).toBeUndefined();
    }
    const longer = Buffer.concat([sealed, Buffer.of(0)]);
    expect(cipher.open(longer, ["turn", "web:a:1"])).toBeUndefined();
});

it("opens nothing in another place or with another key", () => {
    fc.assert(
        fc.property(fc.uint8Array(), place, place, (plain, where, elsewhere) => {
            fc.pre(JSON.stringify(where) !== JSON.stringify(elsewhere));
            const sealed = cipher.seal(plain, where);
            expect(cipher.open(sealed, elsewhere)).toBeUndefined();
            expect(cipherWith("two").open(sealed, where)).toBeUndefined();
            expect(cipher.fingerprints(plain, where)).not.toEqual(
                cipher.fingerprints(plain, elsewhere),
            );
        }),
    );
});

it("seals with the first key and opens with all", () => {
    const sealed = cipher.seal(Buffer.from("old"), ["a"]);
    const both = cipherWith("two", "one");
    expect(String(both.open(sealed, ["a"]))).toBe("old");
    expect(cipher.open(both.seal(Buffer.from("new"), ["a"]), ["a"])).toBeUndefined();
    expect(both.heads()[1]).toEqual(cipher.heads()[0]);
    expect(both.fingerprints(Buffer.from("x"), ["a"])[1]).toBe(
        cipher.fingerprints(Buffer.from("x"), ["a"])[0],
    );
});

it("asks for the keys anew when a value names one that it does not know", () => {
    let keys = [testKey("one")];
    const before = keys;
    // As a file that was changed a moment ago: only who looks sees the change.
    const late = createCipher((look) => (look ? keys : before));
    keys = [testKey("two"), testKey("one")];
    const sealed = cipherWith("two").seal(Buffer.from("new"), ["a"]);
    expect(String(late.open(sealed, ["a"]))).toBe("new");
});
