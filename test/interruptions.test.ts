/**
 * What patients do while they are being answered: through the real telegraf, the real queue on a
 * real Redis, and a model that takes its time.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTelegramPlatform } from "../adapters/telegram/telegram-platform.ts";
import { telegramTexts } from "../src/clinic-platforms.ts";
import { createAnswerParts } from "../src/answer-parts.ts";
import { serveClinic } from "../src/serve-clinic.ts";
import { openNotices } from "../src/compose.ts";
import { loadConfig } from "../src/config.ts";
import { createLogger } from "../src/log.ts";
import type { Notices } from "../src/notices.ts";
import type { ChatModel } from "../src/ports.ts";
import { openStorage } from "../src/storage.ts";
import { type BotApi, startBotApi } from "./fakes/bot-api.ts";
import { createScriptedModel } from "./fakes/scripted-model.ts";
import { packageRoot, startTestRedis, type TestRedis } from "./setup/redis.ts";

let api: BotApi;
let redis: TestRedis;
let notices: Notices;
let close = (): Promise<void> => Promise.resolve();
/** What the patient does when the model has said something, once. */
let interrupt: (() => void) | undefined;

/** A model that, when it is interrupted, has said half of its answer and never says the rest. */
function slowModel(): ChatModel {
    const model = createScriptedModel(({ messages }) => `You said: ${messages.at(-1)?.text}`);
    return {
        ...model,
        generate: async (request, options) => {
            const act = interrupt;
            interrupt = undefined;
            const whole = await model.generate(request, options);
            if (!act) return whole;
            act();
            await new Promise((resolve) => {
                options.signal.addEventListener("abort", resolve, { once: true });
            });
            return { ...whole, stop: "aborted" };
        },
    };
}

beforeAll(async () => {
    api = await startBotApi();
    redis = await startTestRedis();
    const loaded = loadConfig({
        environment: {
            BIMEDIX2_DATA_FOLDER: redis.dataFolder,
            TELEGRAM_BOT_TOKEN: api.token,
            TELEGRAM_API_ROOT: api.apiRoot,
        },
        folder: redis.dataFolder,
        packageRoot,
    });
    const config = {
        ...loaded,
        messages: { ...loaded.messages, quietMs: 1000 },
        consent: { ...loaded.consent, required: false },
    };
    const patience = { withoutRedis: "serve" } as const;
    const logger = createLogger("silent");
    notices = await openNotices(config);
    const storage = await openStorage(config, logger, () => undefined, patience);
    const { token, apiRoot } = api;
    const texts = telegramTexts(notices);
    const platforms = [createTelegramPlatform({ token, apiRoot, texts, logger })];
    const stop = new AbortController();
    const answers = await createAnswerParts(storage, logger)(config);
    const parts = { answers: () => answers, logger, storage, model: slowModel(), platforms };
    const serving = serveClinic(parts, config, stop.signal);
    close = async () => {
        stop.abort();
        await serving;
        await storage.close();
    };
});

afterAll(async () => {
    await close();
    await redis.close();
    await api.close();
});

/** The assistant's messages once the last of them contains `text`. */
async function seen(chat: number, text: string): Promise<string[]> {
    const texts = (): string[] => api.visibleMessages(chat).map((message) => message.text);
    await api.waitFor(() => (texts().at(-1)?.includes(text) ? true : undefined));
    return texts();
}

test("messages that follow each other get one answer", async () => {
    api.sendText(1, "This is my knee.");
    api.sendText(1, "It has been swollen since Monday.");
    api.sendText(1, "Is it broken?");
    const [answer, ...more] = await seen(1, "You said");
    expect(answer).toContain("This is my knee.\nIt has been swollen since Monday.\nIs it broken?");
    expect(more).toEqual([]);
});

test("/stop ends the answer where it is, with no further word", async () => {
    interrupt = () => api.sendText(2, "/stop");
    api.sendText(2, "I have had a headache since yesterday");
    const stopped = await seen(2, notices("answer-stopped", "en"));
    expect(stopped).toHaveLength(1);
    expect(stopped[0]).toContain("You said: I have had a headache since yesterday");
    api.sendText(2, "And what helps against it?");
    expect(await seen(2, "And what helps")).toHaveLength(2);
});

test("an edited question is answered as it is now, in one message", async () => {
    const id = api.sendText(3, "I have had a headache since yesterday");
    interrupt = () => api.editContent(id, { text: "I have had a toothache since yesterday" });
    const answers = await seen(3, "toothache");
    expect(answers).toHaveLength(1);
});

test("a command waits for no answer, and /stop without one says so", async () => {
    api.sendText(4, "/stop");
    const nothing = notices("nothing-to-stop", "en");
    expect(await seen(4, nothing)).toEqual([nothing]);
});
