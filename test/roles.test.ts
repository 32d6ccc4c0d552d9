/** A clinic of several processes: adapters and workers, as an administrator starts them. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openConversationQueue } from "../adapters/redis/conversation-queue.ts";
import { ensureRedis } from "../adapters/redis/embedded-server.ts";
import { findServerPrograms } from "../adapters/redis/server-program.ts";
import { createLogger } from "../src/log.ts";
import { packageRoot } from "../src/package-root.ts";
import { openCipher } from "../src/privacy/open-cipher.ts";
import { type BotApi, startBotApi } from "./fakes/bot-api.ts";
import { ProgramFolder } from "./setup/program.ts";
import { freePort, listens } from "./setup/redis.ts";

// Real processes, which share the machine with those of other tests.
vi.setConfig({ testTimeout: 300_000 });
const samples = join(packageRoot(), "models/demo/samples");
const logger = createLogger("silent");
let program: ProgramFolder;
let api: BotApi;
let environment: { readonly REDIS_URL: string };

beforeEach(async () => {
    program = await ProgramFolder.create();
    api = await startBotApi();
    const port = String(await freePort());
    const [found] = await findServerPrograms(packageRoot());
    if (!found) throw new Error("The tests need a redis-server.");
    const place = ["--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", program.path];
    program.adopt(spawn(found.command, place, { stdio: "ignore" }));
    while (!(await listens(Number(port)))) await sleep(10);
    environment = { REDIS_URL: `redis://127.0.0.1:${port}` };
});

afterEach(async () => {
    await program.close();
    await api.close();
});

test("adapters receive and show, workers answer; a worker that dies is replaced by another", async () => {
    await program.serve(api, environment, ["--role", "adapters"]);
    const first = await program.serve(api, environment, ["--role", "worker"]);
    const scan = await readFile(join(samples, "xray_left_01.png"));
    const arabic = { languageCode: "ar" };
    api.sendPhoto(7, scan, undefined, arabic);
    api.sendText(7, "ما نوع هذه الصورة؟", arabic);
    await api.waitFor(() => api.visibleMessages(7)[0]?.text.includes("أشعة سينية"), 60_000);

    // A worker says once a second what it does.
    const queue = async (): Promise<unknown> =>
        JSON.parse((await program.run(["queue", "--json"], { environment })).out);
    await expect
        .poll(queue, { timeout: 60_000 })
        .toMatchObject({ waiting: 0, workers: [{ slots: 4, busy: 0 }], dead: [] });

    first.kill("SIGKILL");
    await once(first, "exit");
    await program.serve(api, environment, ["--role", "worker"]);
    api.sendText(7, "على أي جانب؟", arabic);
    await api.waitFor(() => api.visibleMessages(7)[1]?.text.includes("الأيسر"), 60_000);
    expect(api.visibleMessages(7)).toHaveLength(2);
});

test("queue: a reply that could not be delivered is shown, and sent again or forgotten", async () => {
    const account = `telegram:${api.token.split(":")[0] ?? ""}` as const;
    await setAside(account, ["5", "6"]);

    const shown = await program.run(["queue"], { environment });
    expect(shown).toMatchObject({ status: 0, err: "" });
    const ids = [...shown.out.matchAll(/^ {2}(\S+) {2}telegram:/gm)].map(([, id = ""]) => id);
    expect(ids).toHaveLength(2);
    expect(shown.out).toContain("workers    none");
    expect(shown.out).not.toContain("Rest");

    const [first = "", second = ""] = ids;
    expect(await program.run(["queue", "resend"], { environment })).toMatchObject({ status: 2 });
    const discarded = await program.run(["queue", "discard", second, "?"], { environment });
    expect(discarded).toMatchObject({ status: 1 });
    expect(discarded.out).toMatch(/^1 .*\nThere is no reply \?\.\n$/);
    const resent = await program.run(["queue", "resend", "--all", "--json"], { environment });
    expect(JSON.parse(resent.out)).toEqual({ treated: [first], unknown: [] });
    const verified = await program.run(["data", "verify", "--json"], { environment });
    expect(JSON.parse(verified.out)).toMatchObject({ records: 2, faults: [] });

    await program.serve(api, environment, ["--role", "adapters"]);
    const texts = (): string[] =>
        [5, 6].flatMap((chat) => api.visibleMessages(chat)).map(({ text }) => text);
    await api.waitFor(() => texts().length === 1, 60_000);
    expect(texts()).toEqual(["Rest and drink water."]);
});

/** Has one reply for each chat set aside, as after a day without the platform. */
async function setAside(account: `telegram:${string}`, chats: readonly string[]): Promise<void> {
    const url = environment.REDIS_URL;
    const redis = await ensureRedis({
        url,
        dataFolder: program.path,
        packageRoot: packageRoot(),
        logger,
    });
    const path = join(program.path, "data", "keys", "data.key");
    const queue = await openConversationQueue(redis, {
        cipher: await openCipher({ from: "data-folder", path }),
        keyPrefix: "bimedix2:",
        quietMs: 0,
        atMostMs: 0,
        expireAfterMs: 86_400_000,
        maxTurns: 10,
        logger,
    });
    const stop = new AbortController();
    const options = { concurrency: 2, signal: stop.signal, finishWithinMs: 1_000 };
    const working = [
        queue.turns.work(
            "model",
            async (turn) => {
                const reply = { text: "Rest and drink water.", language: "en" } as const;
                await turn.commit({ settled: turn.messages.length, reply });
                return "done";
            },
            options,
        ),
        queue.outbox.work(account, () => Promise.resolve("dead"), options),
    ];
    for (const chat of chats) {
        await queue.inbox.accept({
            id: "1",
            conversation: `${account}:${chat}`,
            receivedAtMs: Date.now(),
            text: "I have a headache.",
            attachments: [],
        });
    }
    while ((await queue.outbox.dead()).length < chats.length) {
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    stop.abort();
    await Promise.all(working);
    await queue.close();
    await redis.close();
}
