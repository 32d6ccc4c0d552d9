/**
 * The clinic's file is changed while patients write: a loopback Telegram, the real telegraf, a real
 * Redis, the demonstration model.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { LlamaChatModel } from "../adapters/llama/llama-chat-model.ts";
import type { Notices } from "../src/notices.ts";
import { startBotApi, type BotApi } from "./fakes/bot-api.ts";
import { TestClinic } from "./setup/clinic.ts";

const prepare = vi.spyOn(LlamaChatModel.prototype, "prepare");
let api: BotApi;
let clinic: TestClinic;
let save: (text: string) => Promise<void>;
const patient = 7;

beforeAll(async () => {
    api = await startBotApi();
    const environment = { TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.apiRoot };
    clinic = await TestClinic.open(() => ({ environment }));
    save = (text) => writeFile(join(clinic.redis.dataFolder, "clinic.yaml"), text);
    clinic.serve();
});

afterAll(async () => {
    await clinic.close();
    await api.close();
});

const notices = (): Notices => clinic.process.answers.current().reply.notices;
const status = () => clinic.process.answers.status;

/** The latest message of the bot, after a message of the patient. */
async function answerTo(text: string): Promise<string> {
    const before = api.visibleMessages(patient).length;
    api.sendText(patient, text);
    await vi.waitFor(
        async () => {
            expect(api.visibleMessages(patient).length).toBeGreaterThan(before);
            expect(await clinic.waiting()).toBe(0);
        },
        { timeout: 30_000 },
    );
    return api.visibleMessages(patient).at(-1)?.text ?? "";
}

test("what the clinic changes holds for the next message; a slip changes nothing; what cannot change says so", async () => {
    // What each conversation begins with is read ahead
    const read = (): unknown => prepare.mock.lastCall?.[0];
    expect(read()).toEqual([notices()("system", "en"), notices()("system", "ar")]);
    const usual = await answerTo("I have a headache, what should I do?");
    expect(usual).toContain(notices()("disclaimer", "en"));

    await save("disclaimer:\n  everyAnswers: 1\n  text: { en: Ask Dr Sara., ar: اسأل د. سارة. }\n");
    await vi.waitFor(() => expect(notices()("disclaimer", "en")).toBe("Ask Dr Sara."), 10_000);
    expect(await answerTo("My name is Omar.")).toContain("Ask Dr Sara.");

    const appliedAtMs = status().appliedAtMs;
    await save(`access:\n  block: ["telegram:${patient}"]\ndisclaimer:\n  everyAnswers: often\n`);
    await vi.waitFor(() => expect(status().faults).not.toEqual([]), 10_000);
    expect(status().faults.join("\n")).toContain("clinic.yaml, line 4, column 17");
    expect(status().appliedAtMs).toBe(appliedAtMs);
    expect(await answerTo("What is my name?")).toContain("Omar");

    await save(`access:\n  allow: ["telegram:99"]\nmodel:\n  conversationsInMemory: 2\n`);
    await vi.waitFor(() => expect(status().faults).toEqual([]), 10_000);
    expect(status().afterRestart).toEqual(["model.conversationsInMemory"]);
    expect(await answerTo("May I write here?")).toBe(notices()("not-listed", "en"));

    await save("clinic:\n  name: { en: Cedar Clinic, ar: عيادة الأرز }\n");
    await vi.waitFor(() => expect(notices()("system", "en")).toContain("Cedar Clinic"), 10_000);
    await vi.waitFor(
        () => expect(read()).toEqual([notices()("system", "en"), notices()("system", "ar")]),
        20_000,
    );

    await save("");
    await vi.waitFor(() => expect(status().afterRestart).toEqual([]), 10_000);
    expect(await answerTo("What is my name?")).toContain("Omar");
    expect(clinic.logged).toContain("access.allow");
    expect(clinic.logged).not.toMatch(/Omar|Dr Sara/);
}, 120_000);
