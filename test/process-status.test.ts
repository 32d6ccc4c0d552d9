/** What a real process says of itself while patients write. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ProcessStatus } from "../src/status-ports.ts";
import { type BotApi, startBotApi } from "./fakes/bot-api.ts";
import { TestClinic } from "./setup/clinic.ts";
import { packageRoot } from "./setup/redis.ts";

const patience = { timeout: 60_000 };
let api: BotApi;
let clinic: TestClinic;

beforeAll(async () => {
    api = await startBotApi();
    const environment = { TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.apiRoot };
    clinic = await TestClinic.open(() => ({ environment }));
    clinic.serve();
});

afterAll(async () => {
    await clinic.close();
    await api.close();
});

const onBoard = (): Promise<readonly ProcessStatus[]> => clinic.process.storage.statusBoard.read();

test("a process is on the board with its platform, its model and what it answered", async () => {
    api.sendText(8, "I have a headache, what should I do?");
    await expect.poll(async () => (await onBoard())[0]?.answerMs?.count, patience).toBe(1);
    const [status] = await onBoard();
    expect(status).toMatchObject({
        id: clinic.process.storage.processId,
        role: "all",
        platforms: [
            {
                account: `telegram:${api.token.split(":")[0] ?? ""}`,
                condition: { name: "running" },
                receivedAtMs: expect.any(Number),
                deliveredAtMs: expect.any(Number),
            },
        ],
        model: {
            slots: 4,
            busy: 0,
            firstTokenMs: { count: 1 },
            tokensPerSecond: { count: 1 },
        },
        configuration: { faults: [], afterRestart: [] },
    });
    // The demonstration model runs on the processor here.
    expect(status?.model).not.toHaveProperty("deviceMemory");
    expect(JSON.stringify(status)).not.toMatch(/headache/);
    expect(JSON.stringify(status)).not.toContain(api.token);
});

test("machines may ask whether it works, and for its figures", async () => {
    const { operations } = clinic.process;
    expect(operations.health()).toMatchObject({ status: 200 });
    expect(await operations.readiness()).toEqual({
        status: 200,
        body: `{"ready":true,"role":"all","reasons":[]}\n`,
    });
    const bot = `account="${api.token.split(":")[0] ?? ""}"`;
    const metrics = await operations.metrics();
    for (const line of [
        `bimedix2_messages_received_total{platform="telegram",${bot}} 1`,
        `bimedix2_replies_delivered_total{platform="telegram",${bot}} 1`,
        `bimedix2_replies_undelivered_total{platform="telegram",${bot},end="dead"} 0`,
        `bimedix2_platform_up{platform="telegram",${bot}} 1`,
        "bimedix2_answer_seconds_count 1",
        "bimedix2_queue_wait_seconds_count 1",
        "bimedix2_model_first_token_seconds_count 1",
        'bimedix2_model_generations_total{end="end"} 1',
        "bimedix2_redis_up 1",
        "bimedix2_queue_conversations 0",
        "bimedix2_workers 1",
        "bimedix2_dead_replies 0",
    ]) {
        expect(metrics.split("\n")).toContain(line);
    }
    expect(metrics).toMatch(/^process_resident_memory_bytes \d{6,}$/m);
    expect(metrics).toMatch(/^bimedix2_safety_screened_total\{.*\} \d+$/m);
    const described = await readFile(join(packageRoot, "docs/operations.md"), "utf8");
    for (const [, name = ""] of metrics.matchAll(/^# TYPE (bimedix2_(?!safety_)\w+)/gm)) {
        expect(described).toContain(`\`${name}\``);
    }
    // Each name is introduced once, and every line is one of the format's.
    const introduced = metrics.match(/^# TYPE \S+/gm) ?? [];
    expect(new Set(introduced).size).toBe(introduced.length);
    expect(metrics).toMatch(/^(?:# (?:HELP|TYPE) .*\n|\w+(?:\{[^\n]*\})? [\d.e+-]+\n)*$/);
});

test("a process that stops takes its status down", async () => {
    await clinic.stop();
    expect(await onBoard()).toEqual([]);
});
