import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { browsersOn } from "../../../adapters/whatsapp-web/browser-process.ts";
import { profileName } from "../../../adapters/whatsapp-web/session-folder.ts";
import { startWhatsAppPeer, type WhatsAppPeer } from "../../fakes/whatsapp-web/peer.ts";
import { Child } from "../../setup/child-process.ts";

const program = fileURLToPath(new URL("./session-process.ts", import.meta.url));
let peer: WhatsAppPeer;
let folder: string;
const children: Child[] = [];

beforeEach(async () => {
    peer = await startWhatsAppPeer();
    folder = await mkdtemp(join(tmpdir(), "whatsapp-session-"));
    await peer.prepare(folder);
    peer.pair();
});

afterEach(async () => {
    for (const child of children.splice(0)) await child.kill();
    await noBrowserLeft();
    await peer.close();
    await rm(folder, { recursive: true, force: true });
});

function start(): Child {
    const child = new Child(program, [folder, peer.browserPath, peer.webVersion]);
    children.push(child);
    return child;
}

async function noBrowserLeft(): Promise<void> {
    const deadlineMs = performance.now() + 20_000;
    while ((await browsersOn(join(folder, profileName))).length > 0) {
        if (performance.now() > deadlineMs) throw new Error("A browser is left.");
    }
}

function times(child: Child, name: string): number {
    return child.lines.filter((line) => line.startsWith(name)).length;
}

describe("a process that keeps a number linked", () => {
    it("takes its browser along when it is killed, and its successor is linked at once", async () => {
        const first = start();
        await peer.until(() => first.said("ready"));
        await first.kill();
        await noBrowserLeft();
        const second = start();
        await peer.until(() => second.said("ready"));
        expect(second.lines.map((line) => line.trim())).toEqual(["starting", "ready"]);
        expect(await second.end()).toBe(0);
    });

    it("leaves the folder to the process that has it, and takes it when that one ends", async () => {
        const first = start();
        await peer.until(() => first.said("ready"));
        const second = start();
        await peer.until(() => second.said("failed Another process uses the folder"));
        expect(peer.browserPids).toHaveLength(1);
        expect(await first.end()).toBe(0);
        await peer.until(() => second.said("ready"));
        expect(await second.end()).toBe(0);
    });

    it("is not ended by anything that goes wrong in the library", async () => {
        const child = start();
        await peer.until(() => child.said("ready"));
        const blows: (() => void)[] = [
            () => peer.reload(),
            () => peer.navigate(),
            () => peer.setState("PROXYBLOCK"),
        ];
        for (const [index, blow] of blows.entries()) {
            blow();
            await peer.until(() => times(child, "ready") > index + 1);
        }
        // While it is starting: at another moment each time.
        for (let killed = 0; killed < 6; killed += 1) {
            const started = peer.browserPids.length;
            process.kill(peer.browserPids.at(-1) ?? 0, "SIGKILL");
            await peer.until(() => peer.browserPids.length > started);
            const pages = peer.pages;
            if (killed % 2 === 1) await peer.until(() => peer.pages > pages || peer.pages > 0);
        }
        // A line for each browser has come, and the last one was told of.
        const isUp = () => times(child, "starting") >= peer.browserPids.length;
        await peer.until(() => isUp() && child.lines.at(-1) === "ready ");
        peer.logout();
        await peer.until(() => child.said("qr"));
        peer.navigate();
        peer.pair();
        expect(await child.end()).toBe(0);
    });
});
