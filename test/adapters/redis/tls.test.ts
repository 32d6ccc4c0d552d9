import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createServer, type Server } from "node:tls";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ensureRedis } from "../../../adapters/redis/embedded-server.ts";
import { createLogger } from "../../../src/log.ts";
import { freshConversation } from "../../contracts/conversation-store.ts";
import { packageRoot, startExternalRedis, type ExternalRedis } from "../../setup/redis.ts";
import { createSelfSignedCertificate } from "../../setup/self-signed-certificate.ts";

const loader = fileURLToPath(new URL("../../setup/typescript-loader.mjs", import.meta.url));
const program = fileURLToPath(new URL("./contender.ts", import.meta.url));
const certificate = createSelfSignedCertificate();
let redis: ExternalRedis;
let front: Server;
let url: string;

beforeAll(async () => {
    redis = await startExternalRedis(["--requirepass", "secret"]);
    // The bundled server speaks no TLS; a front that does stands before it, as at many hosters.
    front = createServer(certificate, (incoming) => {
        const outgoing = connect(redis.port, "127.0.0.1");
        incoming.on("error", () => outgoing.destroy()).pipe(outgoing);
        outgoing.on("error", () => incoming.destroy()).pipe(incoming);
    }).listen(0, "127.0.0.1");
    await once(front, "listening");
    url = `rediss://:secret@127.0.0.1:${(front.address() as AddressInfo).port}`;
});
afterAll(async () => {
    front.close();
    await redis.close();
});

it("rediss:// to a server with an unknown certificate is refused with the remedy", async () => {
    const options = { url, dataFolder: "/nonexistent", packageRoot };
    await expect(ensureRedis({ ...options, logger: createLogger("silent") })).rejects.toMatchObject(
        {
            code: "store-unavailable",
            message: expect.stringContaining("encrypted connection") as string,
            remedy: expect.stringContaining("NODE_EXTRA_CA_CERTS") as string,
        },
    );
});

it("rediss:// works once the certificate is trusted", async () => {
    const folder = await mkdtemp(join(tmpdir(), "bimedix2-tls-"));
    const trusted = join(folder, "authority.pem");
    await writeFile(trusted, certificate.cert);
    const child = spawn(
        process.execPath,
        ["--import", loader, program, url, packageRoot, freshConversation()],
        {
            env: { ...process.env, NODE_EXTRA_CA_CERTS: trusted },
            stdio: ["pipe", "pipe", "inherit"],
        },
    );
    const stored: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
        stored.push(line);
        if (stored.length === 3) child.stdin.end();
    }
    expect(stored.slice(0, 3)).toEqual(["0", "1", "2"]);
    await rm(folder, { recursive: true });
}, 120_000);
