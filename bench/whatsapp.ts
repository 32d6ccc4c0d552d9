/**
 * What the product adds around the model on WhatsApp, as `overhead` does for Telegram: the Cloud API
 * against a bare webhook that answers at once, WhatsApp Web against a bare whatsapp-web.js client.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import whatsappWeb from "whatsapp-web.js";
import { createWhatsAppCloud } from "../adapters/whatsapp-cloud/whatsapp-cloud.ts";
import { createWhatsAppWebPlatform } from "../adapters/whatsapp-web/whatsapp-web-platform.ts";
import { type GraphApi, startGraphApi } from "../test/fakes/graph-api.ts";
import { startWhatsAppPeer, type WhatsAppPeer } from "../test/fakes/whatsapp-web/peer.ts";
import { freePort } from "../test/setup/redis.ts";
import {
    askAll,
    type Line,
    measureProduct,
    reportOverhead,
    type Sample,
} from "./measure-product.ts";

const answer = "Rest and drink water.";
const path = "/webhooks/whatsapp";

/** Measures and prints a JSON line for each. */
export async function run(): Promise<void> {
    reportOverhead("whatsapp-cloud", await measureCloud(), await measureBareWebhook());
    reportOverhead("whatsapp-web", await measureWeb(), await measureBareClient());
}

/** A Graph API that calls a port which is free. */
async function openGraph(): Promise<{ readonly api: GraphApi; readonly port: number }> {
    const api = await startGraphApi();
    const port = await freePort();
    const address = `http://127.0.0.1:${port}${path}`;
    api.addresses = { messages: address, statuses: address };
    return { api, port };
}

async function measureCloud(): Promise<Sample[]> {
    const { api, port } = await openGraph();
    const { accessToken, appSecret, verifyToken, graphRoot, phoneNumberIds } = api;
    const access = { accessToken, appSecret, verifyToken, graphRoot, phoneNumberIds };
    const listen = { host: "127.0.0.1", port, path };
    const samples = await measureProduct(cloudLine(api), ({ receipts, logger }) =>
        createWhatsAppCloud({ ...access, listen, receipts, logger }),
    );
    await api.close();
    return samples;
}

async function measureBareWebhook(): Promise<Sample[]> {
    const { api, port } = await openGraph();
    const address = `${api.graphRoot}/${api.phoneNumberIds[0]}/messages`;
    const headers = {
        authorization: `Bearer ${api.accessToken}`,
        "content-type": "application/json",
    };
    const answerFrom = async (request: IncomingMessage): Promise<void> => {
        const to = /"from":"(\d+)"/.exec(await textOf(request))?.[1];
        if (to === undefined) return;
        const message = { messaging_product: "whatsapp", to, type: "text", text: { body: answer } };
        await fetch(address, { method: "POST", headers, body: JSON.stringify(message) });
    };
    const server = createServer((request, response) => {
        void answerFrom(request);
        response.end();
    });
    server.listen(port, "127.0.0.1");
    const samples = await askAll(cloudLine(api));
    await api.close();
    server.close();
    server.closeAllConnections();
    return samples;
}

function cloudLine(api: GraphApi): Line {
    return {
        ask: async (chat, text) => {
            const before = api.messagesIn(chat).length;
            api.sendText(chat, text);
            return await until(() => api.messagesIn(chat).length > before);
        },
    };
}

async function measureWeb(): Promise<Sample[]> {
    const { peer, sessionFolder } = await openPeer();
    let isReady = false;
    const samples = await measureProduct(
        webLine(peer),
        ({ logger }) => [
            createWhatsAppWebPlatform({
                sessionFolder,
                browserPath: peer.browserPath,
                webVersion: peer.webVersion,
                groups: "never",
                display: { show: (_account, state) => void (isReady = state.name === "ready") },
                logger,
            }),
        ],
        async () => void (await until(() => isReady)),
    );
    await closePeer(peer, sessionFolder);
    return samples;
}

async function measureBareClient(): Promise<Sample[]> {
    const { peer, sessionFolder } = await openPeer();
    const client = new whatsappWeb.Client({
        webVersion: peer.webVersion,
        webVersionCache: { type: "local", path: join(sessionFolder, "versions"), strict: true },
        puppeteer: { executablePath: peer.browserPath },
    });
    client.on("message", (message) => void client.sendMessage(message.from, answer));
    const ready = new Promise((resolve) => client.once("ready", resolve));
    await client.initialize();
    await ready;
    const samples = await askAll(webLine(peer));
    await client.destroy();
    await closePeer(peer, sessionFolder);
    return samples;
}

function webLine(peer: WhatsAppPeer): Line {
    return {
        ask: async (number, text) => {
            const chat = `9665${String(number).padStart(8, "0")}@c.us`;
            const before = peer.visible(chat).length;
            peer.inbound({ chat, text });
            return await until(() => peer.visible(chat).length > before);
        },
    };
}

async function openPeer(): Promise<{ peer: WhatsAppPeer; sessionFolder: string }> {
    const peer = await startWhatsAppPeer();
    const sessionFolder = await mkdtemp(join(tmpdir(), "bimedix2-bench-"));
    await peer.prepare(sessionFolder);
    peer.pair();
    return { peer, sessionFolder };
}

async function closePeer(peer: WhatsAppPeer, sessionFolder: string): Promise<void> {
    await peer.close();
    await rm(sessionFolder, { recursive: true, force: true });
}

/** Waits for a condition, and gives when it came about, to a millisecond or so. */
async function until(condition: () => boolean): Promise<number> {
    while (!condition()) await pause(1);
    return performance.now();
}
