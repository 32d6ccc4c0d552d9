import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { AppError } from "../../../src/errors.ts";
import type { Reply } from "../../../src/message.ts";
import type { DeadReply } from "../../../src/queue-ports.ts";
import { type PageWorld, startPage } from "./page-world.ts";

const password = "correct horse battery";
let world: PageWorld | undefined;

afterEach(async () => {
    await world?.close();
    world = undefined;
});

async function open(...values: Parameters<typeof startPage>): Promise<PageWorld> {
    world = await startPage(...values);
    return world;
}

async function statusesOf(answers: readonly Promise<{ status: number }>[]): Promise<number[]> {
    return (await Promise.all(answers)).map(({ status }) => status);
}

describe("signing in", () => {
    it("takes the secret of the address, once told, and nothing else", async () => {
        const { page, ask, origin, signIn, acts } = await open();
        expect(new URL(page.address).hash).toMatch(/^#sign-in=[\w-]{32}$/);
        const post = (body: object) =>
            ask("/api/session", {
                method: "POST",
                headers: { Origin: origin },
                body: JSON.stringify(body),
            });
        expect(await post({ token: "x".repeat(32) })).toMatchObject({ status: 401 });
        expect(await post({ password: "" })).toMatchObject({ status: 401 });
        expect((await ask("/api/dead-letters")).text).toBe('{"code":"signed-out"}');
        const headers = await signIn();
        expect((await ask("/api/dead-letters", { headers })).status).toBe(200);
        expect(acts.map(({ what, who }) => `${what} ${who}`)).toEqual([
            "sign-in-refused page",
            "sign-in-refused page",
            "sign-in page",
        ]);
        await ask("/api/session", { method: "DELETE", headers });
        expect((await ask("/api/dead-letters", { headers })).status).toBe(401);
    });

    it("with a password: says that a wrong one is wrong, and after five lets nobody try", async () => {
        const { page, ask, origin, signIn, logger } = await open({ password });
        expect(new URL(page.address).hash).toBe("");
        const wrong = () =>
            ask("/api/session", {
                method: "POST",
                headers: { Origin: origin },
                body: JSON.stringify({ password: "wrong horse" }),
            });
        expect(JSON.parse((await wrong()).text)).toEqual({ code: "wrong-password" });
        await signIn();
        const tries = [];
        for (let count = 0; count < 5; count += 1) tries.push(await wrong());
        expect(tries.map(({ status }) => status)).toEqual([401, 401, 401, 401, 429]);
        expect(Number(tries[4]?.headers["retry-after"])).toBeGreaterThan(200);
        await expect(signIn()).rejects.toThrow(/429/);
        expect(JSON.stringify(logger.entries)).not.toMatch(/horse/);
    });

    it("is refused when it cannot be written down", async () => {
        const record = () => Promise.reject(new AppError("config-invalid", "The disk is full."));
        const { signIn } = await open({ password }, { audit: { record } });
        await expect(signIn()).rejects.toThrow(/503/);
    });

    it("gives a cookie that no script and no other site can use", async () => {
        const publicAddress = "https://assistant.clinic.example";
        const inner = await open({ password });
        const secret = JSON.stringify({ password });
        const post = async (Origin: string) => {
            const headers = { Origin };
            const sent = { method: "POST", headers, body: secret };
            return (await inner.ask("/api/session", sent)).headers["set-cookie"]?.[0];
        };
        expect(await post(inner.origin)).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
        await inner.close();
        const { port } = new URL(inner.origin);
        world = await startPage({ password, publicAddress, port: Number(port) });
        const sent = { method: "POST", body: secret };
        const headers = { Host: "assistant.clinic.example", Origin: publicAddress };
        const through = await inner.ask("/api/session", { ...sent, headers });
        expect(through.headers["set-cookie"]?.[0]).toMatch(/; HttpOnly; Secure; SameSite=Strict$/);
        expect(world.page.address).toBe(`${publicAddress}/`);
    });

    it("ends after an hour without use, and after half a day in any case", async () => {
        const { ask, signIn } = await open({ sessionLimits: { idleMs: -1 } });
        const headers = await signIn();
        expect((await ask("/api/dead-letters", { headers })).status).toBe(401);
    });
});

describe("foreign pages", () => {
    it("a name that leads here gets nothing (DNS rebinding)", async () => {
        const { ask, origin, signIn } = await open();
        const { port } = new URL(origin);
        const own = await signIn();
        const names = ["evil.example", `evil.example:${port}`, `127.0.0.1.evil.example:${port}`];
        for (const Host of [...names, "10.0.0.7"]) {
            for (const path of ["/", "/api/session", "/api/dead-letters", "/api/events"]) {
                const answer = await ask(path, { headers: { ...own, Host } });
                expect([answer.status, answer.text]).toEqual([421, '{"code":"unknown-host"}']);
            }
            expect((await ask("/metrics", { headers: { Host } })).status).toBe(401);
        }
        const known = ["localhost:9000", "[::1]:9000", `127.0.0.1:${port}`];
        const answers = known.map((Host) => ask("/", { headers: { Host } }));
        expect(await statusesOf(answers)).toEqual([200, 200, 200]);
    });

    it("cannot act through the administrator's browser", async () => {
        const { ask, signIn, acts, origin } = await open();
        const { Cookie = "" } = await signIn();
        const before = acts.length;
        const foreign: Record<string, string>[] = [
            {},
            { Origin: "null" },
            { Origin: "https://evil.example" },
            { Origin: origin.replace("127.0.0.1", "localhost") },
            { Origin: origin, "Sec-Fetch-Site": "same-site" },
            { Origin: origin, "Sec-Fetch-Site": "cross-site" },
        ];
        for (const headers of foreign) {
            const sent = { method: "POST", headers: { ...headers, Cookie }, body: "{}" };
            for (const path of ["/api/chat/new", "/api/dead-letters/x/open", "/api/session"]) {
                const { text } = await ask(path, sent);
                expect(text).toBe('{"code":"foreign-origin"}');
            }
        }
        const read = { Cookie, "Sec-Fetch-Site": "cross-site" };
        expect((await ask("/api/dead-letters", { headers: read })).status).toBe(403);
        expect(acts).toHaveLength(before);
    });

    it("cannot frame the page or bring programs into it, and no copy of it is kept", async () => {
        const { ask } = await open();
        for (const path of ["/", "/api/session", "/nowhere", "/style.css", "/library/preact.js"]) {
            const { headers } = await ask(path);
            expect(headers["content-security-policy"]).toMatch(
                /^default-src 'none'; script-src 'self' 'sha256-[\w+/=]+'; style-src 'self';/,
            );
            expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
            expect(headers["cache-control"]).toBe("no-store");
            expect(headers["x-content-type-options"]).toBe("nosniff");
        }
        const { text } = await ask("/", {
            headers: { "Accept-Language": "fr, ar-EG;q=0.8, en;q=0.5" },
        });
        expect(text).toMatch(/<html lang="ar" dir="rtl">/);
        expect(text).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    });

    it("find no files but the page's own", async () => {
        const { ask } = await open();
        const paths = [
            "/client/../page-app.js",
            "/client/..%2fpage-app.js",
            "/client/%2e%2e/page-app.js",
            "/library/../../package.json",
            "/library/constructor",
            "/assets/style.css",
        ];
        expect(await statusesOf(paths.map((path) => ask(path)))).toEqual(paths.map(() => 404));
    });
});

describe("limits", () => {
    it("what is too large or no message is refused", async () => {
        const { ask, signIn } = await open({ maxFileBytes: 1_000 });
        const headers = await signIn();
        const post = (path: string, body: string) => ask(path, { method: "POST", headers, body });
        const answers = [
            post("/api/chat/files", "x".repeat(1_001)),
            post("/api/chat/files", ""),
            post("/api/chat/messages", "x".repeat(200_000)),
            post("/api/chat/messages", "{"),
            post("/api/chat/messages", '{"id":"12345678","chat":"12345678","language":"en"}'),
            post("/api/session", "x".repeat(100_000)),
        ];
        expect(await statusesOf(answers)).toEqual([413, 400, 413, 400, 404, 413]);
    });

    it("whoever sends nothing is not waited for", { timeout: 40_000 }, async () => {
        const { origin } = await open();
        const { host, port } = new URL(origin);
        const post = `POST /api/session HTTP/1.1\r\nHost: ${host}\r\nOrigin: ${origin}\r\nContent-Length: 9\r\n\r\n{`;
        const beginnings = [`GET / HTTP/1.1\r\nHost: ${host}\r\nX-Slow: `, post];
        const closed = beginnings.map(async (beginning) => {
            const socket = connect(Number(port), "127.0.0.1");
            socket.write(beginning);
            socket.resume();
            await once(socket, "close");
        });
        await Promise.all(closed);
    });
});

describe("replies that could not be delivered", () => {
    const dead: DeadReply[] = [
        { id: "abc123", account: "telegram:42", committedAtMs: 1_000, diedAtMs: 2_000 },
    ];
    const reply: Reply = { text: "Take **care**, planted-secret.", language: "en" };

    function sources(record?: () => Promise<void>) {
        const opened: string[] = [];
        return {
            opened,
            parts: {
                outbox: {
                    dead: () => Promise.resolve(dead),
                    resend: () => Promise.resolve(true),
                    discard: () => Promise.resolve(true),
                },
                deadLetters: {
                    open: (id: string) => {
                        opened.push(id);
                        return Promise.resolve(reply);
                    },
                },
                ...(record ? { audit: { record } } : {}),
            },
        };
    }

    it("are listed without what they say; the text comes after it is written down", async () => {
        const { opened, parts } = sources();
        const { ask, signIn, acts, logger } = await open({}, parts);
        const headers = await signIn();
        const list = await ask("/api/dead-letters", { headers });
        expect(JSON.parse(list.text)).toEqual(dead);
        expect(opened).toEqual([]);
        const post = { method: "POST", headers };
        const shown = await ask("/api/dead-letters/abc123/open", post);
        expect(JSON.parse(shown.text)).toMatchObject({
            language: "en",
            text: [{ text: "Take " }, { text: "care", styles: ["bold"] }, {}],
        });
        expect(acts.at(-1)).toEqual({ what: "open", who: "page", subject: "abc123" });
        expect((await ask("/api/dead-letters/nobody/open", post)).status).toBe(404);
        await ask("/api/dead-letters/abc123/resend", post);
        await ask("/api/dead-letters/abc123", { method: "DELETE", headers });
        expect(acts.slice(-2).map(({ what }) => what)).toEqual(["resend", "discard"]);
        expect(JSON.stringify([logger.entries, acts])).not.toContain("planted-secret");
    });

    it("stay closed where it cannot be written down", async () => {
        let mayRecord = true;
        const { opened, parts } = sources(() =>
            mayRecord
                ? Promise.resolve()
                : Promise.reject(new AppError("config-invalid", "The disk is full.")),
        );
        const { ask, signIn } = await open({}, parts);
        const headers = await signIn();
        mayRecord = false;
        const post = { method: "POST", headers };
        const answer = await ask("/api/dead-letters/abc123/open", post);
        expect([answer.status, answer.text]).toEqual([503, '{"code":"not-recorded"}']);
        expect(opened).toEqual([]);
    });
});

describe("programs", () => {
    it("learn whether the process lives, is ready, and how it does", async () => {
        const { ask } = await open({ password });
        const Host = "clinic.internal";
        expect(await ask("/healthz", { headers: { Host } })).toMatchObject({ text: "alive\n" });
        expect((await ask("/readyz", { headers: { Host } })).status).toBe(503);
        expect((await ask("/metrics")).text).toBe("erased_total 3\n");
        const passedOn = { "X-Forwarded-For": "203.0.113.7" };
        const refused = await ask("/metrics", { headers: passedOn });
        expect([refused.status, refused.text]).toEqual([401, ""]);
        const headers = { ...passedOn, Host, Authorization: `Bearer ${password}` };
        expect((await ask("/metrics", { headers })).status).toBe(200);
        const wrong = { ...headers, Authorization: "Bearer wrong" };
        expect((await ask("/metrics", { headers: wrong })).status).toBe(401);
    });
});
