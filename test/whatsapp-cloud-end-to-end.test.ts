/**
 * The whole product on the WhatsApp Cloud API: a loopback Graph API, the real webhook server, a real
 * Redis, the real node-llama-cpp with the demonstration model.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Notices } from "../src/notices.ts";
import { type GraphApi, startGraphApi } from "./fakes/graph-api.ts";
import { TestClinic } from "./setup/clinic.ts";
import { freePort, packageRoot } from "./setup/redis.ts";

const phoneNumberIds = ["106540352242922", "106540352242923"];
let api: GraphApi;
let clinic: TestClinic;
let notices: Notices;

beforeAll(async () => {
    api = await startGraphApi(phoneNumberIds);
    const listen = { host: "127.0.0.1", port: await freePort(), path: "/webhooks/whatsapp" };
    const address = `http://127.0.0.1:${listen.port}${listen.path}`;
    api.addresses = { messages: address, statuses: address };
    const { accessToken, appSecret, verifyToken, graphRoot } = api;
    const secrets = { accessToken, appSecret, verifyToken };
    clinic = await TestClinic.open(() => ({
        platforms: { whatsappCloud: { ...secrets, graphRoot, phoneNumberIds, listen } },
    }));
    ({ notices } = clinic.process.answers.current().reply);
    clinic.serve();
});

afterAll(async () => {
    await clinic.close();
    await api.close();
});

const scanOf = (name: string): Promise<Buffer> =>
    readFile(join(packageRoot, "models/demo/samples", name));

test("a patient sends a scan with a question in Arabic, and goes on in the conversation", async () => {
    api.sendImage(1, await scanOf("xray_left_01.png"), "ما نوع هذه الصورة؟");
    await api.until(() => api.messagesIn(1).length === 1);
    const [first] = api.messagesIn(1);
    expect(first?.body).toContain("صورة أشعة سينية للصدر");
    expect(first?.body).toContain(notices("disclaimer-image", "ar"));
    api.sendText(1, "على أي جانب؟");
    await api.until(() => api.messagesIn(1).length === 2);
    expect(api.messagesIn(1).at(-1)?.body).toContain("الأيسر");
});

test("what cannot be opened is answered in words, in the patient's language", async () => {
    api.sendText(4, "عندي صداع، ماذا أفعل؟");
    await api.until(() => api.messagesIn(4).length === 1);
    api.sendContent(4, "audio", { audio: { id: "1", mime_type: "audio/ogg", voice: true } });
    api.sendImage(4, Buffer.from("no picture"));
    await api.until(() => api.messagesIn(4).length === 2);
    expect(api.messagesIn(4).at(-1)?.body).toBe(
        `${notices("file-unsupported", "ar")}\n\n${notices("image-unsupported", "ar")}`,
    );
});

test("two numbers of the clinic answer by themselves, and a language is chosen with a button", async () => {
    const [, phoneNumberId = ""] = phoneNumberIds;
    api.sendText(2, "/language", { phoneNumberId });
    await api.until(() => api.messagesIn(2).length === 1);
    api.press(2, "العربية", { phoneNumberId });
    await api.until(() => api.messagesIn(2).length === 2);
    api.sendText(2, "I have a headache, what should I do?", { phoneNumberId });
    await api.until(() => api.messagesIn(2).length === 3);
    expect(api.messagesIn(2).at(-1)?.body).toContain("الصداع");
});

test("an answer whose receipt is all that came back is not sent again, and nothing is lost over a stop", async () => {
    api.fail("send", "lose-answer");
    api.sendText(3, "My name is Sara.");
    await api.until(() => api.messagesIn(3).length === 1);
    await clinic.stop();
    api.sendText(3, "What is my name?");
    clinic.serve();
    await api.until(() => api.messagesIn(3).length === 2);
    while ((await clinic.waiting()) > 0) await api.until(() => true);
    expect(api.messagesIn(3)).toHaveLength(2);
    expect(api.messagesIn(3).at(-1)?.body).toContain("Sara");
}, 60_000);

test("the log holds nothing of patients, and no secret", () => {
    expect(clinic.logged).toContain("WhatsApp");
    expect(clinic.logged).not.toMatch(/966500|wamid|headache|Sara|[\u0600-\u06FF]/);
    for (const secret of [api.accessToken, api.appSecret, api.verifyToken]) {
        expect(clinic.logged).not.toContain(secret);
    }
});
