import { expect, it } from "vitest";
import { answerReadiness } from "../../src/operations/health.ts";
import { PlatformConditions } from "../../src/operations/platform-conditions.ts";
import type { PlatformCondition, PlatformStatus } from "../../src/status-ports.ts";
import { exampleStatus } from "../contracts/status-board.ts";

const account = "telegram:4711";
const platform = (condition: PlatformCondition): PlatformStatus => ({
    account,
    condition,
    sinceMs: 0,
});
const refused: PlatformCondition = { name: "failing", reason: "Telegram: not reachable." };
const model = {
    description: {
        name: "Example",
        device: "CPU",
        contextTokens: 2048,
        demonstration: true,
        vision: { status: "ready", imageSide: 336, imageTokens: 576 },
    },
    slots: 4,
    busy: 0,
} as const;

it.each([
    ["all that it is", "all", true, [platform({ name: "running" })], true, []],
    [
        "an adapter without a model",
        "adapters",
        true,
        [platform({ name: "standing-by" })],
        false,
        [],
    ],
    ["a worker without platforms", "worker", true, [], true, []],
    ["one that lacks Redis", "worker", false, [], true, ["Redis cannot be reached."]],
    ["a worker whose model loads", "worker", true, [], false, ["The model is not loaded."]],
    [
        "one whose platforms fail",
        "adapters",
        true,
        [platform(refused)],
        false,
        ["telegram:4711: Telegram: not reachable."],
    ],
    [
        "one of whose platforms one works",
        "adapters",
        true,
        [platform(refused), platform({ name: "running" })],
        false,
        [],
    ],
] as const)("says whether it does its work: %s", (_, role, redisUp, platforms, loaded, reasons) => {
    const { status, body } = answerReadiness({
        redisUp,
        status: { ...exampleStatus("one"), role, platforms, ...(loaded ? { model } : {}) },
    });
    expect(status).toBe(reasons.length === 0 ? 200 : 503);
    expect(JSON.parse(body)).toEqual({ ready: reasons.length === 0, role, reasons });
});

it("knows of a linked phone by what its display is told, codes excepted", () => {
    const conditions = new PlatformConditions();
    const shown: string[] = [];
    const display = conditions.watchLinks({ show: (_, state) => shown.push(state.name) });
    const web = "whatsapp-web:phone";
    display.show(web, { name: "qr", code: "2@secret" });
    expect(conditions.list()).toMatchObject([
        { account: web, condition: { name: "failing" }, link: "qr" },
    ]);
    expect(JSON.stringify(conditions.list())).not.toContain("secret");
    display.show(web, { name: "ready" });
    expect(conditions.list()).toMatchObject([{ condition: { name: "running" }, link: "ready" }]);
    expect(shown).toEqual(["qr", "ready"]);
});
