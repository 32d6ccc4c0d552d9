import { chmod, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { formatDataKey } from "../../src/privacy/data-key.ts";
import {
    ensureKeyFile,
    isOpenToOthers,
    openKeyFile,
    prependKey,
} from "../../src/privacy/key-file.ts";
import { openCipher } from "../../src/privacy/open-cipher.ts";
import { testKey } from "../setup/cipher.ts";

let folder: string;
let path: string;
beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "bimedix2-keys-"));
    path = join(folder, "keys", "data.key");
});
afterEach(async () => await rm(folder, { recursive: true }));

it("is made once, for its owner alone, however many start at once", async () => {
    await Promise.all(Array.from({ length: 20 }, async () => await ensureKeyFile(path)));
    const text = await readFile(path, "utf8");
    await ensureKeyFile(path);
    expect(await readFile(path, "utf8")).toBe(text);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, "keys"))).mode & 0o777).toBe(0o700);
    expect(openKeyFile(path)(false)).toHaveLength(1);
    expect(isOpenToOthers(path)).toBe(false);
    await chmod(path, 0o640);
    expect(isOpenToOthers(path)).toBe(true);
});

it("gets a new key in front, which a program that runs takes up", async () => {
    await ensureKeyFile(path);
    const running = await openCipher({ from: "data-folder", path });
    const old = running.seal(Buffer.from("old"), ["a"]);
    await prependKey(path);
    const started = await openCipher({ from: "file", path });
    const sealed = started.seal(Buffer.from("new"), ["a"]);
    expect(String(running.open(sealed, ["a"]))).toBe("new");
    expect(String(started.open(old, ["a"]))).toBe("old");
    expect(running.heads()).toEqual(started.heads());
    expect(running.seal(Buffer.from("x"), ["a"]).subarray(0, 5)).toEqual(sealed.subarray(0, 5));
    expect(
        (await readFile(path, "utf8")).split("\n").filter((line) => /^[^#]/.test(line)),
    ).toHaveLength(2);
});

it("is not changed by two at once", async () => {
    await ensureKeyFile(path);
    await writeFile(`${path}.lock`, "");
    await expect(prependKey(path)).rejects.toMatchObject({ code: "config-invalid" });
    await rm(`${path}.lock`);
    await prependKey(path);
    expect(openKeyFile(path)(false)).toHaveLength(2);
});

it("keeps its former keys while it cannot be understood", async () => {
    await ensureKeyFile(path);
    const source = openKeyFile(path);
    const before = source(true);
    await writeFile(path, "half a li");
    expect(source(true)).toBe(before);
    await writeFile(path, `${formatDataKey(testKey("a"))}\n`);
    expect(source(true)).toEqual([testKey("a")]);
});

it("is not opened without a key, and no key is quoted", async () => {
    await ensureKeyFile(path);
    const key = formatDataKey(testKey("secret"));
    await writeFile(path, `# remark\n${key}\n${key.slice(0, 40)}\n`);
    const failed = await openCipher({ from: "file", path }).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: "config-invalid" });
    expect(String(failed)).toMatch(/line 3: A key must be 32 random bytes/);
    expect(String(failed)).not.toContain(key.slice(0, 8));
    const none = openCipher({ from: "file", path: join(folder, "none") });
    await expect(none).rejects.toMatchObject({ code: "config-invalid" });
});
