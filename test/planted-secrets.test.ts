/**
 * Everything that the program writes while patients tell it secrets: its output, its log, its data
 * folder with the files of Redis, its figures. None of it holds any of them.
 */
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type BotApi, startBotApi } from "./fakes/bot-api.ts";
import { ProgramFolder } from "./setup/program.ts";

let api: BotApi;
let program: ProgramFolder;
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

beforeAll(async () => {
    api = await startBotApi();
    program = await ProgramFolder.create("consent:\n  required: true\n");
});

afterAll(async () => {
    await program.close();
    await api.close();
});

async function answered(chat: number, count: number): Promise<void> {
    await api.waitFor(() => api.visibleMessages(chat).length >= count, 60_000);
}

/** Every file below a folder, as bytes. */
async function filesBelow(folder: string): Promise<{ path: string; bytes: Buffer }[]> {
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
    const child = program.launch(["start"], {
        TELEGRAM_BOT_TOKEN: api.token,
        TELEGRAM_API_ROOT: api.apiRoot,
        BIMEDIX2_LOG_LEVEL: "debug",
    });
    for (const stream of [child.stdout, child.stderr]) {
        stream?.on("data", (chunk: Buffer) => (written += chunk.toString()));
    }
    const from = { firstName: secrets.name };
    api.sendText(1, `I have a mild headache, says ${secrets.unagreed}`, from);
    await answered(1, 1);
    api.sendText(1, "I agree", from);
    await answered(1, 2);
    api.sendText(1, `I have a headache. My name is ${secrets.text}.`, from);
    await answered(1, 3);
    api.sendText(1, `اسمي ${secrets.arabic} وعندي صداع`, from);
    await answered(1, 4);
    const image = await sharp({
        create: { width: 64, height: 48, channels: 3, background: "grey" },
    })
        .withExif({ IFD0: { ImageDescription: secrets.metadata, Artist: secrets.metadata } })
        .jpeg()
        .toBuffer();
    api.sendPhoto(1, image, `What does this show, ${secrets.caption}?`, from);
    await answered(1, 5);
    const file = { bytes: image, fileName: `${secrets.fileName}.jpg`, mimeType: "image/jpeg" };
    api.sendDocument(1, file, from);
    await answered(1, 6);
    api.sendText(1, `crushing chest pain, sweating, cannot breathe, ${secrets.emergency}`, from);
    await answered(1, 7);
    api.sendText(1, `I want to kill myself tonight, ${secrets.crisis}`, from);
    await answered(1, 8);
    api.sendText(1, "/export", from);
    await answered(1, 9);
    expect(api.visibleMessages(1).at(-1)?.text).toContain(secrets.text);

    const figures = await program.run(["safety", "--prometheus"]);
    expect(figures.out).toMatch(/disposition="emergency"[^\n]*\} 1/);
    child.kill("SIGTERM");
    await once(child, "exit");

    const files = await filesBelow(program.path);
    expect(files.some(({ path }) => path.endsWith(".aof"))).toBe(true);
    const everywhere = [
        { path: "output", bytes: Buffer.from(written) },
        { path: "figures", bytes: Buffer.from(figures.out + figures.err) },
        ...files,
    ];
    for (const { path, bytes } of everywhere) {
        for (const [kind, secret] of Object.entries({ ...secrets, token: api.token })) {
            expect(bytes.includes(secret), `${kind} in ${path}`).toBe(false);
        }
    }
});
