/**
 * A clinic's queue as a simulation: patients write at random times (a Poisson process), and the
 * first in line is answered by the first place that is free. The model is the M/G/c queue, first
 * come first served (Kleinrock, Queueing Systems I, 1975, chapter 5): exact for what it assumes,
 * and with exponential service times equal to Erlang's formula C.
 */

/** What is simulated. */
export interface QueueModel {
    /** Turns that patients begin, per second. */
    readonly arrivalsPerSecond: number;
    /** Answers that can be written at once, on all GPUs together. */
    readonly places: number;
    /** How long an answer occupies its place, in milliseconds; called once an answer. */
    readonly serviceMs: (random: () => number) => number;
    /** How many turns are simulated; the first tenth only fills the queue. */
    readonly turns: number;
    readonly seed: number;
}

/** How long patients wait until their answer begins. */
export interface QueueFigures {
    readonly waitMs: { readonly mean: number; readonly p50: number; readonly p95: number };
    /** Share of the time that a place is busy; 1 and more: the queue grows without end. */
    readonly load: number;
}

/** Simulates one queue. Equal models give equal figures. */
export function simulateQueue(model: QueueModel): QueueFigures {
    const random = createRandom(model.seed);
    const freeAtMs = new Float64Array(model.places);
    const waits: number[] = [];
    const warmUp = Math.floor(model.turns / 10);
    let nowMs = 0;
    let busyMs = 0;
    for (let turn = 0; turn < model.turns; turn += 1) {
        nowMs += exponential(1000 / model.arrivalsPerSecond, random);
        // The first place of the heap is the one that is free first.
        const startMs = Math.max(nowMs, freeAtMs[0] ?? 0);
        const serviceMs = model.serviceMs(random);
        busyMs += serviceMs;
        replaceFirst(freeAtMs, startMs + serviceMs);
        if (turn >= warmUp) waits.push(startMs - nowMs);
    }
    waits.sort((a, b) => a - b);
    const at = (share: number): number =>
        waits[Math.max(0, Math.ceil(share * waits.length) - 1)] ?? 0;
    return {
        waitMs: {
            mean: waits.reduce((sum, wait) => sum + wait, 0) / waits.length,
            p50: at(0.5),
            p95: at(0.95),
        },
        load: busyMs / nowMs / model.places,
    };
}

/** The smallest number of places with which 95 of 100 patients wait at most `waitMs`. */
export function placesNeeded(model: Omit<QueueModel, "places">, waitMs: number): number {
    const fits = (places: number): boolean => {
        const { waitMs: wait, load } = simulateQueue({ ...model, places });
        return load < 1 && wait.p95 <= waitMs;
    };
    let enough = 1;
    while (!fits(enough)) enough *= 2;
    let tooFew = Math.floor(enough / 2);
    while (enough - tooFew > 1) {
        const middle = Math.floor((enough + tooFew) / 2);
        if (fits(middle)) enough = middle;
        else tooFew = middle;
    }
    return enough;
}

/**
 * The mean wait of the M/M/c queue by Erlang's formula C, in milliseconds: what a simulation with
 * exponential service times must come to.
 */
export function erlangWaitMs(arrivalsPerSecond: number, places: number, meanMs: number): number {
    const offered = (arrivalsPerSecond * meanMs) / 1000;
    // Erlang's formula B by its recurrence, which does not overflow.
    let blocked = 1;
    for (let place = 1; place <= places; place += 1) {
        blocked = (offered * blocked) / (place + offered * blocked);
    }
    const waits = blocked / (1 - (offered / places) * (1 - blocked));
    return (waits * meanMs) / (places - offered);
}

/** A value of the exponential distribution. */
export function exponential(mean: number, random: () => number): number {
    return -Math.log(1 - random()) * mean;
}

/** A value of the log-normal distribution with this mean and coefficient of variation. */
export function logNormal(mean: number, variation: number, random: () => number): number {
    const variance = Math.log(1 + variation ** 2);
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return mean * Math.exp(Math.sqrt(variance) * normal - variance / 2);
}

/** Repeatable random numbers from 0 to 1 (mulberry32, T. Ettinger, public domain). */
export function createRandom(seed: number): () => number {
    let state = seed >>> 0;
    return () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let mixed = Math.imul(state ^ (state >>> 15), state | 1);
        mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
        return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    };
}

/** Puts `value` in the place of a binary heap's smallest one. */
function replaceFirst(heap: Float64Array, value: number): void {
    let place = 0;
    for (;;) {
        let child = 2 * place + 1;
        const left = heap[child] ?? Infinity;
        const right = heap[child + 1] ?? Infinity;
        if (right < left) child += 1;
        const least = Math.min(left, right);
        if (least >= value) break;
        heap[place] = least;
        place = child;
    }
    heap[place] = value;
}
