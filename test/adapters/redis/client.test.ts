import { connect, createServer, type AddressInfo, type Server } from "node:net";
import { once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { closeClient, connectClient } from "../../../adapters/redis/client.ts";
import { describeAddress } from "../../../adapters/redis/redis-address.ts";
import { createMailbox } from "../../../adapters/redis/create-mailbox.ts";
import { createConversationStore } from "../../../adapters/redis/conversation-store.ts";
import { ensureRedis, type RedisHandle } from "../../../adapters/redis/embedded-server.ts";
import { AppError } from "../../../src/errors.ts";
import { createLogger, type Logger } from "../../../src/log.ts";
import { exampleTurn, freshConversation } from "../../contracts/conversation-store.ts";
import { atOnce, claimTurn, messagesOf } from "./mailbox-cases.ts";
import { packageRoot, startExternalRedis, type ExternalRedis } from "../../setup/redis.ts";
import { testCipher } from "../../setup/cipher.ts";

const password = "p@ss/word:1";
const encodedPassword = encodeURIComponent(password);
const silent = createLogger("silent");
let redis: ExternalRedis;
const handles: RedisHandle[] = [];

beforeAll(async () => {
    redis = await startExternalRedis(["--requirepass", password]);
});
afterAll(() => redis.close());
afterEach(async () => {
    await Promise.all(handles.splice(0).map((handle) => handle.close()));
});

async function useUrl(url: string, logger: Logger = silent): Promise<RedisHandle> {
    const dataFolder = "/nonexistent";
    const handle = await ensureRedis({ url, dataFolder, packageRoot, logger });
    handles.push(handle);
    return handle;
}

async function failureOf(url: string): Promise<AppError> {
    const failure: unknown = await useUrl(url).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(AppError);
    return failure as AppError;
}

describe("REDIS_URL", () => {
    it("leads to the administrator's server, with password and database", async () => {
        const handle = await useUrl(`redis://:${encodedPassword}@127.0.0.1:${redis.port}/3`);
        expect(handle.source).toBe("url");
        expect(handle.version).toMatch(/^\d+\.\d+/);
        expect(handle.description).toBe(`redis://127.0.0.1:${redis.port}/3`);
        const client = await handle.connect();
        expect(await client.clientInfo()).toMatchObject({ db: 3, resp: 3 });
        await handle.close();
        const after = await useUrl(`redis://:${encodedPassword}@127.0.0.1:${redis.port}`);
        expect(await (await after.connect()).ping()).toBe("PONG");
    });

    it.each([
        ["a wrong password", () => `redis://:wrong@127.0.0.1:${redis.port}`, "store-failed"],
        ["no password", () => `redis://127.0.0.1:${redis.port}`, "store-failed"],
        ["an unknown user", () => `redis://eve:secret@127.0.0.1:${redis.port}`, "store-failed"],
        ["a closed port", () => "redis://:secret@127.0.0.1:1", "store-unavailable"],
        ["an unknown host", () => "redis://:secret@nowhere.invalid", "store-unavailable"],
        ["no TLS", () => `rediss://:secret@127.0.0.1:${redis.port}`, "store-unavailable"],
        ["no Redis", () => "http://:secret@127.0.0.1", "config-invalid"],
        ["no address", () => "secret@127.0.0.1:6379", "config-invalid"],
        ["a malformed password", () => "redis://:%secret@127.0.0.1", "config-invalid"],
    ])("with %s is refused with a remedy and without the password", async (_, url, code) => {
        const failure = await failureOf(url());
        expect(failure.code).toBe(code);
        expect(failure.retryable).toBe(code === "store-unavailable");
        expect(failure.remedy).toBeDefined();
        expect(`${failure.message} ${failure.remedy}`).not.toMatch(/secret|wrong/);
    });

    it("leaves no connection behind when it is refused", async () => {
        const url = `redis://:${encodedPassword}@127.0.0.1:${redis.port}`;
        const client = await (await useUrl(url)).connect();
        const before = (await client.clientList()).length;
        for (const user of ["", "eve:wrong@"]) {
            await failureOf(`redis://${user}127.0.0.1:${redis.port}`);
        }
        await vi.waitFor(
            async () => expect(await client.clientList()).toHaveLength(before),
            20_000,
        );
    });

    it("is described without user name and password", () => {
        const url = "rediss://clinic:secret@redis.clinic.example:6380/2";
        expect(describeAddress({ url })).toBe("rediss://redis.clinic.example:6380/2");
    });
});

/** A relay to Redis that can cut connections once a request passed and before its reply does. */
async function startRelay(
    toPort: number,
): Promise<{ port: number; cutNext(): void; server: Server }> {
    let cut = false;
    const server = createServer((incoming) => {
        const outgoing = connect(toPort, "127.0.0.1");
        incoming.on("error", () => outgoing.destroy());
        outgoing.on("error", () => incoming.destroy());
        incoming.pipe(outgoing);
        incoming.on("close", () => outgoing.destroy());
        outgoing.on("data", (reply) => {
            if (cut) incoming.destroy();
            else incoming.write(reply);
            cut = false;
        });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return { port, server, cutNext: () => (cut = true) };
}

describe("a connection that is lost between a request and its reply", () => {
    it("neither loses nor doubles what was written", async () => {
        const relay = await startRelay(redis.port);
        const warnings = vi.fn<Logger["warn"]>();
        const logger: Logger = Object.assign(createLogger("silent"), { warn: warnings });
        const url = `redis://:${encodedPassword}@127.0.0.1:${relay.port}`;
        const client = await (await useUrl(url, logger)).connect();
        const limits = {
            cipher: testCipher,
            keyPrefix: "cut:",
            expireAfterMs: 60_000,
            maxTurns: 50,
            logger: silent,
        };
        const store = createConversationStore(client, limits);
        const mailbox = createMailbox(client, limits);
        const key = freshConversation();
        const asked = freshConversation();

        const turns = Array.from({ length: 6 }, (_, index) => exampleTurn(index));
        const messages = turns.map(({ text }) => messagesOf(asked)(text));
        await store.update(key, {});
        await mailbox.ripeness(asked);
        for (const [index, turn] of turns.entries()) {
            relay.cutNext();
            await store.update(key, { turns: [turn] });
            relay.cutNext();
            const { waiting } = await mailbox.accept(messagesOf(asked)(turn.text), atOnce);
            expect(waiting).toBe(index + 1);
        }
        relay.cutNext();
        const claimed = await claimTurn(mailbox, asked);

        expect((await store.read(key)).turns).toEqual(turns);
        expect(claimed.messages.map(({ message }) => message)).toEqual(messages);
        expect(claimed.deaths).toBe(0);
        expect(warnings.mock.calls.length).toBeGreaterThan(0);
        expect(JSON.stringify(warnings.mock.calls)).not.toMatch(/p@ss|p%40ss|Question/);
        relay.server.close();
    });
});

describe("a client", () => {
    it("fails every call as store-unavailable after it was closed, and lets the process live", async () => {
        const client = await connectClient({
            address: { url: `redis://:${encodedPassword}@127.0.0.1:${redis.port}` },
            name: "test",
            logger: silent,
        });
        const store = createConversationStore(client, {
            keyPrefix: "closed:",
            expireAfterMs: 60_000,
            maxTurns: 5,
            cipher: testCipher,
            logger: silent,
        });
        client.destroy();
        await expect(store.read(freshConversation())).rejects.toMatchObject({
            code: "store-unavailable",
            retryable: true,
        });
    });

    it("warns of nothing when the server goes while it is being closed", async () => {
        const server = await startExternalRedis();
        const warn = vi.fn<Logger["warn"]>();
        const client = await connectClient({
            address: { url: `redis://127.0.0.1:${server.port}` },
            name: "test",
            logger: Object.assign(createLogger("silent"), { warn }),
        });
        const waiting = expect(client.blPop("nothing", 0)).rejects.toThrow();
        const closing = closeClient(client);
        await server.close();
        await closing;
        await waiting;
        expect(warn).not.toHaveBeenCalled();
    });

    it("says what is wrong with the server when it refuses to write", async () => {
        const full = await startExternalRedis(["--maxmemory", "2mb"]);
        try {
            const client = await (await useUrl(`redis://127.0.0.1:${full.port}`)).connect();
            const limits = {
                cipher: testCipher,
                expireAfterMs: 60_000,
                maxTurns: 50,
                logger: silent,
            };
            const mailbox = createMailbox(client, { keyPrefix: "full:", ...limits });
            const chat = messagesOf(freshConversation());
            const text = "x".repeat(1_000_000);
            const fill = async (): Promise<void> => {
                for (let number = 0; ; number++) {
                    await mailbox.accept(chat(String(number), { text }), atOnce);
                }
            };
            await expect(fill()).rejects.toMatchObject({
                code: "store-unavailable",
                message: expect.stringContaining("memory") as string,
                remedy: expect.stringContaining("maxmemory") as string,
            });
        } finally {
            await full.close();
        }
    });
});
