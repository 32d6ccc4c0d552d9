import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
    createStaffWebhook,
    type StaffWebhookOptions,
    webhookRoom,
} from "../../../adapters/staff-webhook/staff-webhook.ts";
import { AppError } from "../../../src/errors.ts";
import type { InboundMessage, Reply } from "../../../src/message.ts";
import type { Journal, Platform } from "../../../src/ports.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";

const secret = "a-secret-of-the-clinic";
const never = new AbortController().signal;
const signatureOf = (body: string): string =>
    `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;

/** The clinic's system: what has come, and how it answers next; afterwards with 200. */
class System {
    readonly requests: { readonly body: string; readonly signature: string | undefined }[] = [];
    readonly statuses: number[] = [];
    readonly #server: Server = createServer((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
            const signature = request.headers["x-bimedix2-signature"];
            this.requests.push({ body, signature: signature?.toString() });
            response.statusCode = this.statuses.shift() ?? 200;
            response.end();
        });
    });

    async listen(): Promise<string> {
        await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
        const { port } = this.#server.address() as { port: number };
        return `http://127.0.0.1:${port}/assistant`;
    }

    get notes(): Record<string, unknown>[] {
        return this.requests.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    }

    async close(): Promise<void> {
        this.#server.closeAllConnections();
        await new Promise((resolve) => this.#server.close(resolve));
    }
}

let system: System;
let url: string;
beforeEach(async () => {
    system = new System();
    url = await system.listen();
});
afterEach(() => system.close());

function open(options: Partial<StaffWebhookOptions> = {}): Platform {
    const logger = createRecordingLogger();
    return createStaffWebhook({
        url,
        secret,
        logger,
        retry: { firstMs: 1, mostMs: 2 },
        ...options,
    });
}

describe("a note", () => {
    const reply: Reply = {
        text: "**\u2068#K7Q3X\u2069** · The patient writes:\n\n> 5 \\* 2 mg",
        language: "en",
        note: { kind: "message", code: "K7Q3X" },
    };

    test("is posted with what it is about, without formatting, and signed", async () => {
        await open().startReply({ conversation: webhookRoom }).finish(reply, never);
        expect(system.notes).toEqual([
            {
                id: expect.stringMatching(/^[\w-]{36}$/) as string,
                kind: "message",
                code: "K7Q3X",
                language: "en",
                text: "#K7Q3X · The patient writes:\n\n5 * 2 mg",
                at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
            },
        ]);
        const [{ body, signature } = { body: "", signature: "" }] = system.requests;
        expect(signature).toBe(signatureOf(body));
    });

    test("that the system has refused for a moment is posted again under its id", async () => {
        system.statuses.push(500, 401);
        await open().startReply({ conversation: webhookRoom }).finish(reply, never);
        const ids = system.notes.map(({ id }) => id);
        expect(ids).toHaveLength(3);
        expect(new Set(ids).size).toBe(1);
    });

    test.each([400, 410, 413, 415, 422])(
        "that the system refuses (%i) is posted once, and the next one comes through",
        async (status) => {
            system.statuses.push(status);
            const platform = open();
            const refused = platform.startReply({ conversation: webhookRoom });
            await expect(refused.finish(reply, never)).rejects.toMatchObject({
                code: "platform-rejected",
                retryable: false,
                remedy: expect.stringContaining("bimedix2 queue resend") as string,
            });
            await platform.startReply({ conversation: webhookRoom }).finish(reply, never);
            expect(system.requests).toHaveLength(2);
        },
    );

    test.each([
        [404, 302, 500],
        [401, 403, 429],
    ])("is worth another try later after any other answer (%i, %i, %i)", async (...statuses) => {
        system.statuses.push(...statuses);
        const finished = open().startReply({ conversation: webhookRoom }).finish(reply, never);
        await expect(finished).rejects.toMatchObject({
            code: "platform-unavailable",
            retryable: true,
        });
        const away = open({ url: "http://127.0.0.1:9/x" }).startReply({
            conversation: webhookRoom,
        });
        await expect(away.finish(reply, never)).rejects.toMatchObject({ retryable: true });
    });

    test("that another process goes on with keeps its id", async () => {
        let kept: unknown;
        const journal = (): Journal => ({
            ...(kept === undefined ? {} : { state: kept }),
            save: (state) => {
                kept = structuredClone(state);
                return Promise.resolve();
            },
        });
        system.statuses.push(500, 500, 500);
        const first = open().startReply({ conversation: webhookRoom }, journal());
        await expect(first.finish(reply, never)).rejects.toThrow(AppError);
        await open().startReply({ conversation: webhookRoom }, journal()).finish(reply, never);
        expect(new Set(system.notes.map(({ id }) => id)).size).toBe(1);
    });
});

