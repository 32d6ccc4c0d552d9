/** What one process of the product needs for a message, outside the model, before a loopback platform. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createAnswerParts } from "../src/answer-parts.ts";
import { serveClinic } from "../src/serve-clinic.ts";
import { openNotices } from "../src/compose.ts";
import { loadConfig } from "../src/config.ts";
import { createLogger, type Logger } from "../src/log.ts";
import type { Notices } from "../src/notices.ts";
import { packageRoot } from "../src/package-root.ts";
import type { Platform, ReceiptLedger } from "../src/ports.ts";
import { openStorage } from "../src/storage.ts";
import { createScriptedModel } from "../test/fakes/scripted-model.ts";
import { percentile } from "./percentile.ts";

/** How many messages are measured. */
const messages = 500;
const warmUp = 50;
const conversations = 20;
const modelMs = 30;
const answer = "Rest and drink water.";

/** Patients at a loopback platform. */
export interface Line {
    /** Writes, and gives when the answer arrived (`performance.now()`). */
    ask(chat: number, text: string): Promise<number>;
}

/**
 * One message: from the platform's sending it until the request with its answer arrives there, and
 * of that until the model was asked.
 */
export interface Sample {
    readonly wholeMs: number;
    readonly beforeModelMs: number;
}

/** What a platform is made with. */
export interface PlatformParts {
    readonly notices: Notices;
    readonly logger: Logger;
    readonly receipts: ReceiptLedger;
}

/** Lets the product answer all messages; the model's own time is taken off. */
export async function measureProduct(
    line: Line,
    createPlatforms: (parts: PlatformParts) => readonly Platform[],
    ready: () => Promise<void> = () => Promise.resolve(),
): Promise<Sample[]> {
    const logger = createLogger("silent");
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-bench-"));
    const environment = { BIMEDIX2_DATA_FOLDER: folder };
    const loaded = loadConfig({ environment, folder, packageRoot: packageRoot() });
    // Waiting for further messages is what the clinic has asked for, not what the program costs.
    const config = {
        ...loaded,
        messages: { ...loaded.messages, quietMs: 0 },
        consent: { ...loaded.consent, required: false },
        limits: { patient: {}, clinic: {} },
    };
    let asked = { atMs: 0, forMs: 0 };
    const model = createScriptedModel(async () => {
        const atMs = performance.now();
        // Meanwhile the delivery makes ready, as it does while a real model reads the question.
        await pause(modelMs);
        asked = { atMs, forMs: performance.now() - atMs };
        return answer;
    });
    const patience = { withoutRedis: "serve" } as const;
    const notices = await openNotices(config);
    const storage = await openStorage(config, logger, () => undefined, patience);
    const platforms = createPlatforms({ notices, logger, receipts: storage.receipts });
    const stop = new AbortController();
    const answers = await createAnswerParts(storage, logger)(config);
    const parts = { answers: () => answers, logger, storage, model, platforms };
    const serving = serveClinic(parts, config, stop.signal);
    await ready();
    const samples = await askAll(line, () => asked);
    stop.abort();
    await serving;
    await storage.close();
    await rm(folder, { recursive: true, force: true });
    return samples;
}

/**
 * Asks one question after another.
 *
 * @param asked When the model was asked last, and for how long; by default there is none.
 */
export async function askAll(
    line: Line,
    asked: () => { readonly atMs: number; readonly forMs: number } = () => ({ atMs: 0, forMs: 0 }),
): Promise<Sample[]> {
    const samples: Sample[] = [];
    for (let index = 0; index < warmUp + messages; index += 1) {
        const text = `I have had a headache for ${String(index)} hours, what should I do?`;
        const sentAtMs = performance.now();
        const answeredAtMs = await line.ask(1 + (index % conversations), text);
        const { atMs, forMs } = asked();
        const wholeMs = answeredAtMs - sentAtMs - forMs;
        if (index >= warmUp) samples.push({ wholeMs, beforeModelMs: atMs - sentAtMs });
        // What tidies up after this message does not belong to the next.
        await pause(20);
    }
    return samples;
}

/** Prints one JSON line: what is left when the way that every bot has is taken off. */
export function reportOverhead(
    benchmark: string,
    product: readonly Sample[],
    bareBot: readonly Sample[],
    target?: Readonly<Record<string, number>>,
): void {
    const whole = summary(product.map(({ wholeMs }) => wholeMs));
    const bare = summary(bareBot.map(({ wholeMs }) => wholeMs));
    const report = {
        benchmark,
        messages,
        addedMs: { p50: round(whole.p50 - bare.p50), p99: round(whole.p99 - bare.p50) },
        wholeMs: whole,
        beforeModelMs: summary(product.map(({ beforeModelMs }) => beforeModelMs)),
        afterModelMs: summary(product.map(({ wholeMs, beforeModelMs }) => wholeMs - beforeModelMs)),
        bareBotMs: bare,
        ratio: round(whole.p50 / bare.p50),
        ...(target ? { target } : {}),
    };
    console.log(JSON.stringify(report));
}

function summary(samples: readonly number[]): { p50: number; p99: number } {
    return { p50: round(percentile(samples, 0.5)), p99: round(percentile(samples, 0.99)) };
}

function round(value: number): number {
    return Math.round(value * 100) / 100;
}
