/** bimedix2 config and bimedix2 version, as an administrator runs them. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { parse, stringify } from "yaml";
import { main } from "../../src/main.ts";
import { token } from "../config/clinic-folder.ts";

const home = process.cwd();
let folder: string;
let out: string;
let err: string;

beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bimedix2-config-"));
    vi.spyOn(process, "cwd").mockReturnValue(folder);
    vi.spyOn(process.stdout, "write").mockImplementation((text) => ((out += String(text)), true));
    vi.spyOn(process.stderr, "write").mockImplementation((text) => ((err += String(text)), true));
});

afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
    expect(process.cwd()).toBe(home);
});

async function run(...args: readonly string[]): Promise<number> {
    [out, err] = ["", ""];
    return await main(args);
}

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

test("check finds nothing where nothing is configured", async () => {
    expect(await run("config", "check", "--json")).toBe(0);
    expect(JSON.parse(out)).toEqual([]);
    expect(await run("config", "check")).toBe(0);
    expect(out).toBe("No faults (no clinic.yaml: the defaults hold).\n");
});

test("check names the faults of all files, in the words of start", async () => {
    write(".env", "BIMEDIX2_LOG_LEVEL=loud\n");
    write("ours.yaml", "foo: 1\n");
    const text = "images:\n  maxMegabytes: 0\nsafety:\n  triageRules: [ours.yaml, other.yaml]\n";
    write("clinic.yaml", text);
    expect(await run("config", "check", "--json")).toBe(78);
    expect(JSON.parse(out)).toEqual([
        {
            file: ".env",
            line: 1,
            message: "BIMEDIX2_LOG_LEVEL must be one of silent, error, warn, info, debug.",
        },
        {
            file: "clinic.yaml",
            line: 2,
            column: 17,
            message: "images.maxMegabytes must be a whole number from 1 to 200, not 0.",
        },
        {
            file: "clinic.yaml",
            line: 4,
            column: 28,
            message: expect.stringContaining("names a file that does not exist") as string,
        },
        { file: "ours.yaml", line: 1, message: expect.stringContaining('"foo"') as string },
    ]);
    expect(await run("config", "check")).toBe(78);
    const checked = out;
    expect(await run("start")).toBe(78);
    expect(checked.startsWith(err)).toBe(true);
    expect(checked).toMatch(/\n\nSome triage rules cannot be used:\nours.yaml:1: .*\nWhat to do: /);
});

test("check names a fault of the clinic's own wording once", async () => {
    write("clinic.yaml", "notices:\n  stopped: { en: 'Stop, {name}.', ar: توقفت. }\n");
    expect(await run("config", "check", "--json")).toBe(78);
    expect(JSON.parse(out)).toEqual([
        {
            file: "clinic.yaml",
            line: 2,
            column: 18,
            message: "notices.stopped.en: {name} has no meaning here. It has no words in braces.",
        },
    ]);
});

test("show prints a clinic.yaml that means the same, without secrets and patients", async () => {
    write(".env", `TELEGRAM_BOT_TOKEN=${token}\nREDIS_URL=redis://user:hush@localhost:1\n`);
    write("clinic.yaml", 'access:\n  allow: ["telegram:123456789"]\nmodel:\n  gpu: cpu\n');
    expect(await run("config", "show")).toBe(0);
    expect(out).not.toMatch(/AAAA|hush|123456789/);
    expect(out).toContain("  emergencyNumber:\n");
    expect(parse(out)).toMatchObject({
        model: { profile: "demo", gpu: "cpu", contextTokens: "auto" },
        environment: {
            TELEGRAM_BOT_TOKEN: "set",
            WHATSAPP_APP_SECRET: "not set",
            REDIS_URL: "set",
            BIMEDIX2_LOG_LEVEL: "info",
        },
    });
    expect(await run("config", "show", "--show-addresses")).toBe(0);
    const { environment: _environment, ...settings } = parse(out) as Record<string, unknown>;
    const shown = out.slice(out.indexOf("\n"));
    write("clinic.yaml", stringify(settings));
    expect(await run("config", "show", "--show-addresses")).toBe(0);
    expect(out.slice(out.indexOf("\n"))).toBe(shown);
    expect(shown).toContain("telegram:123456789");
    write("clinic.yaml", "images: 3\n");
    expect([await run("config", "show"), out]).toEqual([78, ""]);
});

test("schema prints what ships, version what runs", async () => {
    expect(await run("config", "schema")).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ title: "clinic.yaml of BiMediX2 Chat" });
    expect(await run("version", "--json")).toBe(0);
    expect(JSON.parse(out)).toEqual({
        program: "0.1.0",
        node: process.versions.node,
        nodeLlamaCpp: "3.22.1",
        platform: `${process.platform} ${process.arch}`,
    });
    expect(await run("version")).toBe(0);
    expect(out).toMatch(/^BiMediX2 Chat +0\.1\.0\nNode\.js .*\nnode-llama-cpp +3\.22\.1\n/);
});