describe("an answer of the clinic's system", () => {
    const received: InboundMessage[] = [];
    let fail: AppError | undefined;
    let address: string;
    let stop: AbortController;
    let running: Promise<void>;

    beforeEach(async () => {
        received.length = 0;
        fail = undefined;
        stop = new AbortController();
        const listening = new Promise<number>((resolve) => {
            const platform = open({
                listen: { host: "127.0.0.1", port: 0, path: "/staff" },
                onListening: ({ port }) => resolve(port),
            });
            running = platform.run((message) => {
                if (fail) return Promise.reject(fail);
                received.push(message);
                return Promise.resolve();
            }, stop.signal);
        });
        address = `http://127.0.0.1:${await listening}/staff`;
    });
    afterEach(async () => {
        stop.abort();
        await running;
    });

    async function post(body: string, signature = signatureOf(body)): Promise<number> {
        const headers = signature === "" ? {} : { "X-BiMediX2-Signature": signature };
        return (await fetch(address, { method: "POST", body, headers })).status;
    }

    test("becomes a message of the clinic's people, with its own id", async () => {
        expect(await post('{"id":"m1","code":"#k7q3x","text":" Come at four. "}')).toBe(202);
        expect(await post('{"id":"m2","code":"K7Q3X","done":true}')).toBe(202);
        expect(received).toMatchObject([
            {
                id: "m1",
                conversation: webhookRoom,
                text: "/reply #K7Q3X Come at four.",
                fromStaff: true,
            },
            { id: "m2", conversation: webhookRoom, text: "/done #K7Q3X", fromStaff: true },
        ]);
    });

    test.each([
        ["no signature", '{"id":"m","code":"K7Q3X","done":true}', "", 401],
        [
            "a wrong signature",
            '{"id":"m","code":"K7Q3X","done":true}',
            `sha256=${"0".repeat(64)}`,
            401,
        ],
        ["a short signature", '{"id":"m","code":"K7Q3X","done":true}', "sha256=0", 401],
        ["no JSON", "hello", undefined, 400],
        ["no id", '{"code":"K7Q3X","text":"a"}', undefined, 400],
        ["no words", '{"id":"m","code":"K7Q3X","text":" "}', undefined, 400],
        ["no code", '{"id":"m","code":"K7Q","text":"a"}', undefined, 400],
        ["both", '{"id":"m","code":"K7Q3X","text":"a","done":true}', undefined, 400],
        ["a megabyte", " ".repeat(1_000_000), undefined, 413],
    ])("with %s is refused", async (_what, body, signature, status) => {
        expect(await post(body, signature)).toBe(status);
        expect(received).toEqual([]);
    });

    test("elsewhere or by another method is refused", async () => {
        expect((await fetch(address)).status).toBe(405);
        expect((await fetch(`${address}/other`, { method: "POST" })).status).toBe(404);
    });

    test("that could not be stored is to be sent again", async () => {
        fail = new AppError("store-unavailable", "Redis is away.", { retryable: true });
        expect(await post('{"id":"m1","code":"K7Q3X","text":"a"}')).toBe(503);
    });

    test("finds a process that waited for the port of another", async () => {
        const { port } = new URL(address);
        const other = open({ listen: { host: "127.0.0.1", port: Number(port), path: "/staff" } });
        const taken: string[] = [];
        const otherStop = new AbortController();
        const otherRunning = other.run((message) => {
            taken.push(message.id);
            return Promise.resolve();
        }, otherStop.signal);
        stop.abort();
        await running;
        await expect
            .poll(() => post('{"id":"m9","code":"K7Q3X","done":true}').catch(() => 0))
            .toBe(202);
        expect(taken).toEqual(["m9"]);
        otherStop.abort();
        await otherRunning;
    });
});
