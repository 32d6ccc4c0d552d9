/**
 * Patients and the clinic's people, through the whole product: a loopback Telegram with a group, a
 * system of the clinic's own, the real telegraf, a real Redis, the demonstration model.
 */
import { createHmac } from "node:crypto";
import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readCode } from "../src/handoff/case-code.ts";
import type { Notices } from "../src/notices.ts";
import { startBotApi, type BotApi } from "./fakes/bot-api.ts";
import { TestClinic } from "./setup/clinic.ts";
import { freePort } from "./setup/redis.ts";

const group = -1_001_234_567;
const secret = "a-secret-of-the-clinic";
let api: BotApi;
let system: Server;
let answers: string;
/** What the clinic's own system has got. */
const notes: { readonly kind: string; readonly code: string; readonly text: string }[] = [];
/** How it answers next. */
const statuses: number[] = [];
let clinic: TestClinic;
let notices: Notices;

beforeAll(async () => {
    api = await startBotApi();
    system = createServer((request, response) => {
        let body = "";
        request.on("data", (chunk: Buffer) => (body += chunk.toString()));
        request.on("end", () => {
            response.statusCode = statuses.shift() ?? 200;
            if (response.statusCode === 200) notes.push(JSON.parse(body) as (typeof notes)[number]);
            response.end();
        });
    });
    const port = await portOf(system);
    const answerPort = await freePort();
    answers = `http://127.0.0.1:${answerPort}/staff`;
    clinic = await TestClinic.open(() => ({
        environment: { TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.apiRoot },
        staff: {
            telegramGroup: group,
            webhook: {
                url: `http://127.0.0.1:${port}/assistant`,
                secret,
                listen: { host: "127.0.0.1", port: answerPort, path: "/staff" },
            },
            language: "en",
            onUrgent: "offer",
            showText: true,
            silentMs: 3_600_000,
        },
    }));
    ({ notices } = clinic.process.answers.current().reply);
    clinic.serve();
});

afterAll(async () => {
    await clinic.close();
    await api.close();
    await new Promise((resolve) => system.close(resolve));
});

async function portOf(server: Server): Promise<number> {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as { port: number }).port;
}

async function answerSigned(content: object): Promise<number> {
    const body = JSON.stringify(content);
    const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
    const headers = { "x-bimedix2-signature": signature };
    return (await fetch(answers, { method: "POST", body, headers })).status;
}

async function allAnswered(): Promise<void> {
    while (api.pendingUpdates > 0 || (await clinic.waiting()) > 0) {
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
}

const texts = (chat: number): string[] => api.visibleMessages(chat).map(({ text }) => text);
const newest = (chat: number): string => texts(chat).at(-1) ?? "";
/** Formatting and isolates apart, a text of the product. */
const told = (chat: number): string => newest(chat).replaceAll(/[\u2066-\u2069]/g, "");

test("/doctor brings the clinic's people to the patient, and /done the assistant back", async () => {
    api.sendText(7, "My name is Omar.");
    await allAnswered();
    const byModel = texts(7).length;
    api.sendText(7, "/doctor");
    await allAnswered();
    expect(told(7)).toContain("I have passed our conversation on");
    const [note] = api.visibleMessages(group);
    expect(note?.text).toContain("My name is Omar.");
    expect(readCode(note?.text ?? "")).toMatch(/^[A-Z0-9]{5}$/);

    api.sendText(7, "What is my name?");
    await allAnswered();
    expect(texts(7)).toHaveLength(byModel + 2);
    expect(newest(group)).toContain("What is my name?");
    api.sendInGroup(group, "Shall we tell him?");
    const reply = api.sendInGroup(group, "Come at *four*, please.", note?.id);
    await allAnswered();
    expect(texts(7)).toHaveLength(byModel + 3);
    expect(told(7)).toBe("From our clinic:\n\nCome at *four*, please.");
    expect(api.visibleMessages(group).at(-1)).toMatchObject({
        replyTo: reply,
        text: expect.stringContaining("On its way to the patient.") as string,
    });

    api.sendInGroup(group, "/done", note?.id);
    await allAnswered();
    expect(told(7)).toContain("are done here");
    api.sendText(7, "What is my name?");
    await allAnswered();
    // The demonstration model knows few words; that it is asked again is what counts.
    expect(newest(7)).toContain("Your name is");
    expect(texts(group).join()).not.toContain("Shall we");
});

test("what a patient and the clinic's people write while the program does not run reaches both, once", async () => {
    api.sendText(8, "/doctor");
    await allAnswered();
    const note = api.visibleMessages(group).at(-1);
    await clinic.stop();
    api.sendText(8, "Still waiting.");
    api.sendInGroup(group, "Here we are.", note?.id);
    clinic.serve();
    await allAnswered();
    expect(texts(8).filter((text) => text.includes("Here we are."))).toHaveLength(1);
    expect(texts(group).filter((text) => text.includes("Still waiting."))).toHaveLength(1);
});

test("a crisis is told to the clinic's people at once, while Telegram refuses their group too", async () => {
    const before = texts(group).length;
    api.fail("sendMessage", { code: 429, description: "Too Many Requests", retryAfter: 1 }, 1);
    api.sendText(9, "I want to kill myself");
    await allAnswered();
    expect(texts(9)).toHaveLength(1);
    expect(newest(9)).toContain(notices("crisis-staff-told", "en"));
    expect(texts(group)).toHaveLength(before + 1);
    expect(newest(group)).toContain("Crisis");
    expect(newest(group)).not.toContain("kill");
});

test("an urgent case is offered a person", async () => {
    api.sendText(10, "I am pregnant and my baby moves less since yesterday");
    await allAnswered();
    const last = api.visibleMessages(10).at(-1);
    const labels = last?.buttons.map(({ text }) => text) ?? [];
    const offered = labels.includes(notices("label-doctor", "en"));
    // Whatever the rules say of it, one of the two is the answer to it.
    expect(offered || newest(10).includes(notices("emergency", "en").slice(2, 20))).toBe(true);
    if (!offered) return;
    api.press(10, notices("label-doctor", "en"));
    await allAnswered();
    expect(told(10)).toContain("I have passed our conversation on");
});

test("a system of the clinic's own takes part, also when it fails for a while", async () => {
    statuses.push(500, 500, 500, 500);
    api.sendText(11, "/doctor");
    await api.waitFor(() => texts(11).length > 0 || undefined);
    expect(told(11)).toContain("I have passed our conversation on");
    await allAnswered();
    const code = readCode(newest(group));
    expect(notes.at(-1)).toMatchObject({ kind: "request", code });
    const answer = { id: "m1", code, text: "We call you now." };
    expect(await answerSigned(answer)).toBe(202);
    expect(await answerSigned(answer)).toBe(202);
    await allAnswered();
    expect(texts(11).filter((text) => text.includes("We call you now."))).toHaveLength(1);
    expect(await answerSigned({ id: "m2", code, done: true })).toBe(202);
    await allAnswered();
    expect(told(11)).toContain("are done here");
});

test("the log holds nothing of patients and of what the clinic's people say", () => {
    expect(clinic.logged).not.toMatch(/Omar|four|waiting\.|Here we|kill|Shall|call you/);
});
