import { once } from "node:events";
import { chmod, readdir, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browsersOn } from "../../../adapters/whatsapp-web/browser-process.ts";
import { profileName } from "../../../adapters/whatsapp-web/session-folder.ts";
import { startWhatsAppPeer, type WhatsAppPeer } from "../../fakes/whatsapp-web/peer.ts";
import { KeptSession } from "./kept-session.ts";

let peer: WhatsAppPeer;
let kept: KeptSession;
const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);

const browser = (): number => peer.browserPids.at(-1) ?? 0;
const profile = (): string => join(kept.folder, profileName);

beforeAll(async () => {
    process.on("unhandledRejection", note);
    peer = await startWhatsAppPeer();
    kept = await KeptSession.start(peer);
});

afterAll(async () => {
    await kept.close();
    await peer.close();
    process.off("unhandledRejection", note);
});

/* One phone is linked in one folder throughout: the tests go on from each other. */
describe("a number that is kept linked", () => {
    it("asks for a phone with a code that changes, and is ready when it was scanned", async () => {
        await kept.shows("qr");
        peer.qr("2@second");
        await peer.until(() => {
            const state = kept.states.at(-1);
            return state?.name === "qr" && state.code.startsWith("2@second,");
        });
        peer.setState("UNPAIRED_IDLE");
        await peer.until(() => peer.calls.some(([name]) => name === "refresh-qr"));
        const states = await kept.comesBackAfter(() => {
            peer.pair();
            // The library takes the second word for the end of what the first one began.
            peer.repeatSynchronised();
        });
        expect(states).toEqual(["ready"]);
        expect(kept.namesSince(0)).toEqual(["starting", "qr", "qr", "ready"]);
        expect(JSON.stringify(kept.logger.entries)).not.toContain("2@");
        expect((await stat(kept.folder)).mode & 0o777).toBe(0o700);
    });

    it("hears a message, and what it sends arrives", async () => {
        const client = kept.session?.client;
        const heard = once(client ?? process, "message") as Promise<[{ body: string }]>;
        peer.inbound({ chat: "966511111111@c.us", text: "عندي صداع" });
        expect((await heard)[0].body).toBe("عندي صداع");
        await client?.sendMessage("966511111111@c.us", "Since when?");
        expect(peer.visible("966511111111@c.us").map(({ text }) => text)).toEqual(["Since when?"]);
    });

    it("stays where it is when the page changes its address alone", async () => {
        const { session, works } = kept;
        const page = session?.client.pupPage;
        const navigated = new Promise((resolve) => page?.once("framenavigated", resolve));
        await page?.evaluate("history.pushState({}, '', '/chat')");
        await navigated;
        const heard = once(session?.client ?? process, "message");
        peer.inbound({ chat: "966511111111@c.us", text: "وأيضا" });
        await heard;
        expect(kept.session).toBe(session);
        expect(kept.works).toBe(works);
        await page?.evaluate("history.replaceState({}, '', '/')");
    });

    it.each<[string, string, () => void]>([
        ["the browser is killed", "The browser has ended.", () => kill("SIGKILL")],
        ["the browser hangs", "The browser does not answer any more.", () => kill("SIGSTOP")],
        ["the page closes", "The page of WhatsApp Web has closed.", () => void closePage()],
        ["the page crashes", "The page of WhatsApp Web has closed.", () => void crashPage()],
        [
            "the page reloads",
            "WhatsApp Web has loaded its page anew.",
            () => {
                peer.reload();
            },
        ],
        [
            "the page goes elsewhere",
            "WhatsApp Web has loaded its page anew.",
            () => {
                peer.navigate();
            },
        ],
    ])("comes back when %s", async (_, reason, act) => {
        const lost = kept.session?.lost;
        const before = browser();
        expect(await kept.comesBackAfter(act)).toEqual([reason, "starting", "ready"]);
        expect(lost?.aborted).toBe(true);
        expect(browser()).not.toBe(before);
        expect(await browsersOn(profile())).toContain(browser());
        expect(isRunning(before)).toBe(false);
    });

    it("takes a session back that another program uses", async () => {
        expect(await kept.comesBackAfter(() => peer.conflict())).toEqual([
            "Another program uses the same WhatsApp session.",
            "starting",
            "ready",
        ]);
    });

    it("stays when the connection is away for a moment, and begins anew when it stays away", async () => {
        const { works } = kept;
        peer.setState("OPENING");
        peer.setState("CONNECTED");
        peer.repeatSynchronised();
        const states = await kept.comesBackAfter(() => peer.setOutage("offline"));
        expect(states).toEqual(["WhatsApp Web has no connection.", "starting", "ready"]);
        expect(kept.works).toBe(works + 1);
        peer.setOutage(false);
    });

    it("notices that a page is ready which was synchronised too early to say so", async () => {
        peer.synchroniseEarly(true);
        const states = await kept.comesBackAfter(() => kill("SIGKILL"));
        expect(states).toEqual(["The browser has ended.", "starting", "ready"]);
        peer.synchroniseEarly(false);
    });

    it.each(["WAWebMsgKey", "WAWebCollections"])(
        "says that WhatsApp Web has changed when it lacks %s",
        async (name) => {
            peer.lack(name);
            const seen = kept.states.length;
            kill("SIGKILL");
            await peer.until(() => kept.states.slice(seen).length >= 3);
            peer.lack();
            await kept.shows("ready");
            expect(kept.namesSince(seen).slice(0, 3)).toEqual([
                "The browser has ended.",
                "starting",
                "WhatsApp Web behaves otherwise than expected.",
            ]);
        },
    );

    it("starts in a folder with the locks of a browser on another machine", async () => {
        await kept.stop();
        await symlink("elsewhere-4711", join(profile(), "SingletonLock"));
        await symlink("/tmp/elsewhere/SingletonSocket", join(profile(), "SingletonSocket"));
        await chmod(kept.folder, 0o755);
        const { folder } = kept;
        kept = await KeptSession.start(peer, { sessionFolder: folder });
        await kept.shows("ready");
        expect(kept.namesSince(0)).toEqual(["starting", "ready"]);
        expect((await stat(folder)).mode & 0o777).toBe(0o700);
    });

    it("forgets everything when the phone unlinks it, and asks for a phone again", async () => {
        const folder = kept.folder;
        await writeFile(join(folder, "record.json"), "{}");
        const seen = kept.states.length;
        peer.logout();
        await kept.shows("qr");
        expect(kept.namesSince(seen)).toEqual(["logged-out", "starting", "qr"]);
        expect(await readdir(folder)).not.toContain("record.json");
        expect(await kept.comesBackAfter(() => peer.pair())).toEqual(["ready"]);
        peer.unpair();
        await kept.shows("qr");
        expect(await kept.comesBackAfter(() => peer.pair())).toEqual(["ready"]);
    });

    it("ends without a browser left, and nothing in the library was left unhandled", async () => {
        const last = browser();
        await kept.stop();
        expect(isRunning(last)).toBe(false);
        expect(await browsersOn(profile())).toEqual([]);
        expect(await readdir(kept.folder)).not.toContain("in-use");
        expect(unhandled).toEqual([]);
    });
});

