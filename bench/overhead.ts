/**
 * What the product adds around the model: a loopback Telegram, the real telegraf and a real Redis,
 * with a model whose own time is taken off. The peer is a bare telegraf bot that answers at once, without
 * order, store, language, prompt or disclaimer.
 */
import { Telegraf } from "telegraf";
import { createTelegramPlatform } from "../adapters/telegram/telegram-platform.ts";
import { telegramTexts } from "../src/clinic-platforms.ts";
import { type BotApi, startBotApi } from "../test/fakes/bot-api.ts";
import {
    askAll,
    type Line,
    measureProduct,
    reportOverhead,
    type Sample,
} from "./measure-product.ts";

/** Measures and prints one JSON line. */
export async function run(): Promise<void> {
    const api = await startBotApi();
    const { token, apiRoot } = api;
    const product = await measureProduct(lineTo(api), ({ notices, logger }) => [
        createTelegramPlatform({ token, apiRoot, texts: telegramTexts(notices), logger }),
    ]);
    await api.close();
    const target = { addedP50Ms: 5, addedP99Ms: 20 };
    reportOverhead("overhead", product, await measureBareBot(), target);
}

async function measureBareBot(): Promise<Sample[]> {
    const api = await startBotApi();
    const bot = new Telegraf(api.token, { telegram: { apiRoot: api.apiRoot } });
    bot.on("text", async (context) => {
        await context.reply("Rest and drink water.");
    });
    const running = bot.launch();
    const samples = await askAll(lineTo(api));
    bot.stop();
    await running;
    await api.close();
    return samples;
}

function lineTo(api: BotApi): Line {
    return {
        ask: async (chat, text) => {
            api.calls.length = 0;
            api.sendText(chat, text);
            return await api.waitFor(
                () => api.calls.find(({ method }) => method === "sendMessage")?.atMs,
            );
        },
    };
}
