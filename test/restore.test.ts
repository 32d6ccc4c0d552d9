/** What docs/backup-and-upgrade.md promises: a copy of the data and the key bring a conversation back. */
import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { copyFile, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { packageRoot } from "../src/package-root.ts";
import { codeLines } from "./setup/markdown.ts";
import { ProgramFolder } from "./setup/program.ts";

// Three starts of the program, which share the machine with those of other tests.
vi.setConfig({ testTimeout: 300_000 });
let before: ProgramFolder;
let after: ProgramFolder;

beforeEach(async () => {
    [before, after] = [await ProgramFolder.create(), await ProgramFolder.create()];
});
afterEach(async () => {
    await before.close();
    await after.close();
});

/** The commands of the guide, for folders of the test and without `sudo`. */
async function followGuide(command: string, data: string, archive: string): Promise<void> {
    const guide = await readFile(join(packageRoot(), "docs/backup-and-upgrade.md"), "utf8");
    const [line = ""] = codeLines(guide).filter((one) => one.startsWith(`sudo ${command} `));
    const words = line.split(" ").slice(1);
    const [name = "", ...args] = words.map((word) =>
        word
            .replace("/var/backups/bimedix2/data.tar.gz", archive)
            .replace("/var/lib/bimedix2", data),
    );
    execFileSync(name, args);
}

const writeKey = (path: string): Promise<void> =>
    writeFile(path, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });

const ask = (folder: ProgramFolder, question: string, keyFile: string) =>
    folder.run(["ask", "--conversation", "visit", question], {
        environment: { BIMEDIX2_DATA_KEY_FILE: keyFile },
    });

test("a conversation is copied while the program is stopped, and goes on in another place", async () => {
    const key = join(before.path, "data.key");
    await writeKey(key);
    expect(await ask(before, "My name is Sara.", key)).toMatchObject({ status: 0 });
    const archive = join(before.path, "data.tar.gz");
    await followGuide("tar --create", join(before.path, "data"), archive);

    const restored = join(after.path, "data");
    await mkdir(restored, { mode: 0o700 });
    await followGuide("tar --extract", restored, archive);
    const otherKey = join(after.path, "other.key");
    await writeKey(otherKey);
    const refused = await ask(after, "What is my name?", otherKey);
    expect(refused).toMatchObject({ status: 78, out: "" });
    expect(refused.err).toContain("key");

    const sameKey = join(after.path, "data.key");
    await copyFile(key, sameKey);
    const { status, out } = await ask(after, "What is my name?", sameKey);
    expect({ status, out }).toMatchObject({ status: 0, out: expect.stringContaining("Sara") });
});
