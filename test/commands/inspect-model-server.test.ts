import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serverReach } from "../../adapters/openai/server-reach.ts";
import {
    inspectModelPrivacy,
    inspectModelServer,
} from "../../src/commands/inspect-model-server.ts";
import { configOf } from "../config/clinic-folder.ts";
import { OpenAiServer } from "../fakes/openai-server.ts";

let server: OpenAiServer;
beforeAll(async () => {
    server = await OpenAiServer.start(() => undefined);
});
afterAll(() => server.stop());

describe("doctor on a model's server", () => {
    const config = configOf({});

    it("says what it has, what it lacks and what is too small", async () => {
        const inspect = () => inspectModelServer(config, { url: server.url, model: "served" });
        server.models = [{ id: "served", max_model_len: 2048 }];
        expect(await inspect()).toMatchObject({ state: "ok" });
        server.models = [{ id: "served", max_model_len: 1024 }];
        expect((await inspect()).remedy).toContain("model.contextTokens in clinic.yaml to 1024");
        server.models = [{ id: "other" }];
        expect(await inspect()).toMatchObject({
            state: "fault",
            remedy: "Set server.model in the model's profile to one that it has: other.",
        });
        server.apiKey = "key-1";
        await expect(inspect()).rejects.toMatchObject({ code: "model-failed" });
    });

    it.each([
        ["http://localhost:8000/v1", "ok"],
        ["http://10.1.2.3/v1", "ok"],
        ["https://93.184.215.14/v1", "notice"],
        ["http://93.184.215.14/v1", "notice"],
    ])("says whether messages leave the clinic: %s", async (url, state) => {
        const found = await inspectModelPrivacy({ url, model: "served" });
        expect(found.state).toBe(state);
        expect(found.text.includes("unencrypted")).toBe(
            state === "notice" && url.startsWith("http:"),
        );
    });
});

it.each([
    ["http://127.9.9.9/", "this machine"],
    ["http://[::1]:1/", "this machine"],
    ["http://[::ffff:127.0.0.1]/", "this machine"],
    ["http://172.31.255.1/", "private network"],
    ["http://172.32.0.1/", "elsewhere"],
    ["http://192.168.0.9/", "private network"],
    ["http://[fd00::1]/", "private network"],
    ["http://[2606:4700::1]/", "elsewhere"],
    ["http://8.8.8.8/", "elsewhere"],
    ["https://nobody.invalid/", "elsewhere"],
])("%s is %s", async (url, reach) => {
    expect(await serverReach(url)).toBe(reach);
});
