/**
 * Everything that others can read while patients tell the program secrets: its output, its log, its
 * data folder with the files of Redis, its figures and traces, the local page, what its commands print
 * and what administrators are told. None of it holds any of them.
 */
import { once } from "node:events";
import { appendFile, readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BotApi, startBotApi } from "./fakes/bot-api.ts";
import { ProgramFolder } from "./setup/program.ts";
import { freePort } from "./setup/redis.ts";
import { readPage, type Surface, TraceCollector } from "./setup/surfaces.ts";

let api: BotApi;
let program: ProgramFolder;
let collector: TraceCollector;
let page: string;
let written = "";

/** Words that occur nowhere else. */
const secrets = {
    text: "zanzibarine",
    arabic: "زنجبيلاوي",
    caption: "quokkaish",
    metadata: "tarragonic",
    fileName: "wolframite",
    emergency: "xylophonic",
    crisis: "yarborough",
    unagreed: "jabberwock",
    name: "Featherstonehaugh",
};
/** Those of the clinic; the last ones stand in clinic.yaml by mistake. */
const clinicSecrets = {
    password: "planted-password-of-the-page",
    modelKey: "planted-key-of-the-model-server",
    writtenOutToken: "1234567890:AAplanted-token-in-clinic-yaml",
    unclearNumber: "96650-planted-number",
};
/** By these the store and the platforms know people; nobody else reads them. */
const patient = 7_310_557_218;
const administrator = 7_310_557_219;

beforeAll(async () => {
    api = await startBotApi();
    collector = await TraceCollector.open();
    const port = await freePort();
    page = `http://127.0.0.1:${String(port)}`;
    program = await ProgramFolder.create(
        `consent:\n  required: true\nlocalPage:\n  port: ${String(port)}\nadmins: ["telegram:${String(administrator)}"]\n`,
    );
});

afterAll(async () => {
    await program.close();
    await api.close();
    collector.close();
});

async function answered(count: number, chat = patient): Promise<void> {
    await api.waitFor(() => api.visibleMessages(chat).length >= count, 60_000);
}

/** Every file below a folder, as bytes. */
async function filesBelow(folder: string): Promise<Surface[]> {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return await Promise.all(
        entries
            .filter((entry) => entry.isFile())
            .map(async ({ parentPath, name }) => {
                const path = join(parentPath, name);
                return { path, bytes: await readFile(path) };
            }),
    );
}

test("what patients tell is nowhere to be found in what the program writes", async () => {
    const environment = {
        TELEGRAM_BOT_TOKEN: api.token,
        TELEGRAM_API_ROOT: api.apiRoot,
        BIMEDIX2_PAGE_PASSWORD: clinicSecrets.password,
        BIMEDIX2_MODEL_API_KEY: clinicSecrets.modelKey,
    };
    const child = program.launch(["start"], {
        ...environment,
        BIMEDIX2_LOG_LEVEL: "debug",
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.address,
    });
    for (const stream of [child.stdout, child.stderr]) {
        stream?.on("data", (chunk: Buffer) => (written += chunk.toString()));
    }
    const from = { firstName: secrets.name };
    api.sendText(patient, `I have a mild headache, says ${secrets.unagreed}`, from);
    await answered(1);
    api.sendText(patient, "I agree", from);
    await answered(2);
    api.sendText(patient, `I have a headache. My name is ${secrets.text}.`, from);
    await answered(3);
    api.sendText(patient, `اسمي ${secrets.arabic} وعندي صداع`, from);
    await answered(4);
    const image = await sharp({
        create: { width: 64, height: 48, channels: 3, background: "grey" },
    })
        .withExif({ IFD0: { ImageDescription: secrets.metadata, Artist: secrets.metadata } })
        .jpeg()
        .toBuffer();
    api.sendPhoto(patient, image, `What does this show, ${secrets.caption}?`, from);
    await answered(5);
    const file = { bytes: image, fileName: `${secrets.fileName}.jpg`, mimeType: "image/jpeg" };
    api.sendDocument(patient, file, from);
    await answered(6);
    // Its answer stands whole behind the emergency, which would take the turn over.
    api.sendText(patient, "/help", from);
    await answered(7);
    api.sendText(
        patient,
        `crushing chest pain, sweating, cannot breathe, ${secrets.emergency}`,
        from,
    );
    await answered(8);
    api.sendText(patient, `I want to kill myself tonight, ${secrets.crisis}`, from);
    await answered(9);
    api.sendText(patient, "/export", from);
    await answered(10);
    expect(api.visibleMessages(patient).at(-1)?.text).toContain(secrets.text);

    // The program writes its counts once a second.
    let figures = { out: "", err: "" };
    const readFigures = async () => {
        figures = await program.run(["safety", "--prometheus"]);
        return figures.out;
    };
    await expect
        .poll(readFigures, { timeout: 30_000 })
        .toMatch(/disposition="emergency"[^\n]*\} 1/);
    api.sendText(administrator, "/status");
    await answered(1, administrator);
    const mistakes = `platforms: { telegram: { token: "${clinicSecrets.writtenOutToken}" } }\naccess: { block: ["${clinicSecrets.unclearNumber}"] }\n`;
    await appendFile(join(program.path, "clinic.yaml"), mistakes);
    await answered(2, administrator);
    expect(api.visibleMessages(administrator).at(-1)?.text).toContain("clinic.yaml");

    const surfaces: Surface[] = [...(await readPage(page, clinicSecrets.password))];
    for (const command of commands) {
        const { out, err } = await program.run(command, { environment });
        surfaces.push({ path: command.join(" "), bytes: Buffer.from(out + err) });
    }
    child.kill("SIGTERM");
    await once(child, "exit");

    const administrators = api.visibleMessages(administrator).map(({ text }) => text);
    surfaces.push(
        collector.received,
        { path: "output", bytes: Buffer.from(written) },
        { path: "figures", bytes: Buffer.from(figures.out + figures.err) },
        { path: "administrators", bytes: Buffer.from(administrators.join("\n")) },
    );
    const files = await filesBelow(program.path);
    expect(files.some(({ path }) => path.endsWith(".aof"))).toBe(true);
    const records = files.filter(({ path }) => path.endsWith("records.jsonl"));
    expect(records.map(({ bytes }) => bytes.toString()).join()).toContain('"sign-in"');
    expect(collector.received.bytes.toString()).toContain('"deliver"');
    for (const { path, bytes } of surfaces) expect(bytes.length, path).toBeGreaterThan(1);
    const own = files.filter(({ path }) => !path.endsWith("clinic.yaml"));
    expectNone({ ...secrets, ...clinicSecrets, token: api.token }, [...surfaces, ...own]);
    expectNone({ patient: String(patient) }, [...surfaces, ...records]);
}, 240_000);

/** What administrators run, and send to others when they ask for help. */
const commands = [
    ["status"],
    ["status", "--json"],
    ["queue", "--json"],
    ["doctor", "--report"],
    ["doctor", "--report", "--json"],
    ["config", "check"],
    ["config", "show"],
];

function expectNone(planted: Readonly<Record<string, string>>, places: readonly Surface[]): void {
    for (const { path, bytes } of places) {
        for (const [kind, secret] of Object.entries(planted)) {
            expect(bytes.includes(secret), `${kind} in ${path}`).toBe(false);
        }
    }
}
