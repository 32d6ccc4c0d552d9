/**
 * What the product adds around the model: a loopback Telegram, the real telegraf and a real Redis,
 * with a model whose own time is taken off. The peer is a bare telegraf bot that answers at once, without
 * order, store, language, prompt or disclaimer.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Telegraf } from "telegraf";
import { createTelegramPlatform } from "../adapters/telegram/telegram-platform.ts";
import { telegramTexts } from "../src/clinic-platforms.ts";
import { serveClinic } from "../src/clinic-process.ts";
import { assistantSettings, openNotices } from "../src/compose.ts";
import { loadConfig } from "../src/config.ts";
import { createLogger } from "../src/log.ts";
import { packageRoot } from "../src/package-root.ts";
import { openStorage } from "../src/storage.ts";
import { type BotApi, startBotApi } from "../test/fakes/bot-api.ts";
import { createScriptedModel } from "../test/fakes/scripted-model.ts";
import { percentile } from "./percentile.ts";

const warmUp = 50;
const messages = 500;
const conversations = 20;
const modelMs = 30;

/** Measures and prints one JSON line. */
export async function run(): Promise<void> {
    const product = await measureProduct();
    const bare = await measureBareBot();
    const whole = summary(product.map(({ wholeMs }) => wholeMs));
    const transport = summary(bare.map(({ wholeMs }) => wholeMs));
    console.log(
        JSON.stringify({
            benchmark: "overhead",
            messages,
            // What is left when the way to and from Telegram, which every bot has, is taken off.
            addedMs: {
                p50: round(whole.p50 - transport.p50),
                p99: round(whole.p99 - transport.p50),
            },
            wholeMs: whole,
            beforeModelMs: summary(product.map(({ beforeModelMs }) => beforeModelMs)),
            afterModelMs: summary(
                product.map(({ wholeMs, beforeModelMs }) => wholeMs - beforeModelMs),
            ),
            bareBotMs: transport,
            ratio: round(whole.p50 / transport.p50),
            target: { addedP50Ms: 5, addedP99Ms: 20 },
        }),
    );
}

/**
 * One message: from the update leaving Telegram until the request with its answer arrives there,
 * and of that until the model was asked.
 */
interface Sample {
    readonly wholeMs: number;
    readonly beforeModelMs: number;
}

/** Milliseconds of each message outside the model: update sent → model asked, answer → delivered. */
async function measureProduct(): Promise<Sample[]> {
    const api = await startBotApi();
    const logger = createLogger("silent");
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-bench-"));
    const loaded = loadConfig({
        environment: {
            BIMEDIX2_DATA_FOLDER: folder,
            TELEGRAM_BOT_TOKEN: api.token,
            TELEGRAM_API_ROOT: api.apiRoot,
        },
        folder,
        packageRoot: packageRoot(),
    });
    // Waiting for further messages is what the clinic has asked for, not what the program costs.
    const config = { ...loaded, messages: { ...loaded.messages, quietMs: 0 } };
    let asked = { atMs: 0, forMs: 0 };
    const model = createScriptedModel(async () => {
        const atMs = performance.now();
        // Meanwhile the delivery makes ready, as it does while a real model reads the question.
        await pause(modelMs);
        asked = { atMs, forMs: performance.now() - atMs };
        return "Rest and drink water.";
    });
    const patience = { withoutRedis: "serve" } as const;
    const notices = await openNotices(config);
    const settings = assistantSettings(config, patience);
    const storage = await openStorage(config, logger, () => undefined, patience);
    const platform = createTelegramPlatform({
        token: api.token,
        apiRoot: api.apiRoot,
        texts: telegramTexts(notices),
        logger,
    });
    const stop = new AbortController();
    const parts = { notices, logger, settings, storage, model, platforms: [platform] };
    const serving = serveClinic(parts, config, stop.signal);
    const samples = await sendAll(api, () => asked);
    stop.abort();
    await serving;
    await storage.close();
    await rm(folder, { recursive: true, force: true });
    await api.close();
    return samples;
}

async function measureBareBot(): Promise<Sample[]> {
    const api = await startBotApi();
    const bot = new Telegraf(api.token, { telegram: { apiRoot: api.apiRoot } });
    bot.on("text", async (context) => {
        await context.reply("Rest and drink water.");
    });
    const running = bot.launch();
    const samples = await sendAll(api, () => ({ atMs: 0, forMs: 0 }));
    bot.stop();
    await running;
    await api.close();
    return samples;
}

/** Sends the messages one after another, and gives how long each answer took to be sent. */
async function sendAll(
    api: BotApi,
    asked: () => { readonly atMs: number; readonly forMs: number },
): Promise<Sample[]> {
    const samples: Sample[] = [];
    for (let index = 0; index < warmUp + messages; index += 1) {
        const chat = 1 + (index % conversations);
        const answered = (): number | undefined =>
            api.calls.find(({ method }) => method === "sendMessage")?.atMs;
        const receivedAtMs = performance.now();
        api.sendText(chat, `I have had a headache for ${String(index)} hours, what should I do?`);
        const sentAtMs = await api.waitFor(answered);
        const { atMs, forMs } = asked();
        const sample = {
            wholeMs: sentAtMs - receivedAtMs - forMs,
            beforeModelMs: atMs - receivedAtMs,
        };
        if (index >= warmUp) samples.push(sample);
        api.calls.length = 0;
        // The acknowledgement of the update belongs to this message, not to the next.
        await pause(20);
    }
    return samples;
}

function summary(samples: readonly number[]): { p50: number; p99: number } {
    return { p50: round(percentile(samples, 0.5)), p99: round(percentile(samples, 0.99)) };
}

function round(value: number): number {
    return Math.round(value * 100) / 100;
}
