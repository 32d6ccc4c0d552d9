/** Whole runs of the adapter: each has a browser of its own, which starts, is killed and stops. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isAppError } from "../../../src/errors.ts";
import type { Reply, ReplyAddress } from "../../../src/message.ts";
import type { Journal, ReplyWriter } from "../../../src/ports.ts";
import { wait } from "../../../src/wait.ts";
import { latch, never } from "../../contracts/platform-bench.ts";
import { startWhatsAppPeer, type WhatsAppPeer } from "../../fakes/whatsapp-web/peer.ts";
import {
    listen,
    type ListeningOptions,
    type ListeningPlatform,
    makeFolder,
} from "./listening-platform.ts";

const chat = "966511111111@c.us";
const minuteMs = 60_000;

let peer: WhatsAppPeer;
let folder: Awaited<ReturnType<typeof makeFolder>>;
let listening: ListeningPlatform | undefined;

beforeEach(async () => {
    peer = await startWhatsAppPeer();
    folder = await makeFolder();
    await peer.prepare(folder.path);
    peer.pair();
});
afterEach(async () => {
    await listening?.stop();
    listening = undefined;
    await peer.close();
    await folder.remove();
});

async function start(options?: ListeningOptions): Promise<ListeningPlatform> {
    const started = listen(peer, folder.path, options);
    listening = started;
    await peer.until(() => started.states.at(-1)?.name === "ready", 60_000);
    return started;
}

/** Kills the browser that runs now, and waits until there is another. */
async function killBrowser({ states }: ListeningPlatform): Promise<void> {
    const known = states.length;
    process.kill(peer.browserPids.at(-1) ?? 0, "SIGKILL");
    await peer.until(() => states.length > known && states.at(-1)?.name === "ready", 60_000);
}

/** Tries as the product does, until the patient has the reply. */
async function finish(writer: ReplyWriter, reply: Reply): Promise<number> {
    for (let tries = 1; ; tries += 1) {
        try {
            await writer.finish(reply, never);
            return tries;
        } catch (error) {
            if (!isAppError(error, "platform-unavailable") || tries === 500) throw error;
        }
        await wait(100, never);
    }
}

test("old chats stay alone when a phone is linked; what comes while nobody listens does not", async () => {
    const old = Date.now() - 10 * minuteMs;
    const staffs = "966522222222@c.us";
    peer.inbound({ chat: staffs, text: "for the clinic's staff", atMs: old });
    peer.inbound({ chat, text: "also for them", atMs: old });
    const first = await start();
    peer.inbound({ chat, text: "for the assistant" });
    await first.receives(1);
    expect(first.texts()).toEqual(["for the assistant"]);
    await peer.until(() => peer.unread(chat) === 0);
    await first.stop();
    expect(peer.unread(staffs)).toBe(1);
    peer.ownFromPhone(staffs, "You are welcome.");

    // Days later: the phone has been linked for long, and this program has not run for an hour.
    const record = join(folder.path, "link.json");
    const kept = JSON.parse(await readFile(record, "utf8")) as Record<string, unknown>;
    expect(JSON.stringify(kept)).not.toContain("9665");
    const aliveAtMs = Date.now() - 60 * minuteMs;
    const linked = { ...kept, pairedAtMs: Date.now() - 3 * 24 * 60 * minuteMs, aliveAtMs };
    await writeFile(record, JSON.stringify(linked));
    const other = "966533333333@c.us";
    const ago = (minutes: number): number => Date.now() - minutes * minuteMs;
    peer.inbound({ chat: other, text: "two days ago", atMs: ago(2 * 24 * 60) });
    for (const text of ["one", "two", "three", "four"]) {
        peer.inbound({ chat: other, text, atMs: ago(30) });
    }
    const answered = "966544444444@c.us";
    peer.inbound({ chat: answered, text: "answered by the staff", atMs: ago(20) });
    peer.ownFromPhone(answered, "Come at ten.");
    const cutOff = "966555555555@c.us";
    peer.inbound({ chat: cutOff, text: "read in the moment of the stop", atMs: ago(60) });
    peer.ownFromPhone(cutOff, "Hello.");
    peer.inbound({ chat: `1203@g.us`, author: chat, text: "not for the assistant", atMs: ago(5) });
    const second = await start();
    peer.inbound({ chat: other, text: "five" });
    await second.receives(6);
    expect(second.texts()).toEqual([
        "read in the moment of the stop",
        "one",
        "two",
        "three",
        "four",
        "five",
    ]);
    await peer.until(() => peer.unread(other) === 0);
}, 60_000);

test("a browser that is killed loses no message, and hands none over twice", async () => {
    const hold = latch();
    const first = await start({
        receive: async ({ text }) => {
            if (text === "slow") await hold.opened;
        },
    });
    const bytes = Uint8Array.of(1, 2, 3);
    peer.inbound({ chat, type: "image", mimetype: "image/png", bytes, caption: "quick" });
    const [picture] = await first.receives(1);
    peer.inbound({ chat, text: "slow" });
    peer.inbound({ chat, text: "behind it" });
    await killBrowser(first);
    peer.inbound({ chat, text: "after it" });
    hold.open();
    await first.receives(4);
    expect(first.texts()).toEqual(["quick", "slow", "behind it", "after it"]);
    const [attachment] = picture?.attachments ?? [];
    if (!attachment) throw new Error("There is no picture.");
    expect([...(await first.platform.download(attachment, 3, never))]).toEqual([1, 2, 3]);
    await peer.until(() => peer.unread(chat) === 0);
}, 60_000);

test.each(["lost", "swallowed"] as const)(
    "a browser that is killed in the middle of a reply (%s): it arrives whole, once",
    async (fate) => {
        const first = await start({ timings: { confirmMs: 1_000 } });
        peer.inbound({ chat, text: "What is this?" });
        const [question] = await first.receives(1);
        if (!question) throw new Error("The question did not arrive.");
        const to: ReplyAddress = { conversation: question.conversation, messageId: question.id };
        let sends = 0;
        peer.onSend(() => {
            sends += 1;
            if (sends !== 2) return undefined;
            process.kill(peer.browserPids.at(-1) ?? 0, "SIGKILL");
            return fate;
        });
        let state: unknown;
        const save = (saved: unknown): Promise<void> => {
            state = JSON.parse(JSON.stringify(saved));
            return Promise.resolve();
        };
        const text = Array.from({ length: 300 }, (_, n) => `Sentence number ${n}.`).join(" ");
        const reply = { text: `${text}\n\n${text}`, language: "en" } as const;
        const writer = first.platform.startReply(to, { save });
        await expect(writer.finish(reply, never)).rejects.toMatchObject({
            code: "platform-unavailable",
            retryable: true,
        });
        await writer.abandon({ left: true });
        expect(JSON.stringify(state)).not.toMatch(/Sentence|9665/);
        const journal: Journal = { state, save };
        await finish(first.platform.startReply(to, journal), reply);
        const seen = peer.visible(chat).map((message) => message.text);
        expect(seen.join(" ").match(/\d+/g)).toEqual(reply.text.match(/\d+/g));
    },
    60_000,
);
