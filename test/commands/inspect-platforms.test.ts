import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inspectWhatsAppCloud } from "../../src/commands/inspect-platforms.ts";
import type { Finding } from "../../src/commands/finding.ts";
import { loadConfig } from "../../src/config.ts";
import { packageRoot } from "../../src/package-root.ts";
import { configOf } from "../config/clinic-folder.ts";
import { type GraphApi, startGraphApi } from "../fakes/graph-api.ts";

describe("what doctor says of the Cloud API", () => {
    let api: GraphApi;
    beforeEach(async () => {
        api = await startGraphApi();
    });
    afterEach(() => api.close());

    function inspect(...phoneNumberIds: readonly string[]): Promise<Finding> {
        const { accessToken, appSecret, verifyToken, graphRoot } = api;
        const config = loadConfig({
            environment: {},
            folder: "/nowhere",
            packageRoot: packageRoot(),
        });
        const listen = { host: "127.0.0.1", port: 8085, path: "/" };
        const secrets = { accessToken, appSecret, verifyToken };
        const whatsappCloud = { ...secrets, graphRoot, phoneNumberIds, listen };
        return inspectWhatsAppCloud({
            ...config,
            platforms: { ...config.platforms, whatsappCloud },
        });
    }

    const known = "106540352242922";

    it("names the number that patients dislike", async () => {
        expect(await inspect(known)).toMatchObject({ state: "ok" });
        api.quality = "RED";
        expect(await inspect(known)).toMatchObject({
            state: "notice",
            text: expect.stringContaining("Night Clinic") as string,
        });
    });

    it("names the one number of several that cannot be used", async () => {
        api.quality = "RED";
        await expect(inspect(known, "999999")).rejects.toMatchObject({
            code: "config-invalid",
            message: expect.stringContaining("999999") as string,
        });
    });

    it("says which secrets are missing where there are numbers", async () => {
        const ids = "platforms:\n  whatsappCloud:\n    phoneNumberIds: [106540352242922]\n";
        expect(await inspectWhatsAppCloud(configOf({ "clinic.yaml": ids }))).toMatchObject({
            state: "notice",
            remedy: expect.stringContaining("WHATSAPP_ACCESS_TOKEN") as string,
        });
        expect(await inspectWhatsAppCloud(configOf({}))).toMatchObject({ state: "ok" });
    });
});
