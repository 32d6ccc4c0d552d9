/**
 * Safety and consent as a patient meets them: a loopback Telegram, the real telegraf, a real Redis,
 * and no model at all, as if its process were dead.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConversationKey, Language } from "../src/message.ts";
import type { Notices } from "../src/notices.ts";
import { startBotApi, type BotApi } from "./fakes/bot-api.ts";
import { TestClinic } from "./setup/clinic.ts";

let api: BotApi;
let adapters: TestClinic;
let notices: Notices;

beforeAll(async () => {
    api = await startBotApi();
    const environment = { TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.apiRoot };
    adapters = await TestClinic.open(() => ({ environment, role: "adapters", consent: true }));
    ({ notices } = adapters.process.answers.current().reply);
    adapters.serve();
});

afterAll(async () => {
    await adapters.close();
    await api.close();
});

const keyOf = (chat: number): ConversationKey =>
    `telegram:${api.token.split(":")[0] ?? ""}:${String(chat)}`;
const textsOf = (chat: number): string[] => api.visibleMessages(chat).map(({ text }) => text);
const consent = (language: Language): string =>
    notices("consent", language, { platform: language === "ar" ? "تيليجرام" : "Telegram" });
/** As Telegram shows it: without the marks of Markdown. */
const plain = (text: string): string => text.replaceAll(/\*\*|^- /gm, "");

async function replies(chat: number, count: number): Promise<string[]> {
    await api.waitFor(() => textsOf(chat).length >= count, 30_000);
    return textsOf(chat);
}

/** Everything that Redis holds, as text. */
async function everything(): Promise<string> {
    const { client } = adapters.redis;
    const keys = await client.keys("*");
    const values = await Promise.all(
        keys.map(async (key) => {
            const type = await client.type(key);
            if (type === "hash") return JSON.stringify(await client.hGetAll(key));
            if (type === "list") return (await client.lRange(key, 0, -1)).join(" ");
            if (type === "set") return (await client.sMembers(key)).join(" ");
            return type === "string" ? await client.get(key) : "";
        }),
    );
    return [...keys, ...values].join("\n");
}

test("an emergency gets its fixed message in both languages, number first, with no model, before any consent", async () => {
    api.sendText(1, "crushing chest pain going down my left arm, I am sweating and cannot breathe");
    const [english = ""] = await replies(1, 1);
    expect(english).toMatch(/^Call /);
    expect(english).toContain("اتصل فورًا");
    api.sendText(2, "صدري يؤلمني بشدة ولا أستطيع التنفس وأتعرق", { languageCode: "ar" });
    const [arabic = ""] = await replies(2, 1);
    expect(arabic).toMatch(/^\W*اتصل فورًا/u);
    expect(arabic).toContain("Call ");
    expect((await adapters.process.storage.store.read(keyOf(1))).turns).toEqual([]);
});

test("an emergency that comes in two messages is one", async () => {
    api.sendText(3, "I am 34 weeks pregnant");
    await replies(3, 1);
    api.sendText(3, "terrible headache and I see flashing lights");
    expect((await replies(3, 2)).at(-1)).toMatch(/^Call /);
});

test("a crisis gets its own message", async () => {
    api.sendText(4, "I want to end my life tonight, I have the pills here");
    const [text = ""] = await replies(4, 1);
    expect(text).toContain("talk to a person");
});

test("before consent nothing of a message is kept; agreeing, asking, exporting and erasing work", async () => {
    const secret = "my grandmother's marmalade makes my tongue itch";
    api.sendText(5, secret);
    const [asked = ""] = await replies(5, 1);
    expect(plain(asked)).toContain(plain(notices("consent-needed", "en")));
    expect(plain(asked)).toContain(plain(consent("en").split("\n").at(-1) ?? ""));
    expect((await adapters.process.storage.store.read(keyOf(5))).turns).toEqual([]);
    expect(await everything()).not.toContain("marmalade");

    api.press(5, notices("label-decline", "en"));
    expect((await replies(5, 2)).at(-1)).toBe(plain(notices("consent-declined", "en")));
    api.sendText(5, "I agree");
    expect((await replies(5, 3)).at(-1)).toBe(notices("consent-agreed", "en"));
    const settings = await adapters.process.storage.store.readSettings(keyOf(5));
    expect(settings.consent?.wording).toMatch(/^[0-9a-f]{16}$/);

    await adapters.process.storage.store.update(keyOf(5), {
        turns: [
            {
                role: "user",
                text: secret,
                language: "en",
                atMs: 1_790_000_000_000,
                images: [],
            },
        ],
    });
    api.sendText(5, "/export");
    expect((await replies(5, 4)).at(-1)).toContain("marmalade");
    expect(await everything()).not.toContain("marmalade");
    api.sendText(5, "/delete");
    await replies(5, 5);
    api.press(5, notices("label-delete", "en"));
    expect((await replies(5, 6)).at(-1)).toBe(notices("deleted", "en"));
    expect(await adapters.process.storage.store.read(keyOf(5))).toEqual({ turns: [] });
    api.sendText(5, "/export");
    expect((await replies(5, 7)).at(-1)).toBe(notices("export-nothing", "en"));
});

test("the first contact shows who runs the assistant, what is kept, and buttons to agree", async () => {
    api.sendText(6, "/start", { languageCode: "ar" });
    const [welcome = ""] = await replies(6, 1);
    expect(plain(welcome)).toContain(plain(notices("welcome", "ar").split("\n")[0] ?? ""));
    expect(welcome).toContain("30");
    expect(welcome).toContain("تيليجرام");
    api.press(6, notices("label-agree", "ar"));
    expect((await replies(6, 2)).at(-1)).toBe(notices("consent-agreed", "ar"));
    api.sendText(6, "/privacy", { languageCode: "ar" });
    expect((await replies(6, 3)).at(-1)).toContain(
        plain(notices("privacy-agreed", "ar")).slice(0, 20),
    );
});

test("the log holds nothing of it", () => {
    expect(adapters.logged).not.toMatch(/marmalade|chest|[\u0600-\u06FF]/);
});