describe("a number that is linked by a code", () => {
    it("shows what WhatsApp wants typed into the phone", async () => {
        const other = await startWhatsAppPeer();
        other.setPairingCode("WXYZ5678");
        const linking = await KeptSession.start(other, {
            pairWithPhone: "966500000000",
            timings: { rebuff: { firstMs: 86_400_000, mostMs: 86_400_000 } },
        });
        await linking.shows("pairing-code");
        expect(linking.states.at(-1)).toEqual({ name: "pairing-code", code: "WXYZ5678" });
        expect(other.calls).toContainEqual(["pair-with-phone", "966500000000"]);
        expect(await linking.comesBackAfter(() => other.pair())).toEqual(["ready"]);
        other.conflict();
        await linking.shows("failed");
        // It would not look again before tomorrow, and ends all the same.
        await linking.close();
        expect(linking.states.at(-1)?.name).toBe("failed");
        await other.close();
    });
});

function kill(signal: "SIGKILL" | "SIGSTOP"): void {
    process.kill(browser(), signal);
}

async function closePage(): Promise<void> {
    await kept.session?.client.pupPage?.close();
}

async function crashPage(): Promise<void> {
    await kept.session?.client.pupPage?.goto("chrome://crash").catch(() => undefined);
}

function isRunning(pid: number): boolean {
    try {
        process.kill(pid, 0);
        return true;
    } catch {
        return false;
    }
}
