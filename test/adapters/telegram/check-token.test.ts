import { afterEach, beforeEach, expect, test } from "vitest";
import { checkTelegramToken } from "../../../adapters/telegram/check-token.ts";
import { type BotApi, startBotApi } from "../../fakes/bot-api.ts";

const signal = new AbortController().signal;
let api: BotApi;

beforeEach(async () => {
    api = await startBotApi();
});
afterEach(() => api.close());

test("a good token gives the bot's name, and nothing is received or changed", async () => {
    const { token, apiRoot } = api;
    expect(await checkTelegramToken({ token, apiRoot: `${apiRoot}/`, signal })).toEqual({
        username: api.username,
    });
    expect(api.calls.map(({ method }) => method)).toEqual(["getMe"]);
    expect(api.polls).toEqual([]);
});

test.each([
    ["a refused token", { code: 401, description: "Unauthorized" }, "config-invalid"],
    ["a malformed token", { code: 404, description: "Not Found" }, "config-invalid"],
    ["a fault of Telegram", { code: 500, description: "Internal" }, "platform-unavailable"],
    ["another refusal", { code: 400, description: "Bad Request" }, "platform-unavailable"],
    ["no connection", "reset", "platform-unavailable"],
    ["a proxy", "garbage", "platform-unavailable"],
] as const)("%s", async (_name, fault, code) => {
    api.fail("getMe", fault);
    const { token, apiRoot } = api;
    const error: unknown = await checkTelegramToken({ token, apiRoot, signal }).catch(
        (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code });
    expect(JSON.stringify([error, String(error)])).not.toContain(token);
});

test("a machine without the server is told what to check", async () => {
    const { token, apiRoot } = api;
    await api.close();
    api = await startBotApi();
    await expect(checkTelegramToken({ token, apiRoot, signal })).rejects.toMatchObject({
        code: "platform-unavailable",
        message: "Telegram cannot be reached (ECONNREFUSED).",
        remedy: expect.stringContaining("internet connection") as unknown,
    });
});
