/**
 * How many patients a clinic's places can serve: the simulation of a queue, checked in the same run
 * against the real queue on a real Redis, and what it says for clinics of several sizes.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ConversationKey } from "../src/message.ts";
import { openBenchExchange } from "./bench-exchange.ts";
import { percentile } from "./percentile.ts";
import {
    createRandom,
    exponential,
    logNormal,
    placesNeeded,
    type QueueFigures,
    simulateQueue,
} from "./simulate-queue.ts";

const places = 8;
const turns = 1_500;
const loads = [0.6, 0.85];
/** Answers take a fifth of a second here; how they vary is as with a real model. */
const serviceMeanMs = 200;
const serviceVariation = 0.6;

/** Messages that a patient sends on a day; three of them make a turn of 1.5 (bursts are merged). */
const turnsPerPatientAndDay = 1;
/** The share of a day's turns in its busiest hour. */
const busiestHour = 0.12;
const acceptableWaitMs = 5_000;
const clinics = [1_000, 10_000, 100_000, 1_000_000];
const turnSeconds = [3, 8, 20];

/** Measures and prints one JSON line. */
export async function run(): Promise<void> {
    const checks = [];
    for (const load of loads) checks.push(await check(load));
    console.log(
        JSON.stringify({
            benchmark: "capacity",
            places,
            serviceMeanMs,
            checks,
            placesNeeded: clinics.flatMap((patients) =>
                turnSeconds.map((seconds) => sizeClinic(patients, seconds)),
            ),
            assumed: { turnsPerPatientAndDay, busiestHour, p95WaitMs: acceptableWaitMs },
        }),
    );
}

/** The real queue and its simulation under the same load. */
async function check(load: number): Promise<object> {
    const arrivalsPerSecond = (load * places * 1000) / serviceMeanMs;
    const simulated = simulateQueue({
        arrivalsPerSecond,
        places,
        serviceMs: (random) => logNormal(serviceMeanMs, serviceVariation, random),
        turns: 200_000,
        seed: 1,
    });
    const measured = await measureQueue(arrivalsPerSecond);
    return {
        load,
        measuredWaitMs: rounded(measured),
        simulatedWaitMs: rounded(simulated.waitMs),
        // The mean number of those in line or in treatment, which Little's law makes of the waits.
        ratio:
            Math.round(
                ((measured.mean + serviceMeanMs) / (simulated.waitMs.mean + serviceMeanMs)) * 100,
            ) / 100,
    };
}

/** Patients at random times before the real queue: how long each waits until the answer begins. */
async function measureQueue(arrivalsPerSecond: number): Promise<QueueFigures["waitMs"]> {
    const random = createRandom(2);
    const acceptedAtMs = new Map<ConversationKey, number>();
    const waits: number[] = [];
    const exchange = await openBenchExchange({
        maxTurns: 10,
        places,
        answerMs: (key) => {
            waits.push(performance.now() - (acceptedAtMs.get(key) ?? 0));
            return logNormal(serviceMeanMs, serviceVariation, random);
        },
    });
    const delivered: Promise<void>[] = [];
    let dueMs = performance.now();
    for (let turn = 0; turn < turns; turn += 1) {
        dueMs += exponential(1000 / arrivalsPerSecond, random);
        await sleep(Math.max(0, dueMs - performance.now()));
        const key: ConversationKey = `telegram:1:${String(turn)}`;
        acceptedAtMs.set(key, performance.now());
        delivered.push(exchange.delivered(key));
        await exchange.accept({
            id: "1",
            conversation: key,
            receivedAtMs: Date.now(),
            text: "What helps against a headache?",
            attachments: [],
        });
    }
    await Promise.all(delivered);
    await exchange.close();
    const settled = waits.slice(turns / 10);
    return {
        mean: settled.reduce((sum, wait) => sum + wait, 0) / settled.length,
        p50: percentile(settled, 0.5),
        p95: percentile(settled, 0.95),
    };
}

function sizeClinic(patients: number, seconds: number): object {
    const turnsPerSecond = (patients * turnsPerPatientAndDay * busiestHour) / 3600;
    const needed = placesNeeded(
        {
            arrivalsPerSecond: turnsPerSecond,
            serviceMs: (random) => logNormal(seconds * 1000, serviceVariation, random),
            turns: 60_000,
            seed: 1,
        },
        acceptableWaitMs,
    );
    return {
        patients,
        turnSeconds: seconds,
        turnsPerSecond: Math.round(turnsPerSecond * 100) / 100,
        places: needed,
    };
}

function rounded({ mean, p50, p95 }: QueueFigures["waitMs"]): QueueFigures["waitMs"] {
    return { mean: Math.round(mean), p50: Math.round(p50), p95: Math.round(p95) };
}
