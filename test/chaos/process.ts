/**
 * One of the product's processes, as `bimedix2 start --role …` composes it, with a model that
 * answers by a formula. Configured by the environment; ends in order on SIGTERM.
 */
import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
    createTelegramPlatform,
    telegramAccount,
} from "../../adapters/telegram/telegram-platform.ts";
import { telegramTexts } from "../../src/clinic-platforms.ts";
import { createAnswerParts } from "../../src/answer-parts.ts";
import { serveClinic } from "../../src/serve-clinic.ts";
import { openNotices } from "../../src/compose.ts";
import { loadConfig } from "../../src/config.ts";
import { createLogger, describeError } from "../../src/log.ts";
import { packageRoot } from "../../src/package-root.ts";
import { openStorage } from "../../src/storage.ts";
import { createScriptedModel } from "../fakes/scripted-model.ts";
import { answerTo, sentences, thinking } from "./verdict.ts";

const setting = (name: string): string => process.env[`CHAOS_${name}`] ?? "";
const isWorker = setting("ROLE") === "worker";
const logger = createLogger(setting("LOG_LEVEL") === "" ? "silent" : "debug");
const stop = new AbortController();
setMaxListeners(0, stop.signal);
process.on("SIGTERM", () => stop.abort());
process.on("unhandledRejection", (error) => logger.error(describeError(error), "unhandled"));

const folder = mkdtempSync(join(tmpdir(), "bimedix2-chaos-process-"));
const loaded = loadConfig({
    environment: {
        REDIS_URL: setting("REDIS_URL"),
        TELEGRAM_BOT_TOKEN: setting("TOKEN"),
        TELEGRAM_API_ROOT: setting("API_ROOT"),
        BIMEDIX2_DATA_FOLDER: folder,
        // Each process has a folder of its own, and all of them one key.
        BIMEDIX2_DATA_KEY: createHash("sha256").update("chaos").digest("base64"),
    },
    folder,
    packageRoot: packageRoot(),
});
const config = {
    ...loaded,
    messages: { ...loaded.messages, quietMs: 100, gatherAtMostMs: 1_000 },
    // The turns that die here are not to blame for it.
    queue: { ...loaded.queue, setAsideAfterCrashes: 10, finishWithinMs: 5_000 },
    model: { ...loaded.model, conversationsInMemory: 8 },
    consent: { ...loaded.consent, required: false },
    limits: { patient: {}, clinic: {} },
};

/** Takes a moment, and now and then has much to say. */
const model = createScriptedModel(async ({ messages }, { onText }) => {
    const text = messages.at(-1)?.text ?? "";
    const isLong = /-\d*7\]/.test(text);
    const filler = sentences(isLong ? 150 : 3);
    onText?.(`${thinking} `);
    await sleep(20 + Math.random() * 60);
    return answerTo(text, filler);
});

const { telegram } = config.platforms;
const notices = await openNotices(config);
const storage = await openStorage(config, logger, () => undefined, { withoutRedis: "serve" });
const answers = await createAnswerParts(storage, logger)(config);
const platforms =
    isWorker || !telegram
        ? []
        : [
              createTelegramPlatform({
                  ...telegram,
                  texts: telegramTexts(notices),
                  logger,
                  ledger: storage.ledger(telegramAccount(telegram.token)),
                  // The growing message appears and changes while the model thinks.
                  timings: { firstShowMs: 20, editMs: 30 },
              }),
          ];
process.stdout.write("started\n");
await serveClinic(
    { answers: () => answers, storage, platforms, ...(isWorker ? { model } : {}), logger },
    config,
    stop.signal,
);
await storage.close();
process.exit(0);
