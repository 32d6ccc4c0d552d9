/** `bimedix2 doctor --fix`, as an administrator runs it in a folder that is out of order. */
import { randomBytes } from "node:crypto";
import { chmod, copyFile, mkdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { companionPath } from "../../adapters/llama/companion-build.ts";
import { locateCompanionInputs } from "../../adapters/llama/companion-inputs.ts";
import { tryCompanion } from "../../adapters/llama/mend-companion.ts";
import { createLogger } from "../../src/log.ts";
import { startBotApi } from "../fakes/bot-api.ts";
import { companionFolders } from "../setup/companion-folders.ts";
import { ProgramFolder } from "../setup/program.ts";

let folder: ProgramFolder;

beforeEach(async () => {
    folder = await ProgramFolder.create();
});

afterEach(async () => {
    await folder.close();
});

interface Doctor {
    readonly ok: boolean;
    readonly findings: readonly { readonly check: string; readonly state: string }[];
    readonly mendings?: readonly { readonly name: string; readonly mended: boolean }[];
}

async function doctor(
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
): Promise<Doctor> {
    const { out } = await folder.run(["doctor", "--json", ...args], { environment });
    return JSON.parse(out) as Doctor;
}

const mode = async (...path: readonly string[]): Promise<number> =>
    (await stat(join(folder.path, ...path))).mode & 0o777;

test("rights, names, encodings, a lock from before the boot and a webhook are mended, once", async () => {
    const api = await startBotApi();
    api.webhook = "https://old.example.org/secret-path";
    const environment = { TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.apiRoot };
    const place = (...path: readonly string[]): string => join(folder.path, ...path);
    try {
        const settings = await readFile(place("clinic.yaml"), "utf8");
        await rm(place("clinic.yaml"));
        await writeFile(place("clinic.yml"), Buffer.from(`\ufeff${settings}`, "utf16le"));
        await writeFile(place(".env"), "BIMEDIX2_LOG_LEVEL=info\n");
        await mkdir(place("data", "keys"), { recursive: true });
        const key = randomBytes(32).toString("base64");
        await writeFile(place("data", "keys", "data.key"), `${key}\n`);
        await writeFile(place("data", "keys", "data.key.lock"), "");
        await utimes(place("data", "keys", "data.key.lock"), 1, 1);
        await chmod(place("data"), 0o755);

        const fixed = await doctor(["--fix"], environment);
        expect(fixed.mendings?.map(({ name, mended }) => [name, mended])).toEqual([
            ["settings", true],
            ["settings", true],
            ["files", true],
            ["files", true],
            ["files", true],
            ["data keys", true],
            ["Telegram", true],
        ]);
        expect(JSON.stringify(fixed)).not.toContain("secret-path");
        expect(await readFile(place("clinic.yaml"), "utf8")).toBe(settings);
        expect([await mode(".env"), await mode("data")]).toEqual([0o600, 0o700]);
        expect(await mode("data", "keys", "data.key")).toBe(0o600);
        expect(await readFile(place("data", "keys", "data.key"), "utf8")).toBe(`${key}\n`);
        expect(api.webhook).toBe("");
        expect(fixed.findings.filter(({ state }) => state === "fault")).toEqual([]);

        expect((await doctor(["--fix"], environment)).mendings).toEqual([]);
    } finally {
        await api.close();
    }
}, 180_000);

test("a lock of somebody who may live stays, and the remedy is said", async () => {
    await mkdir(join(folder.path, "data", "keys"), { recursive: true, mode: 0o700 });
    await chmod(join(folder.path, "data"), 0o700);
    const lock = join(folder.path, "data", "keys", "data.key.lock");
    await writeFile(lock, "");
    const { out } = await folder.run(["doctor", "--fix"]);
    expect(out).toMatch(/^LEFT {4}data keys .*What to do: If no "bimedix2 data rotate-key" runs/m);
    expect((await stat(lock)).isFile()).toBe(true);
});

test("a companion that cannot be loaded is told from a sound one and from none", async () => {
    const logger = createLogger("silent");
    const cacheFolder = join(folder.path, "companion");
    const choice = { ...companionFolders, cacheFolder, gpu: "cpu", logger } as const;
    const inputs = await locateCompanionInputs(companionFolders.packageRoot);
    const built = companionPath(inputs, companionFolders.cacheFolder, "cpu");
    const path = companionPath(inputs, cacheFolder, "cpu");
    expect(await tryCompanion(choice)).toEqual({ state: "absent", variant: "cpu" });
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(path, "no program");
    expect(await tryCompanion(choice)).toMatchObject({ state: "broken" });
    await rm(path);
    await copyFile(built, path);
    expect(await tryCompanion(choice)).toMatchObject({ state: "sound" });
    expect(path.startsWith(tmpdir())).toBe(true);
});
