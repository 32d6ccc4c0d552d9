/** A new user: the packed archive, an empty folder, `init`, `doctor`, `start`, and a patient's question. */
import { type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type BotApi, startBotApi } from "./fakes/bot-api.ts";
import { innerLinks } from "./setup/markdown.ts";
import { freePort } from "./setup/redis.ts";
import { PackedClinic, pack, type Packed } from "./setup/packed-clinic.ts";

let clinic: PackedClinic;
let packed: Packed;
let api: BotApi;
let pagePort: number;
/** Real processes, which share the machine with those of other tests. */
const patienceMs = 150_000;
vi.setConfig({ testTimeout: 2 * patienceMs });
const arabic = { languageCode: "ar" };

beforeAll(async () => {
    clinic = new PackedClinic();
    api = await startBotApi();
    pagePort = await freePort();
    packed = await pack(clinic.downloads);
    await clinic.install(packed.path);
});

afterAll(async () => {
    await clinic.close();
    await api.close();
});

test("the archive holds the product, and nothing of developers or of a clinic", () => {
    const paths = packed.files.map(({ path }) => path);
    for (const path of paths) {
        expect(path).not.toMatch(/(^|\/)(test|src\/.*\.ts|\.git|\.ci|\.cache|data|keys)\//);
        expect(path).not.toMatch(/\.test\.|\.tsbuildinfo$|\.map$|\.log$|\.key$/);
        expect(path).not.toMatch(/(^|\/)(\.env|clinic\.yaml|\.npmrc)$/);
        expect(path).not.toMatch(/^models\/(?!demo\/).*\.gguf$/);
    }
    for (const needed of ["LICENSE", "README.md", "CHANGELOG.md", "clinic.schema.json"])
        expect(paths).toContain(needed);
    expect(Math.max(...packed.files.map(({ size }) => size))).toBeLessThan(6 * 1024 ** 2);
    expect(packed.bytes).toBeLessThan(20 * 1024 ** 2);
    const executable = packed.files.filter(({ mode }) => (mode & 0o111) !== 0);
    expect(executable.map(({ path }) => path)).toEqual(
        expect.arrayContaining(["bin/bimedix2.js", "vendor/redis-server/linux-x64/redis-server"]),
    );
});

test("what the archive's documents link to is in the archive", () => {
    const documents = packed.files.filter(({ path }) => path.endsWith(".md"));
    expect(documents.length).toBeGreaterThan(15);
    for (const { path } of documents) {
        const links = innerLinks(readFileSync(join(clinic.product, path), "utf8"));
        for (const [target = ""] of links.map((link) => link.split("#"))) {
            const place = join(clinic.product, dirname(path), target);
            expect(existsSync(place), `${path}: ${target}`).toBe(true);
        }
    }
});

test("the product is read-only, and no package of developers is there", () => {
    expect(existsSync(join(clinic.path, "node_modules/typescript"))).toBe(false);
    expect(existsSync(join(clinic.path, "node_modules/vitest"))).toBe(false);
    expect(statSync(clinic.product).mode & 0o222).toBe(0);
    accessSync(join(clinic.path, "node_modules/.bin/bimedix2"), constants.X_OK);
});

test("init, in a terminal, writes the two files", async () => {
    // A pseudo terminal, as an administrator sits at one.
    const child = clinic.launch(
        "script",
        ["--quiet", "--return", "--flush", "--command", "npx bimedix2 init", "/dev/null"],
        api.apiRoot,
    );
    const questions: readonly (readonly [string, string])[] = [
        ["name in English", "Noor Clinic"],
        ["name in Arabic", "عيادة النور"],
        ["Its country", "Saudi Arabia"],
        ["to call in an emergency", ""],
        ["suicide", ""],
        ["language to begin with", "ar"],
        ["The model:", "demo"],
        ["WhatsApp Web?", ""],
        ["The token", api.token],
        ["your own Telegram now?", "yes"],
        ["in this chat what breaks", "yes"],
    ];
    const shown = await answerEach(child, questions, (out) => {
        const code = /\?start=(\d{6})/.exec(out)?.[1];
        if (code !== undefined) api.sendText(99, `/start ${code}`);
        return code !== undefined;
    });
    expect(child.exitCode, shown).toBe(0);
    expect(shown).toContain("The bot has written to you.");
    const settings = readFileSync(join(clinic.path, "clinic.yaml"), "utf8");
    expect(settings).toContain("    ar: عيادة النور\n");
    expect(settings).toContain("  country: SA\n");
    expect(settings).toContain('admins: ["telegram:99"]\n');
    expect(statSync(join(clinic.path, ".env")).mode & 0o077).toBe(0);
    // The tests share two cores, and ports.
    const own = `model:\n  threads: 1\nlocalPage:\n  port: ${String(pagePort)}\n`;
    const others = settings.replaceAll(/^(?:model|localPage):\n(?:(?: .*|#.*)?\n)*/gm, "");
    writeFileSync(join(clinic.path, "clinic.yaml"), `${others}${own}`);
});

test("doctor finds no fault", async () => {
    const child = clinic.launch("npx", ["bimedix2", "doctor"], api.apiRoot);
    const ended = once(child, "close");
    const [out] = await Promise.all([outputOf(child.stdout), outputOf(child.stderr), ended]);
    expect(child.exitCode, out).toBe(0);
    expect(out).not.toContain("FAULT");
    expect(out).toMatch(/^ok\s+Telegram\s+.*night_clinic_bot/m);
});

test("start answers a patient with the demonstration model, and ends well", async () => {
    // Not through npx, which ends at a signal without passing it on.
    const child = clinic.launch("node_modules/.bin/bimedix2", ["start"], api.apiRoot);
    const log = outputOf(child.stderr);
    const said = outputOf(child.stdout);
    const reads = (words: string): Promise<boolean> =>
        api.waitFor(
            () => api.visibleMessages(5).some((message) => message.text.includes(words)),
            patienceMs,
        );
    api.sendText(5, "عندي صداع، ماذا أفعل؟", arabic);
    await reads("عيادة النور");
    api.press(5, "عمري يسمح بذلك وأوافق", arabic);
    await reads("شكرًا لك.");
    api.sendText(5, "عندي صداع، ماذا أفعل؟", arabic);
    await reads("واشرب الماء");
    const page = await servedPage(pagePort);
    child.kill("SIGTERM");
    await once(child, "exit");
    expect(child.exitCode, await log).toBe(0);
    expect(await said).toContain(`http://127.0.0.1:${String(pagePort)}/`);
    expect(page).toEqual({ "/": 200, "/icon.svg": 200, "/style.css": 200, "/client/main.js": 200 });
    // Neither a patient's words nor the token, and no error.
    expect(await log).not.toMatch(/صداع|"level":50|unexpected/);
    expect(await log).not.toContain(api.token);
});

/** How the local page and the files that it names are answered. */
async function servedPage(port: number): Promise<Record<string, number>> {
    const open = (path: string): Promise<Response> =>
        fetch(`http://127.0.0.1:${String(port)}${path}`);
    const page = await open("/");
    const html = await page.text();
    const named = [...html.matchAll(/<(?:link|script)[^>]* (?:href|src)="(\/[^"]*)"/g)];
    const answers = named.map(async ([, path = ""]) => [path, (await open(path)).status] as const);
    return { "/": page.status, ...Object.fromEntries(await Promise.all(answers)) };
}

/** Gives each answer when its question is asked; gives everything that was shown. */
async function answerEach(
    child: ChildProcess,
    questions: readonly (readonly [string, string])[],
    onMeeting: (out: string) => boolean,
): Promise<string> {
    const ended = once(child, "exit");
    const left = [...questions];
    let out = "";
    let read = 0;
    let met = false;
    for await (const chunk of child.stdout ?? []) {
        out += String(chunk);
        met ||= onMeeting(out);
        const [question, answer] = left[0] ?? [];
        const at = question === undefined ? -1 : out.indexOf(question, read);
        if (answer === undefined || at < 0 || !out.endsWith(": ")) continue;
        read = out.length;
        left.shift();
        child.stdin?.write(`${answer}\r`);
    }
    await ended;
    return out;
}

function outputOf(stream: ChildProcess["stdout"]): Promise<string> {
    return stream ? text(stream) : Promise.resolve("");
}
