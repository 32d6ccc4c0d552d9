import { request } from "node:http";
import { connect, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { WhatsAppCloudOptions } from "../../../adapters/whatsapp-cloud/whatsapp-cloud.ts";
import { AppError } from "../../../src/errors.ts";
import type { InboundMessage } from "../../../src/message.ts";
import type { Platform } from "../../../src/ports.ts";
import { latch } from "../../contracts/platform-bench.ts";
import { type GraphApi, startGraphApi, webhook } from "../../fakes/graph-api.ts";
import { signWebhook, writeWebhook } from "../../fakes/graph-api-webhooks.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import { freePort } from "../../setup/redis.ts";
import { cloudFor, webhookAddress } from "./cloud-world.ts";
import { sampleWebhook } from "./sample-webhooks.ts";

type Receive = (message: InboundMessage) => Promise<void>;

const numbers = ["106540352242922", "106540352242923"];
const takes: Receive = () => Promise.resolve();

describe("receiving webhooks", () => {
    let api: GraphApi;
    let port: number;
    let logger: ReturnType<typeof createRecordingLogger>;
    let stopping: AbortController;
    let running: Promise<void>[];

    beforeEach(async () => {
        api = await startGraphApi(numbers);
        port = await freePort();
        logger = createRecordingLogger();
        stopping = new AbortController();
        running = [];
    });
    afterEach(async () => {
        stopping.abort();
        await Promise.allSettled(running);
        await api.close();
    });

    function platforms(options: Partial<WhatsAppCloudOptions> = {}): readonly Platform[] {
        return cloudFor(api, port, { logger, ...options });
    }

    /** Runs the first phone number until the test ends. */
    async function start(
        receive: Receive = takes,
        options: Partial<WhatsAppCloudOptions> = {},
    ): Promise<void> {
        const [platform] = platforms(options);
        running.push(platform?.run(receive, stopping.signal) ?? Promise.resolve());
        await api.until(() => logged("listening") > 0);
    }

    function logged(state: string): number {
        return logger.entries.filter(({ fields }) => fields["whatsapp"] === state).length;
    }

    async function deliver(
        body: string,
        headers: Record<string, string> = {},
    ): Promise<{ status: number; retryAfter: string | null }> {
        const response = await fetch(webhookAddress(port), {
            method: "POST",
            headers: {
                "content-type": "application/json",
                "x-hub-signature-256": signWebhook(body, api.appSecret),
                ...headers,
            },
            body,
        });
        await response.arrayBuffer();
        return { status: response.status, retryAfter: response.headers.get("retry-after") };
    }

    async function status(path: string, init: RequestInit = {}): Promise<number> {
        const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
        await response.arrayBuffer();
        return response.status;
    }

    it("answers Meta's question whose address it is, and nobody else's", async () => {
        await start();
        const ask = async (query: Record<string, string>): Promise<[number, string]> => {
            const address = `${webhookAddress(port)}?${String(new URLSearchParams(query))}`;
            const response = await fetch(address);
            return [response.status, await response.text()];
        };
        const right = {
            "hub.mode": "subscribe",
            "hub.verify_token": api.verifyToken,
            "hub.challenge": "1158201444",
        };
        expect(await ask(right)).toEqual([200, "1158201444"]);
        expect(await ask({ ...right, "hub.verify_token": "other" })).toEqual([403, ""]);
        expect(await ask({ ...right, "hub.mode": "unsubscribe" })).toEqual([403, ""]);
        expect(await ask({ ...right, "hub.challenge": "<script>" })).toEqual([400, ""]);
        const [code, text] = await ask({});
        expect(code).toBe(400);
        expect(text).toMatch(/for Meta/);
        expect(logged("verified")).toBe(1);
        expect(logged("wrong-verify-token")).toBe(2);
    });

    it("takes what is signed, and counts what is not", async () => {
        const received: string[] = [];
        await start(({ text }) => {
            received.push(text);
            return Promise.resolve();
        });
        const body = writeWebhook(sampleWebhook("text"));
        expect((await deliver(body, { "x-hub-signature-256": "" })).status).toBe(401);
        const forged = signWebhook(body, "another secret");
        expect((await deliver(body, { "x-hub-signature-256": forged })).status).toBe(401);
        const plain = JSON.stringify(sampleWebhook("text"));
        const ofEscaped = signWebhook(body, api.appSecret);
        expect((await deliver(plain, { "x-hub-signature-256": ofEscaped })).status).toBe(401);
        expect(received).toEqual([]);
        expect((await deliver(body)).status).toBe(200);
        expect(received).toEqual(["هل هذه الصورة طبيعية؟"]);
        for (let times = 3; times <= 200; times += 1) {
            await deliver("{}", { "x-hub-signature-256": forged });
        }
        const warnings = logger.entries.filter(
            ({ level, fields }) => level === "warn" && fields["whatsapp"] === "wrong-signature",
        );
        expect(warnings.map(({ fields }) => fields["times"])).toEqual([1, 10, 100]);
        expect(JSON.stringify(logger.entries)).not.toMatch(/966500000001|Sara|طبيعية/);
    });

    it("is found with a slash too many, and says where else Meta's calls arrive", async () => {
        await start();
        const query = new URLSearchParams({
            "hub.mode": "subscribe",
            "hub.verify_token": api.verifyToken,
            "hub.challenge": "1158201444",
        });
        expect(await status(`/webhooks/whatsapp/?${String(query)}`)).toBe(200);
        expect(await status("/webhooks")).toBe(404);
        expect(logged("wrong-path")).toBe(0);
        expect(await status(`/?${String(query)}`)).toBe(404);
        expect(await status(`//webhooks/whatsapp?${String(query)}`)).toBe(404);
        const headers = { "x-hub-signature-256": "sha256=00" };
        expect(await status("/wa", { method: "POST", headers, body: "{}" })).toBe(404);
        expect(logged("wrong-path")).toBe(3);
        expect(JSON.stringify(logger.entries)).not.toContain(api.verifyToken);
    });

    it("refuses what is no webhook", async () => {
        await start();
        expect(await status("/")).toBe(404);
        expect(await status("/webhooks/whatsapp/more", { method: "POST", body: "{}" })).toBe(404);
        expect(await status("/webhooks/whatsapp", { method: "PUT", body: "{}" })).toBe(405);
        expect((await deliver("{}", { "content-type": "text/plain" })).status).toBe(415);
        expect((await deliver("{}", { "content-encoding": "gzip" })).status).toBe(415);
        for (const body of ["", "no json", "[]", "null", '"text"']) {
            expect((await deliver(body)).status, body).toBe(400);
        }
        expect((await deliver("{}")).status).toBe(200);
    });

    it("refuses a body that is too large, whether or not its length is stated", async () => {
        await start();
        const body = JSON.stringify({ text: "x".repeat(5 * 1024 * 1024) });
        const send = (headers: Record<string, string>): Promise<number | undefined> =>
            new Promise((resolve, reject) => {
                const outgoing = request(webhookAddress(port), {
                    method: "POST",
                    headers: {
                        "content-type": "application/json",
                        "x-hub-signature-256": signWebhook(body, api.appSecret),
                        ...headers,
                    },
                });
                outgoing.on("response", (response) => {
                    response.resume();
                    resolve(response.statusCode);
                    outgoing.destroy();
                });
                outgoing.on("error", reject);
                // Not to its end: the server must not wait for it.
                if (headers["content-length"] === undefined) outgoing.write(body);
                else outgoing.flushHeaders();
            });
        expect(await send({ "content-length": String(body.length) })).toBe(413);
        expect(await send({})).toBe(413);
    });

    it("does not wait for slow senders", async () => {
        await start(takes, { timings: { headersMs: 300, bodyMs: 300, takeoverMs: 0 } });
        const talk = (text: string): Promise<string> =>
            new Promise((resolve) => {
                const socket = connect(port, "127.0.0.1", () => socket.write(text));
                let answer = "";
                socket.on("data", (data) => (answer += String(data)));
                socket.on("close", () => resolve(answer));
                socket.on("error", () => undefined);
            });
        expect(await talk("POST /webhooks/whatsapp HTTP/1.1\r\nHost: clinic")).toMatch(/408/);
        const head = [
            "POST /webhooks/whatsapp HTTP/1.1",
            "Host: clinic",
            "Content-Type: application/json",
            "Content-Length: 100",
            `X-Hub-Signature-256: sha256=${"0".repeat(64)}`,
        ];
        expect(await talk(`${head.join("\r\n")}\r\n\r\n{`)).toMatch(/408/);
        expect((await deliver("{}")).status).toBe(200);
    });

    it("asks to be told again when a message is not stored in time, and takes it once", async () => {
        const hold = latch();
        const received: string[] = [];
        await start(async ({ text }) => {
            await hold.opened;
            received.push(text);
        });
        const body = writeWebhook(sampleWebhook("text"));
        const first = await deliver(body);
        expect(first).toEqual({ status: 503, retryAfter: "5" });
        const second = deliver(body);
        hold.open();
        expect((await second).status).toBe(200);
        expect((await deliver(body)).status).toBe(200);
        expect(received).toHaveLength(1);
    });

    it("takes several messages, changes and entries in one webhook, each once, in order", async () => {
        const received: InboundMessage[] = [];
        await start((message) => {
            received.push(message);
            return Promise.resolve();
        });
        const text = (id: string, from: string): object => ({
            from,
            id: `wamid.${id}`,
            timestamp: "1749416383",
            type: "text",
            text: { body: id },
        });
        const first = webhook(numbers[0] ?? "", {
            messages: [text("a", "1"), text("b", "1"), text("c", "2"), text("a", "1")],
        }) as { entry: { changes: object[] }[] };
        const second = webhook(numbers[0] ?? "", { messages: [text("d", "1")] }) as typeof first;
        const third = webhook(numbers[0] ?? "", { messages: [text("e", "1")] }) as typeof first;
        first.entry[0]?.changes.push(...(second.entry[0]?.changes ?? []));
        first.entry.push(...third.entry);
        expect((await deliver(writeWebhook(first))).status).toBe(200);
        const ofFirst = received.filter(({ conversation }) => conversation.endsWith(":1"));
        expect(ofFirst.map(({ text: words }) => words)).toEqual(["a", "b", "d", "e"]);
        expect(received).toHaveLength(5);
    });

    it("keeps the order of a chat when its webhooks come at the same time", async () => {
        const hold = latch();
        const received: string[] = [];
        await start(async ({ text }) => {
            if (text === "0") await hold.opened;
            received.push(text);
        });
        const bodies = ["0", "1", "2"].map((text) =>
            writeWebhook(
                webhook(numbers[0] ?? "", {
                    messages: [
                        {
                            from: "1",
                            id: `wamid.${text}`,
                            timestamp: "1749416383",
                            type: "text",
                            text: { body: text },
                        },
                    ],
                }),
            ),
        );
        const answers: Promise<{ status: number }>[] = [];
        for (const [index, body] of bodies.entries()) {
            answers.push(deliver(body));
            if (index === 0) expect((await answers[0])?.status).toBe(503);
        }
        hold.open();
        for (const answer of answers.slice(1)) expect((await answer).status).toBe(200);
        expect(received).toEqual(["0", "1", "2"]);
    });

    it("passes over what is about another phone number, and says so", async () => {
        await start(() => Promise.reject(new Error("not for us")));
        const body = writeWebhook(webhook("999", { messages: [{ from: "1", id: "wamid.x" }] }));
        expect((await deliver(body)).status).toBe(200);
        expect((await deliver(body)).status).toBe(200);
        expect(logged("unknown-number")).toBe(2);
        expect(logger.entries.filter(({ level }) => level === "warn")).toHaveLength(1);
    });

    it("serves several phone numbers at one address, until the last one stops", async () => {
        const received: string[] = [];
        const [first, second] = platforms();
        const stopFirst = new AbortController();
        const receive: Receive = ({ conversation }) => {
            received.push(conversation);
            return Promise.resolve();
        };
        const firstRuns = first?.run(receive, stopFirst.signal);
        running.push(second?.run(receive, stopping.signal) ?? Promise.resolve());
        await api.until(() => logged("ready") === 2);
        expect(logged("listening")).toBe(1);
        const message = { from: "1", id: "wamid.1", type: "text", text: { body: "x" } };
        const [body, other] = numbers.map((number) =>
            writeWebhook(webhook(number, { messages: [message] })),
        );
        expect((await deliver(body ?? "")).status).toBe(200);
        expect((await deliver(other ?? "")).status).toBe(200);
        expect(received).toEqual(numbers.map((number) => `whatsapp-cloud:${number}:1`));
        stopFirst.abort();
        await firstRuns;
        const later = writeWebhook(
            webhook(numbers[0] ?? "", { messages: [{ ...message, id: "wamid.2" }] }),
        );
        expect((await deliver(later)).status).toBe(503);
        stopping.abort();
        await Promise.all(running);
        await expect(deliver(later)).rejects.toThrow();
    });

    it("answers what is under way when it is stopped, so that Meta delivers it again", async () => {
        const begun = latch();
        await start(() => {
            begun.open();
            return new Promise((_, reject) => {
                const fail = (): void => reject(new AppError("aborted", "Stopped."));
                stopping.signal.addEventListener("abort", fail, { once: true });
            });
        });
        const answer = deliver(writeWebhook(sampleWebhook("text")));
        await begun.opened;
        stopping.abort();
        expect((await answer).status).toBe(503);
        await Promise.all(running);
    });

    it("says what to do when the port is taken, and takes it when it is free", async () => {
        const other = createServer();
        await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
        const [platform] = platforms({ timings: { takeoverMs: 50 } });
        running.push(platform?.run(takes, stopping.signal) ?? Promise.resolve());
        await vi.waitFor(() => {
            expect(JSON.stringify(logger.entries)).toContain("platforms.whatsappCloud.port");
        }, 20_000);
        await new Promise((resolve) => other.close(resolve));
        await vi.waitFor(async () => {
            expect((await deliver(writeWebhook(sampleWebhook("text")))).status).toBe(200);
        }, 5_000);
    });

    it("says what to do when the address is nobody's", async () => {
        const listen = { host: "192.0.2.1", port, path: "/webhooks/whatsapp" };
        const [nowhere] = platforms({ listen });
        await expect(nowhere?.run(takes, stopping.signal)).rejects.toMatchObject({
            code: "config-invalid",
            remedy: expect.stringContaining("platforms.whatsappCloud.host") as string,
        });
    });

    it("waits for the port while the process before is ending", async () => {
        const other = createServer();
        await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
        const [platform] = platforms();
        running.push(platform?.run(takes, stopping.signal) ?? Promise.resolve());
        await new Promise((resolve) => setTimeout(resolve, 50));
        await new Promise((resolve) => other.close(resolve));
        await api.until(() => logged("listening") === 1);
        expect((await deliver("{}")).status).toBe(200);
    });

    it("reports the faults of the account and of deliveries, without numbers of patients", async () => {
        await start();
        for (const name of ["account-error", "status-failed"]) {
            expect((await deliver(writeWebhook(sampleWebhook(name)))).status).toBe(200);
        }
        const codes = logger.entries
            .filter(({ level }) => level === "warn")
            .map(({ fields }) => fields["code"]);
        expect(codes).toEqual([130429, 131047]);
        expect(JSON.stringify(logger.entries)).not.toContain("966500000001");
        const unheardOf = { statuses: [{ status: "failed", errors: [{ code: 131999 }] }] };
        await deliver(writeWebhook(webhook(numbers[0] ?? "", unheardOf)));
        expect(logger.entries.at(-1)?.fields).toMatchObject({ code: 131999 });
        expect(logger.entries.at(-1)?.fields["message"]).not.toMatch(/status/);
    });

    it("keeps receipts, and is told again of those that could not be kept", async () => {
        let isAway = true;
        const kept: string[] = [];
        const receipts = {
            keep: (token: string) => {
                if (isAway) {
                    const away = new AppError("store-unavailable", "Away.", { retryable: true });
                    return Promise.reject(away);
                }
                kept.push(token);
                return Promise.resolve();
            },
            has: () => Promise.resolve(false),
        };
        await start(takes, { receipts });
        const body = writeWebhook(sampleWebhook("status-sent"));
        expect((await deliver(body)).status).toBe(503);
        isAway = false;
        expect((await deliver(body)).status).toBe(200);
        for (const name of ["status-delivered", "status-read", "status-failed"]) {
            expect((await deliver(writeWebhook(sampleWebhook(name)))).status).toBe(200);
        }
        expect(kept).toEqual(["bmx-0123456789abcdefghijABCDEFGHIJ-_"]);
    });
});
