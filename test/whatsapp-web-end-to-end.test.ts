/**
 * The whole product on WhatsApp Web: the real whatsapp-web.js in a real Chromium before a page that
 * stands for WhatsApp, a real Redis, the real node-llama-cpp with the demonstration model.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { whatsappWebFolder } from "../src/clinic-platforms.ts";
import type { Notices } from "../src/notices.ts";
import type { LinkState } from "../src/ports.ts";
import { startWhatsAppPeer, type WhatsAppPeer } from "./fakes/whatsapp-web/peer.ts";
import { TestClinic } from "./setup/clinic.ts";
import { packageRoot } from "./setup/redis.ts";

let peer: WhatsAppPeer;
let clinic: TestClinic;
let notices: Notices;
const states: LinkState[] = [];
const samples = join(packageRoot, "models/demo/samples");
const scan = { type: "image", mimetype: "image/png", caption: "ما نوع هذه الصورة؟" };

beforeAll(async () => {
    peer = await startWhatsAppPeer();
    clinic = await TestClinic.open(async (dataFolder) => {
        await peer.prepare(whatsappWebFolder({ dataFolder }));
        const { browserPath: browser, webVersion: version } = peer;
        const whatsappWeb = { groups: "mentions", catchUpMs: 3_600_000, browser, version } as const;
        const display = { show: (_account: string, state: LinkState) => void states.push(state) };
        return { platforms: { whatsappWeb }, display };
    });
    ({ notices } = clinic.process.answers.current().reply);
    clinic.serve();
    await peer.until(() => states.at(-1)?.name === "qr", 120_000);
    peer.pair();
    await peer.until(() => states.at(-1)?.name === "ready", 120_000);
});

afterAll(async () => {
    await clinic.close();
    await peer.close();
});

function sendScan(chat: string, bytes: Uint8Array): void {
    peer.inbound({ ...scan, chat, bytes });
}

test("a patient sends a scan with a question in Arabic, and goes on in the conversation", async () => {
    const chat = "966511111111@c.us";
    sendScan(chat, await readFile(join(samples, "xray_left_01.png")));
    await peer.until(() => peer.visible(chat).length === 1);
    const [first] = peer.visible(chat);
    expect(first?.text).toContain("صورة أشعة سينية للصدر");
    expect(first?.text).toContain(notices("disclaimer-image", "ar"));
    peer.inbound({ chat, text: "على أي جانب؟" });
    await peer.until(() => peer.visible(chat).length === 2);
    expect(peer.visible(chat).at(-1)?.text).toContain("الأيسر");
    expect(peer.unread(chat)).toBe(0);
});

test("what cannot be opened is answered in words, in the patient's language", async () => {
    const chat = "966533333333@c.us";
    peer.inbound({ chat, text: "عندي صداع، ماذا أفعل؟" });
    await peer.until(() => peer.visible(chat).length === 1);
    const bytes = Buffer.from("OggS");
    peer.inbound({ chat, type: "ptt", mimetype: "audio/ogg", bytes });
    peer.inbound({ ...scan, chat, bytes, caption: "", failDownload: 404 });
    await peer.until(() => peer.visible(chat).length === 2);
    expect(peer.visible(chat).at(-1)?.text).toBe(
        `${notices("file-unsupported", "ar")}\n\n${notices("image-unavailable", "ar")}`,
    );
});

test.each(["lost", "swallowed"] as const)(
    "a browser that is killed while the answer is sent (%s): it arrives, once",
    async (fate) => {
        const chat = fate === "lost" ? "77@lid" : "78@lid";
        let kills = 0;
        peer.onSend((where) => {
            if (where !== chat || kills > 0) return undefined;
            kills += 1;
            process.kill(peer.browserPids.at(-1) ?? 0, "SIGKILL");
            return fate;
        });
        sendScan(chat, await readFile(join(samples, "mri_right_10.png")));
        await peer.until(() => kills === 1);
        await peer.until(() => states.at(-1)?.name !== "ready");
        await peer.until(() => states.at(-1)?.name === "ready", 60_000);
        // Written while the browser was coming up, or right after it.
        peer.inbound({ chat, text: "شكرا" });
        await peer.until(() => peer.visible(chat).length >= 2, 60_000);
        while ((await clinic.waiting()) > 0) await peer.until(() => true);
        const texts = peer.visible(chat).map(({ text }) => text);
        expect(texts).toHaveLength(2);
        expect(texts[0]).toContain("رنين");
    },
    120_000,
);

test("what was written while the program did not run is answered by the next start", async () => {
    const chat = "966522222222@c.us";
    await clinic.stop();
    peer.inbound({ chat, text: "I have a headache, what should I do?" });
    clinic.serve();
    await peer.until(() => peer.visible(chat).length === 1, 60_000);
    expect(peer.visible(chat)[0]?.text).toContain(notices("disclaimer", "en"));
});

test("the log holds nothing of patients", () => {
    expect(clinic.logged).toContain("WhatsApp");
    expect(clinic.logged).not.toMatch(/9665|77@|78@|headache|[\u0600-\u06FF]|2@/);
});
