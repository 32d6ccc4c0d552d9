import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../bench/simulate-queue.ts";
import { percentile } from "../../bench/percentile.ts";
import { startBotApi, type BotApi } from "../fakes/bot-api.ts";
import { picture } from "./picture.ts";
import { redisFolder, startProcess, startRedis, type Victim } from "./processes.ts";
import { answeredIn, judge, questionName, questionText, type Verdict } from "./verdict.ts";

/** How much chaos. */
export interface ChaosOptions {
    readonly seed: number;
    /** Questions of all chats together. */
    readonly messages: number;
    /** Processes that are killed with `kill -9`. */
    readonly kills: number;
    readonly chats: number;
    /** No new answer for so long: what is missing then is lost. */
    readonly patienceMs: number;
}

/** What came of it. */
export interface ChaosResult extends Verdict {
    readonly seed: number;
    /** Questions that Telegram was told it may forget. */
    readonly accepted: number;
    readonly kills: number;
    /** From a kill to the answer of a question that was open then: 99 of 100 were faster. */
    readonly recoveryMsP99: number;
    /** What happened where it went wrong, a line each. */
    readonly details: readonly string[];
}

/**
 * Patients at a loopback Telegram, two adapter and two worker processes, and a Redis, of which one
 * after another is killed at a random moment.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosResult> {
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-chaos-"));
    await mkdir(redisFolder(folder));
    const api = await startBotApi();
    const redis = await startRedis(redisFolder(folder));
    const processes = await startAll(api, redis.url);
    try {
        return await torment(api, [...processes, redis], options);
    } finally {
        await Promise.all(processes.map((one) => one.stop()));
        await redis.stop();
        await api.close();
        await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    }
}

async function startAll(api: BotApi, redisUrl: string): Promise<Victim[]> {
    const start = (role: string, number: number): Promise<Victim> =>
        startProcess(`${role} ${String(number)}`, {
            CHAOS_ROLE: role,
            CHAOS_REDIS_URL: redisUrl,
            CHAOS_API_ROOT: api.apiRoot,
            CHAOS_TOKEN: api.token,
        });
    const roles = ["adapters", "adapters", "worker", "worker"];
    return await Promise.all(roles.map(start));
}

async function torment(
    api: BotApi,
    victims: readonly Victim[],
    options: ChaosOptions,
): Promise<ChaosResult> {
    const random = createRandom(options.seed);
    const conversations = new Conversations(api, options);
    const killing = killAll(victims, conversations, options, createRandom(options.seed + 1));
    await conversations.run(random);
    const killed = await killing;
    const times = killed.map(({ atMs }) => atMs);
    // What is sent twice, or tidied up late, may come after the last answer.
    await sleep(5_000);
    return {
        seed: options.seed,
        accepted: conversations.asked - api.pendingUpdates,
        ...conversations.verdict(),
        kills: killed.length,
        recoveryMsP99: Math.round(percentile(conversations.recoveriesMs(times), 0.99)),
        details: [
            ...killed.map(
                ({ name, atMs }) => `${name} was killed at ${String(Math.round(atMs))} ms`,
            ),
            ...conversations.describeWrong(),
            ...conversations.describeSlow(),
        ],
    };
}

interface Killed {
    readonly name: string;
    readonly atMs: number;
}

/** Spreads the kills over the questions: the nth one when its share of them has been asked. */
async function killAll(
    victims: readonly Victim[],
    conversations: Conversations,
    { kills, messages }: ChaosOptions,
    random: () => number,
): Promise<Killed[]> {
    const killed: Killed[] = [];
    const alive = new Set(victims);
    const restarts: Promise<void>[] = [];
    for (let kill = 0; kill < kills; kill += 1) {
        const due = ((kill + random()) / kills) * messages * 0.95;
        while (conversations.asked < due && !conversations.over) await sleep(5);
        if (conversations.over) break;
        const victim = victims[Math.floor(random() * victims.length)];
        await sleep(random() * 200);
        if (victim === undefined) continue;
        // One that is just starting again gets its turn when it is up.
        while (!alive.has(victim)) await sleep(20);
        killed.push({ name: victim.name, atMs: performance.now() });
        alive.delete(victim);
        restarts.push(victim.kill(100 + random() * 500).then(() => void alive.add(victim)));
    }
    await Promise.all(restarts);
    return killed;
}

/** All chats: what was asked, and what has been answered. */
class Conversations {
    readonly #api: BotApi;
    readonly #options: ChaosOptions;
    readonly #askedNames = new Map<number, string[]>();
    readonly #askedAtMs = new Map<string, number>();
    readonly #answeredAtMs = new Map<string, number>();
    readonly #withPicture = new Set<string>();
    #lastAnswerAtMs = performance.now();
    over = false;

    constructor(api: BotApi, options: ChaosOptions) {
        this.#api = api;
        this.#options = options;
    }

    /** How many questions have been asked. */
    get asked(): number {
        return this.#askedAtMs.size;
    }

