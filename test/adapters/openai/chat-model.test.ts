import { afterAll, beforeAll, expect, it } from "vitest";
import { openServerModel } from "../../../adapters/openai/chat-model.ts";
import { createLogger } from "../../../src/log.ts";
import { describeChatModel } from "../../contracts/chat-model.ts";
import { startDemoServer } from "./demo-server.ts";

let demo: Awaited<ReturnType<typeof startDemoServer>>;
beforeAll(async () => {
    demo = await startDemoServer();
});
afterAll(() => demo.stop());

describeChatModel("a model on a server", () =>
    openServerModel({
        name: "BiMediX2 demo",
        demonstration: true,
        server: { url: demo.server.url, model: "served" },
        imageSide: 84,
        contextTokens: 8192,
        sampling: { temperature: 0, topP: 1, maxTokens: 100 },
        logger: createLogger("silent"),
    }),
);

it("has asked a server whose vocabulary was not known", () => {
    expect(demo.server.requests.length).toBeGreaterThan(20);
    expect(demo.refused()).toBeLessThan(5);
});
