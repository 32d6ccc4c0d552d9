import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Attachment } from "../../../src/message.ts";
import type { Platform } from "../../../src/ports.ts";
import { type BotApi, startBotApi } from "../../fakes/bot-api.ts";
import { platformFor } from "./telegram-world.ts";

const never = new AbortController().signal;
const bytes = Uint8Array.from({ length: 200_000 }, (_, index) => index % 253);
const megabyte = 1024 ** 2;
let api: BotApi;
let platform: Platform;

beforeEach(async () => {
    api = await startBotApi();
    platform = platformFor(api);
});
afterEach(() => api.close());

/** Lets a patient send a file and gives what the adapter hands over. */
async function receive(send: () => void): Promise<Attachment> {
    const controller = new AbortController();
    const attachments: Attachment[] = [];
    const running = platform.run((message) => {
        attachments.push(...message.attachments);
        return Promise.resolve();
    }, controller.signal);
    send();
    const attachment = await api.waitFor(() => attachments[0]);
    controller.abort();
    await running;
    return attachment;
}

const failure = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
        () => "no error",
        (error: unknown) => error,
    );

test("the largest size of a photo is downloaded", async () => {
    const photo = await receive(() => api.sendPhoto(1, bytes));
    expect(photo.byteSize).toBe(bytes.length);
    const downloaded = await platform.download(photo, megabyte, never);
    expect(Buffer.from(downloaded).equals(bytes)).toBe(true);
});

test("Telegram's own limit is told apart from a fault", async () => {
    const file = { bytes, fileName: "scan.tif", statedSize: 21 * megabyte };
    const scan = await receive(() => api.sendDocument(1, file));
    expect(scan.kind).toBe("image");
    await expect(platform.download(scan, 100 * megabyte, never)).rejects.toMatchObject({
        code: "attachment-too-large",
    });
});

test("a server of the clinic's own takes larger files and gives their place on the disk", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-bot-api-"));
    try {
        api.keepFilesIn(folder);
        const file = { bytes, fileName: "scan.tif", statedSize: 21 * megabyte };
        const scan = await receive(() => api.sendDocument(1, file));
        const downloaded = await platform.download(scan, 100 * megabyte, never);
        expect(Buffer.from(downloaded).equals(bytes)).toBe(true);
        const { byteSize: stated = 0, ...unstated } = scan;
        expect(stated).toBeGreaterThan(20 * megabyte);
        await expect(platform.download(unstated, 1_000, never)).rejects.toMatchObject({
            code: "attachment-too-large",
        });
        await rm(join(folder, scan.id));
        await expect(platform.download(scan, 100 * megabyte, never)).rejects.toMatchObject({
            code: "attachment-unavailable",
        });
    } finally {
        await rm(folder, { recursive: true });
    }
});

test("a stated size above the limit needs no request", async () => {
    const photo = await receive(() => api.sendPhoto(1, bytes));
    await expect(platform.download(photo, 1_000, never)).rejects.toMatchObject({
        code: "attachment-too-large",
    });
    expect(api.callsOf("getFile")).toEqual([]);
});

test.each(["getFile", "file"])("short faults of %s pass unnoticed", async (method) => {
    const photo = await receive(() => api.sendPhoto(1, bytes));
    api.fail(method, { code: 502 });
    api.fail(method, "reset");
    api.fail(method, { code: 429, retryAfter: 0.01 });
    const downloaded = await platform.download(photo, megabyte, never);
    expect(downloaded).toHaveLength(bytes.length);
});

test.each([
    ["a lasting fault", { code: 502 }],
    ["a broken connection", "reset"],
    ["silence", "hang"],
] as const)("%s is told without the token", async (_name, fault) => {
    const photo = await receive(() => api.sendPhoto(1, bytes));
    platform = platformFor(api, { timings: { downloadMs: 60 } });
    api.fail("file", fault, Infinity);
    const error = await failure(platform.download(photo, megabyte, never));
    expect(error).toMatchObject({ code: "platform-unavailable", retryable: true });
    const shown = JSON.stringify([error, String(error), String((error as Error).cause)]);
    expect(shown).not.toContain(api.token);
});

test("a file whose address has expired is gone", async () => {
    const photo = await receive(() => api.sendPhoto(1, bytes));
    api.fail("file", { code: 404 });
    await expect(platform.download(photo, megabyte, never)).rejects.toMatchObject({
        code: "attachment-unavailable",
    });
});

test("a download can be cancelled while it waits", async () => {
    const photo = await receive(() => api.sendPhoto(1, bytes));
    api.fail("file", "hang");
    const stopping = new AbortController();
    const error = failure(platform.download(photo, megabyte, stopping.signal));
    await api.waitFor(() => api.callsOf("file").length > 0);
    stopping.abort();
    expect(await error).toMatchObject({ code: "aborted" });
});
