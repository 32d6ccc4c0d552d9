/**
 * What administrators read in their chats: a loopback Telegram, the real telegraf, a real Redis.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Notices } from "../src/notices.ts";
import { startBotApi, type BotApi } from "./fakes/bot-api.ts";
import { TestClinic } from "./setup/clinic.ts";

let api: BotApi;
let clinic: TestClinic;
const administrator = 7;
const patient = 8;

beforeAll(async () => {
    api = await startBotApi();
    const environment = { TELEGRAM_BOT_TOKEN: api.token, TELEGRAM_API_ROOT: api.apiRoot };
    clinic = await TestClinic.open(async (folder) => {
        const file = 'admins: ["telegram:7"]\naccess: { allow: ["telegram:8"] }\n';
        await writeFile(join(folder, "clinic.yaml"), file);
        return { environment };
    });
    clinic.serve();
});

afterAll(async () => {
    await clinic.close();
    await api.close();
});

const notices = (): Notices => clinic.process.answers.current().reply.notices;
const textsOf = (chat: number): readonly string[] =>
    api.visibleMessages(chat).map(({ text }) => text);
const latestOf = (chat: number): string => textsOf(chat).at(-1) ?? "";
const plain = (text: string): string => text.replaceAll("*", "");

test("an administrator asks how everything stands, and is told of what breaks and that it is over; a patient is not", async () => {
    const well = notices()("status-well", "en");
    await vi.waitFor(
        async () => {
            const before = textsOf(administrator).length;
            api.sendText(administrator, "/status");
            await vi.waitFor(
                () => expect(textsOf(administrator).length).toBeGreaterThan(before),
                9_000,
            );
            expect(latestOf(administrator)).toContain(well);
        },
        { timeout: 60_000 },
    );
    expect(latestOf(administrator)).toContain("Processes: 1.");

    api.sendText(patient, "/status");
    await vi.waitFor(() => expect(latestOf(patient)).toContain("/help"), 10_000);
    expect(textsOf(patient).join("\n")).not.toContain(well);

    const file = join(clinic.redis.dataFolder, "clinic.yaml");
    await writeFile(file, 'admins: ["telegram:7"]\naccess: { alow: [] }\n');
    await vi.waitFor(() => expect(latestOf(administrator)).toContain('Did you mean "allow"?'), {
        timeout: 90_000,
        interval: 500,
    });
    await writeFile(file, 'admins: ["telegram:7"]\n');
    const over = plain(notices()("alert-configuration-over", "en"));
    await vi.waitFor(() => expect(latestOf(administrator)).toBe(over), {
        timeout: 60_000,
        interval: 500,
    });
    expect(textsOf(patient)).toHaveLength(1);
}, 240_000);
