import { createServer, type IncomingMessage, request } from "node:http";
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { networkInterfaces } from "node:os";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createLocalPage, type LocalPage } from "../../../adapters/local-page/local-page.ts";
import { createRecordingLogger } from "../../fakes/recording-logger.ts";
import { readSvgQr } from "../../setup/read-qr.ts";

const account = "whatsapp-web:main";
const logger = createRecordingLogger();
let page: LocalPage;
let stop: AbortController;
let running: Promise<void>;

beforeEach(async () => {
    stop = new AbortController();
    page = createLocalPage({ port: 0, logger });
    running = page.run(stop.signal);
    while (new URL(page.address).port === "0") await new Promise(setImmediate);
});

afterEach(async () => {
    stop.abort();
    await running;
});

/** The status and the text that a program gets, which may say of itself what it likes. */
async function get(
    address: string,
    headers: Record<string, string> = {},
    method = "GET",
): Promise<{ status: number | undefined; text: string; headers: Record<string, unknown> }> {
    const sent = request(address, { headers, method, agent: false });
    sent.end();
    const [response] = (await once(sent, "response")) as [IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    return { status: response.statusCode, text, headers: response.headers };
}

describe("the local page", () => {
    it("shows a QR code that a phone can read, and what to do, in both languages", async () => {
        const code = `2@${"Ab3/".repeat(36)},${"x".repeat(43)}=`;
        page.show(account, { name: "qr", code });
        const { text } = await get(page.address);
        const [svg = ""] = /<svg.*<\/svg>/s.exec(text) ?? [];
        expect(await readSvgQr(svg)).toBe(code);
        expect(text).toMatch(/lang="ar" dir="rtl">امسح هذا الرمز/);
        expect(text).toMatch(/lang="en" dir="ltr">Scan this code/);
        expect(text).toMatch(/http-equiv="refresh"/);
    });

    it("shows the state of now, and takes no word for more than text", async () => {
        expect((await get(page.address)).text).toMatch(/Nothing has started yet/);
        page.show(account, { name: "pairing-code", code: "ABCD1234" });
        expect((await get(page.address)).text).toMatch(/ABCD-1234/);
        page.show(account, { name: "failed", reason: "<b>No</b> & never.", remedy: "Wait." });
        const { text } = await get(page.address);
        expect(text).not.toMatch(/ABCD|<b>/);
        expect(text).toMatch(/&#60;b&#62;No&#60;\/b&#62; &#38; never\. Wait\./);
        page.show(account, { name: "ready" });
        expect((await get(page.address)).text).toMatch(/تم الربط/);
    });

    it("loads nothing from elsewhere, runs nothing, and is kept nowhere", async () => {
        page.show(account, { name: "qr", code: "2@x" });
        const { text, headers } = await get(page.address);
        expect(text).not.toMatch(/<script|<link|<img|<iframe|src=|href=|url\(/);
        expect(headers["content-security-policy"]).toMatch(
            /^default-src 'none'; style-src 'sha256-[\w+/=]+'; .*frame-ancestors 'none'$/,
        );
        expect(headers["cache-control"]).toBe("no-store");
    });

    it("answers only who knows its address and comes from this machine", async () => {
        page.show(account, { name: "qr", code: "2@x" });
        const { host, port, pathname } = new URL(page.address);
        const statuses = [
            await get(page.address, { Host: "evil.example" }),
            await get(page.address, { Host: `evil.example:${port}` }),
            await get(page.address, { Host: `127.0.0.1.evil.example:${port}` }),
            await get(`http://${host}/`),
            await get(`http://${host}${pathname.slice(0, -2)}/`),
            await get(page.address, {}, "POST"),
        ];
        expect(statuses.map(({ status }) => status)).toEqual([421, 421, 421, 404, 404, 405]);
        for (const { text } of statuses) expect(text).toBe("");
        expect((await get(page.address, { Host: "localhost:9000" })).status).toBe(200);
        expect(pathname.length).toBeGreaterThan(16);
        expect(createLocalPage({ port: 1, logger }).address).not.toContain(pathname);
        for (const { address } of Object.values(networkInterfaces()).flatMap((all) => all ?? [])) {
            if (address.startsWith("127.") || address === "::1" || address.startsWith("fe80")) {
                continue;
            }
            const socket = connect(Number(port), address);
            await expect(once(socket, "connect")).rejects.toThrow(/ECONNREFUSED/);
        }
    });

    it("gives the figures to whoever knows the address, and says so when it has none", async () => {
        expect((await get(`${page.address}metrics`)).status).toBe(404);
        let figures: () => Promise<string> = () => Promise.resolve("erased_total 3\n");
        const stopping = new AbortController();
        const own = createLocalPage({ port: 0, metrics: () => figures(), logger });
        const serving = own.run(stopping.signal);
        while (new URL(own.address).port === "0") await new Promise(setImmediate);
        const address = `${own.address}metrics`;
        const shown = await get(address);
        expect(shown).toMatchObject({ status: 200, text: "erased_total 3\n" });
        expect(shown.headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
        expect((await get(own.address)).headers["content-type"]).toMatch(/^text\/html/);
        expect((await get(new URL("/metrics", address).href)).status).toBe(404);
        expect((await get(address, { Host: "evil.example" })).status).toBe(421);
        figures = () => Promise.reject(new Error("away"));
        expect(await get(address)).toMatchObject({ status: 503, text: "" });
        stopping.abort();
        await serving;
    });

    it("does without its port when another program has it, and says so", async () => {
        const other = createServer();
        other.listen(0, "127.0.0.1");
        await once(other, "listening");
        const { port } = other.address() as AddressInfo;
        const stopping = new AbortController();
        const serving = createLocalPage({ port, logger }).run(stopping.signal);
        while (!logger.entries.some(({ level }) => level === "warn")) {
            await new Promise(setImmediate);
        }
        expect(logger.entries.at(-1)?.fields).toMatchObject({ code: "EADDRINUSE", port });
        stopping.abort();
        await serving;
        other.close();
    });
});
