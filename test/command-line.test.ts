/** The program as an administrator runs it: real processes in an empty folder. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createNotices } from "../src/notices.ts";
import { packageRoot } from "../src/package-root.ts";
import { loadPrompts } from "../src/prompt/prompt-library.ts";
import { startBotApi } from "./fakes/bot-api.ts";
import { type Ended, oneThread, ProgramFolder } from "./setup/program.ts";
import { freePort } from "./setup/redis.ts";

// Real processes, which share the machine with those of other tests.
vi.setConfig({ testTimeout: 300_000 });
const demo = join(packageRoot(), "models/demo");
const sample = (name: string): string => join(demo, "samples", name);
const notices = createNotices(await loadPrompts(join(packageRoot(), "prompts")), {
    clinicName: { en: "our clinic", ar: "عيادتنا" },
    days: 30,
    minimumAge: 18,
    maxCharacters: 8000,
    maxImages: 8,
    maxMegabytes: 20,
    maxMegapixels: 50,
});

let program: ProgramFolder;
let folder: string;
const run: ProgramFolder["run"] = async (...args) => await program.run(...args);

beforeEach(async () => {
    program = await ProgramFolder.create();
    folder = program.path;
});

afterEach(async () => {
    await program.close();
});

async function ask(
    ...args: readonly string[]
): Promise<Ended & { readonly json: Record<string, unknown> }> {
    const ended = await run(["ask", "--json", ...args]);
    expect(ended.err).not.toContain("unexpected");
    return { ...ended, json: JSON.parse(ended.out) as Record<string, unknown> };
}

test("help, version and wrong command lines", async () => {
    expect(await run(["--version"])).toMatchObject({ status: 0, out: "0.1.0\n" });
    const help = await run(["--help"]);
    expect(help.status).toBe(0);
    for (const command of ["start", "chat", "ask", "doctor", "queue"])
        expect(help.out).toContain(command);
    expect(await run(["aks"])).toMatchObject({ status: 2, err: expect.stringContaining("ask") });
    expect(await run(["start", "--role", "boss"])).toMatchObject({ status: 2 });
    expect(await run(["ask", "--language", "fr", "x"])).toMatchObject({ status: 2 });
    expect(await run(["ask", "--conversation", "a:b", "x"])).toMatchObject({
        status: 78,
        err: expect.stringContaining("--conversation"),
    });
    expect(await run(["ask"])).toMatchObject({
        status: 78,
        err: expect.stringContaining("no question"),
    });
});

test("ask: several calls are one conversation, over a picture, in both languages", async () => {
    const first = await ask(
        "--conversation",
        "visit",
        "--image",
        sample("mri_right_10.png"),
        "What type of scan is this?",
    );
    expect(first.status).toBe(0);
    expect(first.json).toMatchObject({
        language: "en",
        stop: "end",
        images: 1,
        disclaimer: true,
        droppedTurns: 0,
        tokens: { cached: 0, image: 36 },
        model: "BiMediX2 demonstration",
        device: "CPU (1 thread)",
    });
    expect(first.json["reply"]).toMatch(/^This is a brain MRI scan\./);
    expect(first.json["reply"]).toContain(notices("disclaimer-image", "en"));
    expect(first.json["reply"]).toContain(notices("demonstration", "en"));
    expect(Object.keys(first.json["timingsMs"] as object)).toEqual([
        "load",
        "image",
        "firstToken",
        "total",
    ]);

    const second = await ask("--conversation", "visit", "على أي جانب؟");
    expect(second.json).toMatchObject({ language: "ar", images: 1, disclaimer: true });
    expect(second.json["reply"]).toContain("الأيمن");

    const other = await ask("On which side is it?");
    expect(other.json).toMatchObject({ images: 0 });
    expect(other.json["reply"]).not.toContain("right");
});

test("ask: --language decides, and the question may come from standard input", async () => {
    const forced = await ask("--language", "ar", "I have a headache, what should I do?");
    expect(forced.json).toMatchObject({ language: "ar" });
    const piped = await run(["ask"], { input: "عندي صداع، ماذا أفعل؟\n" });
    expect(piped.status).toBe(0);
    expect(piped.out).toContain("الصداع");
    expect(piped.out).toContain(notices("disclaimer", "ar"));
});

test("ask: a picture that cannot be used is answered in words, with status 1", async () => {
    const broken = join(folder, "scan.png");
    await cp(sample("ct_left_05.png"), broken);
    await truncate(broken, 200);
    const { status, json } = await ask("--image", broken);
    expect(status).toBe(1);
    expect(json).toMatchObject({
        reply: notices("image-corrupt", "en"),
        stop: "error",
        error: "refused",
    });
    const gone = await ask("--image", join(folder, "gone.png"), "ما هذا؟");
    expect(gone.json["reply"]).toContain(notices("image-unavailable", "ar"));
});

test("a model file that is missing or cut off is named, with the remedy", async () => {
    await writeFile(join(folder, "clinic.yaml"), `${oneThread}  file: lost.gguf\n`);
    const missing = await run(["ask", "hello"]);
    expect(missing).toMatchObject({
        status: 1,
        err: expect.stringContaining(join(folder, "lost.gguf")),
    });
    expect(missing.err).toContain("What to do:");
    await cp(join(demo, "bimedix2-demo.gguf"), join(folder, "lost.gguf"));
    await truncate(join(folder, "lost.gguf"), 2_000_000);
    const cut = await run(["ask", "hello"]);
    expect(cut).toMatchObject({ status: 1, err: expect.stringContaining("What to do:") });
    const doctor = await run(["doctor"]);
    expect(doctor.status).toBe(1);
    expect(doctor.out).toMatch(/^FAULT\s+model\s.*What to do:/m);
});

test("without a projector text is answered and a picture honestly refused; doctor names the remedy", async () => {
    await writeFile(join(folder, "clinic.yaml"), `${oneThread}  projector: lost.mmproj.gguf\n`);
    const { status, json } = await ask(
        "--image",
        sample("ct_left_05.png"),
        "عندي صداع، ماذا أفعل؟",
    );
    expect(status).toBe(0);
    expect(json["reply"]).toMatch(notices("vision-unavailable", "ar"));
    expect(json["reply"]).toContain("الصداع");
    const doctor = await run(["doctor"]);
    expect(doctor.status).toBe(1);
    expect(doctor.out).toMatch(/^FAULT\s+projector\s.*lost\.mmproj\.gguf.*What to do:/m);
});

test("a wrong configuration is explained, all faults at once, and doctor goes on to what it can check", async () => {
    await writeFile(
        join(folder, "clinic.yaml"),
        "clinic:\n  nam:\n    en: X\nmodel:\n  gpu: fast\n",
    );
    const failed = await run(["ask", "hello"]);
    expect(failed.status).toBe(78);
    expect(failed.err).toContain("clinic.yaml, line 2");
    expect(failed.err).toContain("clinic.yaml, line 5");
    const doctor = await run(["doctor"]);
    expect(doctor.status).toBe(1);
    expect(doctor.out).toMatch(/^ok\s+Node\.js/m);
    expect(doctor.out).toMatch(/^FAULT\s+configuration/m);
});

test("doctor: one line for each part of a sound installation", async () => {
    const { status, out } = await run(["doctor"]);
    expect(status).toBe(0);
    const lines = out.trimEnd().split("\n");
    expect(lines.map((line) => line.slice(8, 22).trim())).toEqual([
        "Node.js",
        "compiler",
        "configuration",
        "files",
        "device",
        "eyes",
        "model",
        "memory",
        "licence",
        "projector",
        "safety",
        "Redis",
        "data keys",
        "Telegram",
        "WhatsApp",
        "WhatsApp Web",
        "staff",
    ]);
    expect(lines.filter((line) => line.startsWith("FAULT"))).toEqual([]);
});

test("chat: a conversation from a pipe", async () => {
    const input = `My name is Sara.\nWhat is my name?\n/image ${sample("xray_left_01.png")}\nWhat type of scan is this?\n/reset\nWhat is my name?\n`;
    const { status, out } = await run(["chat"], { input });
    expect(status).toBe(0);
    expect(out.match(/Sara/g)?.length).toBeGreaterThanOrEqual(2);
    expect(out).toContain("chest X-ray");
    const afterReset = out.slice(out.indexOf(notices("reset-done", "en")));
    expect(afterReset).not.toContain("Sara");
});

test("start without a terminal and a platform says what to set up", async () => {
    const { status, err } = await run(["start"]);
    expect(status).toBe(78);
    expect(err).toContain("TELEGRAM_BOT_TOKEN");
});

test("start: a service killed while it answers answers after the next start, and ends well on SIGTERM", async () => {
    const api = await startBotApi();
    try {
        const first = await program.serve(api);
        api.fail("sendMessage", "hang", 1);
        api.sendText(5, "I have a headache, what should I do?");
        await api.waitFor(() => api.callsOf("sendMessage").length > 0);
        first.kill("SIGKILL");
        await once(first, "exit");
        const second = await program.serve(api);
        await api.waitFor(() => api.visibleMessages(5).length === 1, 60_000);
        expect(api.visibleMessages(5)[0]?.text).toContain("headache");
        second.kill("SIGTERM");
        await once(second, "exit");
        expect(second.exitCode).toBe(0);
    } finally {
        await api.close();
    }
});

test("start: while Redis is away the patient is told, and answered when it comes", async () => {
    const api = await startBotApi();
    const port = await freePort();
    try {
        await program.serve(api, { REDIS_URL: `redis://127.0.0.1:${String(port)}` });
        api.sendText(6, "عندي صداع، ماذا أفعل؟", { languageCode: "ar" });
        await api.waitFor(() => api.visibleMessages(6).length === 1, 60_000);
        expect(api.visibleMessages(6)[0]?.text).toBe(notices("delayed", "ar"));
        const redis = spawn(
            join(packageRoot(), "vendor/redis-server/linux-x64/redis-server"),
            ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            { stdio: "ignore" },
        );
        program.adopt(redis);
        await api.waitFor(() => api.visibleMessages(6).length === 2, 60_000);
        expect(api.visibleMessages(6)[1]?.text).toContain("الصداع");
    } finally {
        await api.close();
    }
});

test("a report for strangers has the versions and every check, and nothing of the clinic", async () => {
    const { out } = await run(["doctor", "--report"]);
    expect(out).toMatch(/^BiMediX2 Chat\s+\d/m);
    expect(out).toMatch(/^ok\s+Redis/m);
    expect(out).toMatch(/^\w+\s+Telegram\s+\(not shown\)/m);
    expect(out).not.toContain(folder);
});
