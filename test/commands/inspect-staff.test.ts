import { afterEach, beforeEach, expect, test } from "vitest";
import { inspectStaff } from "../../src/commands/inspect-staff.ts";
import { configOf, token } from "../config/clinic-folder.ts";
import { type BotApi, startBotApi } from "../fakes/bot-api.ts";

let api: BotApi;
beforeEach(async () => {
    api = await startBotApi();
});
afterEach(() => api.close());

const group = -1_001_234;

test("doctor tells the groups that can be written to from the others", async () => {
    const config = configOf(
        { "clinic.yaml": `staff: { telegramGroup: "${group}" }` },
        { TELEGRAM_BOT_TOKEN: token, TELEGRAM_API_ROOT: api.apiRoot },
    );
    const telegram = { token: api.token, apiRoot: api.apiRoot };
    const forTests = { ...config, platforms: { ...config.platforms, telegram } };
    await expect(inspectStaff(forTests)).rejects.toMatchObject({
        remedy: expect.stringContaining("staff.telegramGroup") as string,
    });
    api.addToGroup(group);
    expect(await inspectStaff(forTests)).toEqual({
        state: "ok",
        text: 'the group "Staff" on Telegram; always there',
    });
});

test("doctor tells that nobody can be reached, and of hours", async () => {
    expect(await inspectStaff(configOf({}))).toMatchObject({ state: "notice" });
    const hours = "{ timeZone: Asia/Riyadh, sunday: 00:00-24:00 }";
    const webhook = "webhook: https://clinic.example/a";
    const config = configOf(
        { "clinic.yaml": `staff:\n  ${webhook}\n  hours: ${hours}\n` },
        { STAFF_WEBHOOK_SECRET: "a-secret-of-the-clinic" },
    );
    expect((await inspectStaff(config)).text).toMatch(/^a system of the clinic .*its hours now/);
});
