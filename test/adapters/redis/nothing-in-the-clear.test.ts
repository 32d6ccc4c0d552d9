import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openConversationQueue } from "../../../adapters/redis/conversation-queue.ts";
import { packPixels } from "../../../adapters/redis/pixels.ts";
import { createLogger } from "../../../src/log.ts";
import type { ModelImage } from "../../../src/message.ts";
import { eventually, freshChat, gate, messageIn, Shift } from "../../contracts/exchange-bench.ts";
import { testCipher } from "../../setup/cipher.ts";
import { quickTimings } from "../../setup/queue.ts";
import { startTestRedis, type TestRedis } from "../../setup/redis.ts";

let redis: TestRedis;
beforeAll(async () => (redis = await startTestRedis()));
afterAll(async () => await redis.close());

const secrets = {
    text: "PLANTED-TEXT",
    arabic: "سر-مزروع",
    quoted: "PLANTED-QUOTE",
    file: "PLANTED-FILE",
    edit: "PLANTED-EDIT",
    progress: "PLANTED-PROGRESS",
    reply: "PLANTED-REPLY",
    label: "PLANTED-LABEL",
    journal: "PLANTED-JOURNAL",
    turn: "PLANTED-TURN",
};

/** All that the server has ever been told to store: its log of commands. */
async function everythingWritten(): Promise<Buffer> {
    const folder = join(redis.dataFolder, "redis", "appendonlydir");
    const names = await readdir(folder);
    return Buffer.concat(await Promise.all(names.map((name) => readFile(join(folder, name)))));
}

it("shows Redis nothing of what is said, while it is stored, passed on, changed and set aside", async () => {
    const published: string[] = [];
    const listener = await redis.handle.connect();
    await listener.pSubscribe("*", (text) => published.push(text));
    const keyPrefix = redis.freshPrefix();
    const queue = await openConversationQueue(redis.handle, {
        keyPrefix,
        cipher: testCipher,
        expireAfterMs: 3_600_000,
        maxTurns: 20,
        quietMs: 0,
        atMostMs: 0,
        timings: quickTimings,
        logger: createLogger("silent"),
    });
    const side = 32;
    const rgb = new Uint8Array(side * side * 3).map((_, index) => (index * index) % 251);
    const image: ModelImage = { id: "f".repeat(64), side, rgb };
    const shown = gate();
    let number = 0;
    const key = freshChat();
    const shifts = [
        new Shift((options) =>
            queue.pictures.work(
                "telegram:clinic",
                () => Promise.resolve({ images: [image], refusals: [] }),
                options,
            ),
        ),
        new Shift((options) =>
            queue.turns.work(
                "model",
                async (turn) => {
                    if (turn.messages[0]?.pictures === undefined) return { againInMs: 5_000 };
                    // Whoever does not listen yet misses it.
                    const showing = setInterval(() => {
                        number++;
                        turn.show(`${secrets.progress} ${number}`);
                    }, 50);
                    await shown.opened;
                    clearInterval(showing);
                    const choice = {
                        label: secrets.label,
                        command: { name: "stop", argument: "" },
                    } as const;
                    const user = {
                        role: "user",
                        text: `${secrets.turn} ${secrets.arabic}`,
                        language: "ar",
                        atMs: 1,
                        images: [{ id: image.id, side }],
                    } as const;
                    await turn.commit({
                        settled: turn.messages.length,
                        reply: { text: secrets.reply, language: "ar", choices: [choice] } as const,
                        change: { turns: [user], images: [image] },
                    });
                    return "done";
                },
                options,
            ),
        ),
        new Shift((options) =>
            queue.outbox.work(
                "telegram:clinic",
                async (delivery) => {
                    delivery.onProgress((text) => {
                        if (text.startsWith(secrets.progress)) shown.open();
                    });
                    await delivery.journal.save({ sent: secrets.journal });
                    await delivery.reply();
                    return "dead";
                },
                options,
            ),
        ),
    ];
    const message = messageIn(key, "1", {
        text: `${secrets.text} ${secrets.arabic}`,
        quoted: { text: secrets.quoted, fromAssistant: false },
        attachments: [{ kind: "image", id: secrets.file }],
    });
    await queue.inbox.accept(message);
    await queue.inbox.accept({ ...message, text: secrets.edit, edit: true });
    await eventually(async () => (await queue.outbox.dead()).length === 1);
    await Promise.all(shifts.map((shift) => shift.end()));
    await queue.close();

    const written = await everythingWritten();
    // Names stand open: so it is the right place in which nothing is found.
    expect(written.includes(key)).toBe(true);
    expect(published.length).toBeGreaterThan(0);
    for (const secret of Object.values(secrets)) {
        expect(written.includes(secret), secret).toBe(false);
        const base64 = Buffer.from(secret).toString("base64").slice(0, 8);
        expect(published.filter((text) => text.includes(secret) || text.includes(base64))).toEqual(
            [],
        );
    }
    const packed = await packPixels(rgb, side);
    expect(written.includes(packed.subarray(0, 32))).toBe(false);
    expect(written.includes(Buffer.from(rgb.subarray(0, 32)))).toBe(false);
});
