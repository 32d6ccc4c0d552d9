import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../bench/simulate-queue.ts";
import type { ChatModel } from "../../src/ports.ts";
import { openDemo, samplePicture, system, user } from "../adapters/llama/demo-model.ts";
import { names, samples } from "../adapters/llama/demo-talk.ts";
import { ReferenceModel } from "../adapters/llama/reference-model.ts";
import { MomentsOfRest } from "./moments-of-rest.ts";
import { type MemorySample, sampleMemory, type Trend, trendOf } from "./memory-trend.ts";
import { SoakPatient } from "./soak-patient.ts";
import { type Finding, SoakJudge, type SoakVerdict } from "./soak-verdict.ts";

/** How long, and how much. */
export interface SoakOptions {
    readonly seed: number;
    readonly durationMs: number;
    /** At most 64, each with a secret of its own. */
    readonly conversations: number;
    readonly sequences: number;
    readonly longestPauseMs: number;
    /** Part of the answers that are compared with the reference's. */
    readonly comparedPart: number;
    /** Told at once of an answer that needs a look. */
    readonly onFinding?: (finding: Finding) => void;
}

/** What came of it. */
export interface SoakResult extends SoakVerdict {
    /** After the first third of the time, in which caches fill. */
    readonly memory: Readonly<Record<"process" | "native" | "live" | "buffers", Trend>>;
    /** After the end as many conversations were answered at once as there are sequences. */
    readonly allSequencesFree: boolean;
}

/** Less than all conversations take, so that many come back from the disk. */
const parked = { memoryBytes: 4 * 2 ** 20, diskBytes: 64 * 2 ** 20, keepForMs: 86_400_000 };

/** Patients who talk at random with one model, each with a secret that no other may see. */
export async function runSoak(options: SoakOptions): Promise<SoakResult> {
    const { seed, sequences, conversations, longestPauseMs, durationMs, comparedPart } = options;
    const reference = await ReferenceModel.open();
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-soak-"));
    const model = await openDemo({ sequences, parked: { ...parked, folder } });
    await model.prepare?.([system("English").text, system("Arabic").text]);
    const secrets = names.en.flatMap((name, index) => [name, names.ar[index] ?? ""]);
    const drawn = createRandom(seed);
    const onFinding = options.onFinding ?? (() => undefined);
    const judge = new SoakJudge(secrets, reference, () => drawn() < comparedPart, onFinding);
    const rest = new MomentsOfRest();
    const pictures = await Promise.all(samples.map((name) => samplePicture(name)));
    const patients = secrets.slice(0, conversations).map((secret, index) => {
        const language = index % 2 === 0 ? "en" : "ar";
        const random = createRandom(seed + 1 + index);
        const onAsked = judge.judge.bind(judge);
        const world = { model, pictures, longestPauseMs, random, onAsked, rest };
        return new SoakPatient(`patient ${index}`, secret, language, world);
    });
    try {
        const untilMs = performance.now() + durationMs;
        const watching = watchMemory(rest, untilMs, durationMs);
        await Promise.all(patients.map((patient) => patient.live(untilMs)));
        const memory = await watching;
        return {
            ...judge.verdict(),
            memory,
            allSequencesFree: await answersAtOnce(model, sequences),
        };
    } finally {
        await model.close();
        await reference.close();
        await rm(folder, { recursive: true, force: true });
    }
}

/** While nobody is answered: how many states are on their way to the disk is up to the machine. */
async function watchMemory(
    rest: MomentsOfRest,
    untilMs: number,
    durationMs: number,
): Promise<SoakResult["memory"]> {
    const taken: MemorySample[] = [];
    const pauseMs = Math.max(500, durationMs / 200);
    await sleep(durationMs / 3);
    do {
        taken.push(await rest.during(settledMemory));
        await sleep(pauseMs);
    } while (performance.now() < untilMs);
    const trend = (key: keyof SoakResult["memory"]) =>
        trendOf(taken.map((sample) => ({ atMs: sample.atMs, value: sample[key] })));
    return {
        process: trend("process"),
        native: trend("native"),
        live: trend("live"),
        buffers: trend("buffers"),
    };
}

/** What is being written has gone when the buffers change no more. */
async function settledMemory(): Promise<MemorySample> {
    for (let looks = 1; ; looks += 1) {
        const before = sampleMemory();
        await sleep(50);
        const after = sampleMemory();
        if (before.buffers === after.buffers || looks === 20) return after;
    }
}

/**
 * Whether that many conversations are answered at the same time: each has begun before any has
 * ended. A sequence that was never given back would make one wait.
 */
async function answersAtOnce(model: ChatModel, sequences: number): Promise<boolean> {
    // The answers are alike and long, but on a busy machine one may be late once
    for (let attempt = 0; attempt < 3; attempt += 1) {
        const begun = new Set<number>();
        let begunAtFirstEnd: number | undefined;
        const messages = [system("English"), user("What should I do for a headache?")];
        const ask = async (index: number): Promise<void> => {
            const signal = new AbortController().signal;
            const onText = (): void => void begun.add(index);
            await model.generate(
                { conversation: `at once ${index}`, messages },
                { signal, onText },
            );
            begunAtFirstEnd ??= begun.size;
        };
        await Promise.all(Array.from({ length: sequences }, (_, index) => ask(index)));
        if (begunAtFirstEnd === sequences) return true;
    }
    return false;
}
