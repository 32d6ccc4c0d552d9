import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Platform } from "../../../src/ports.ts";
import { never } from "../../contracts/platform-bench.ts";
import { type GraphApi, startGraphApi } from "../../fakes/graph-api.ts";
import { cloudFor } from "./cloud-world.ts";

const bytes = Uint8Array.from({ length: 5_000 }, (_, index) => index % 253);

describe("a file on WhatsApp's Cloud API", () => {
    let api: GraphApi;
    let platform: Platform;
    let id: string;

    beforeEach(async () => {
        api = await startGraphApi();
        platform = cloudFor(api, 0)[0] as Platform;
        ({ id } = api.addFile(bytes));
    });
    afterEach(() => api.close());

    async function download(maxBytes = bytes.length, fileId = id): Promise<Uint8Array> {
        return await platform.download({ kind: "image", id: fileId }, maxBytes, never);
    }

    it("is downloaded whole", async () => {
        expect(Buffer.from(await download()).equals(bytes)).toBe(true);
    });

    it("is refused when it is larger than allowed, whatever is stated", async () => {
        const { id: honest } = api.addFile(bytes, bytes.length);
        await expect(download(4_999, honest)).rejects.toMatchObject({
            code: "attachment-too-large",
        });
        expect(api.callsOf("file")).toEqual([]);
        const { id: lying } = api.addFile(bytes, 10);
        await expect(download(4_999, lying)).rejects.toMatchObject({
            code: "attachment-too-large",
        });
    });

    it("is fetched again when it has arrived damaged, and given up at last", async () => {
        api.fail("file", "damage", 2);
        expect(Buffer.from(await download()).equals(bytes)).toBe(true);
        api.fail("file", "damage", Infinity);
        await expect(download()).rejects.toMatchObject({
            code: "platform-unavailable",
            message: expect.stringContaining("damaged") as string,
        });
    });

    it("survives faults on the way", async () => {
        api.fail("media", { status: 500, code: 2 });
        api.fail("media", "garbage");
        api.fail("file", "reset");
        expect(Buffer.from(await download()).equals(bytes)).toBe(true);
    });

    it("is told from one that is gone", async () => {
        for (const gone of ["1", "../me", "a/b", "a?b", "", "x".repeat(300)]) {
            await expect(download(5_000, gone), gone).rejects.toMatchObject({
                code: "attachment-unavailable",
            });
        }
        api.fail("file", { status: 404 });
        await expect(download()).rejects.toMatchObject({ code: "attachment-unavailable" });
        api.fail("media", { status: 400, code: 131052 });
        await expect(download()).rejects.toMatchObject({ code: "attachment-unavailable" });
    });

    it("waits for the administrator when the token is refused", async () => {
        api.fail("media", { status: 401, code: 190 }, Infinity);
        await expect(download()).rejects.toMatchObject({
            code: "platform-unavailable",
            retryable: true,
        });
    });

    it("is fetched with the token from Meta's machines alone", async () => {
        api.fail("file", { redirect: `${api.origin}/files/${id}` }, 3);
        expect(Buffer.from(await download()).equals(bytes)).toBe(true);
        api.fail("file", { redirect: `${api.origin}/files/${id}` }, Infinity);
        await expect(download()).rejects.toMatchObject({ code: "attachment-unavailable" });
        api.recover();
        for (const elsewhere of [
            "http://127.0.0.1:9/files/1",
            "https://fbsbx.com.example.org/1",
            "http://lookaside.fbsbx.com/1",
            "https://lookaside.fbsbx.com:8443/1",
            "file:///etc/passwd",
        ]) {
            api.fail("file", { redirect: elsewhere });
            await expect(download(), elsewhere).rejects.toMatchObject({
                code: "attachment-unavailable",
                message: expect.stringContaining("strange place") as string,
            });
        }
    });

    it("is not waited for when nobody wants it any more", async () => {
        api.fail("file", "hang");
        const stopping = new AbortController();
        const downloading = platform.download({ kind: "image", id }, 5_000, stopping.signal);
        await api.until(() => api.callsOf("file").length === 1);
        stopping.abort();
        await expect(downloading).rejects.toMatchObject({ code: "aborted" });
    });
});