    /** Asks everything; resolves when all is answered, or no answer has come for too long. */
    async run(random: () => number): Promise<void> {
        const watching = this.#watch();
        const chats = Array.from({ length: this.#options.chats }, (_, index) => index + 1);
        await Promise.all(chats.map((chat) => this.#chat(chat, createRandom(random() * 2 ** 32))));
        await watching;
        this.over = true;
    }

    verdict(): Verdict {
        return judge(this.#askedNames, (chat) => this.#texts(chat));
    }

    /** The chats in which something is wrong: what was asked, and what the patient sees. */
    describeWrong(): string[] {
        return [...this.#askedNames].flatMap(([chat, names]) => {
            const verdict = judge(new Map([[chat, names]]), () => this.#texts(chat));
            if (verdict.lost + verdict.duplicated + verdict.reordered === 0) return [];
            const when = (at: number | undefined): string =>
                at === undefined ? "never" : String(Math.round(at));
            const asked = names.map(
                (name) =>
                    `  ${name} asked at ${when(this.#askedAtMs.get(name))}, answered at ${when(this.#answeredAtMs.get(name))}`,
            );
            const seen = this.#api.visibleMessages(chat).map(({ id, text, edits }) => {
                const tags = text.match(/(?:begin|end)=[\d-]+|Let me think/g) ?? [
                    text.slice(0, 40),
                ];
                return `  message ${String(id)}, ${String(edits)} edits: ${tags.join(" ")}`;
            });
            return [`chat ${String(chat)} ${JSON.stringify(verdict)}`, ...asked, ...seen];
        });
    }

    /** The questions that waited longest for their answers. */
    describeSlow(): string[] {
        return [...this.#answeredAtMs]
            .map(([name, atMs]) => ({ name, atMs, askedMs: this.#askedAtMs.get(name) ?? 0 }))
            .toSorted((a, b) => b.atMs - b.askedMs - (a.atMs - a.askedMs))
            .slice(0, 8)
            .map(
                ({ name, atMs, askedMs }) =>
                    `${name}${this.#withPicture.has(name) ? " (picture)" : ""} asked at ${String(Math.round(askedMs))} ms waited ${String(Math.round(atMs - askedMs))} ms`,
            );
    }

    /** For each kill and each question that was open then: how long its answer still took. */
    recoveriesMs(killedAtMs: readonly number[]): number[] {
        const recoveries = killedAtMs.flatMap((killMs) =>
            [...this.#answeredAtMs]
                .filter(([name, atMs]) => {
                    const askedMs = this.#askedAtMs.get(name) ?? Infinity;
                    return askedMs <= killMs && atMs >= killMs;
                })
                .map(([, atMs]) => atMs - killMs),
        );
        return recoveries.length === 0 ? [0] : recoveries;
    }

    /** One patient: now and then in bursts, and mostly after the answer to the last question. */
    async #chat(chat: number, random: () => number): Promise<void> {
        const { messages, chats } = this.#options;
        const share = Math.floor(messages / chats) + (chat <= messages % chats ? 1 : 0);
        await sleep(random() * 3_000);
        for (let number = 1; number <= share;) {
            const burst = random() < 0.3 ? 1 + Math.floor(random() * 3) : 1;
            for (let count = 0; count < burst && number <= share; count += 1, number += 1) {
                this.#ask(chat, questionName(chat, number), random);
                await sleep(random() * 50);
            }
            const waits = random() < 0.8;
            if (waits) await this.#untilAnswered(chat);
            await sleep(random() * 1_000);
        }
    }

    #ask(chat: number, name: string, random: () => number): void {
        const names = this.#askedNames.get(chat) ?? [];
        this.#askedNames.set(chat, [...names, name]);
        this.#askedAtMs.set(name, performance.now());
        if (random() < 0.03) this.#withPicture.add(name);
        if (this.#withPicture.has(name)) this.#api.sendPhoto(chat, picture, questionText(name));
        else this.#api.sendText(chat, questionText(name));
    }

    async #untilAnswered(chat: number): Promise<void> {
        while (!this.over && !this.#isAnswered(chat)) await sleep(20);
    }

    #isAnswered(chat: number): boolean {
        return (this.#askedNames.get(chat) ?? []).every((name) => this.#answeredAtMs.has(name));
    }

    async #watch(): Promise<void> {
        const { messages, patienceMs } = this.#options;
        while (this.#answeredAtMs.size < messages) {
            await sleep(50);
            const nowMs = performance.now();
            for (const chat of this.#askedNames.keys()) {
                if (this.#isAnswered(chat)) continue;
                for (const name of answeredIn(this.#texts(chat))) {
                    if (this.#answeredAtMs.has(name)) continue;
                    this.#answeredAtMs.set(name, nowMs);
                    this.#lastAnswerAtMs = nowMs;
                }
            }
            if (nowMs - this.#lastAnswerAtMs > patienceMs) {
                this.over = true;
                return;
            }
        }
    }

    #texts(chat: number): string[] {
        return this.#api.visibleMessages(chat).map(({ text }) => text);
    }
}
