import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkPhoneNumber } from "../../../adapters/whatsapp-cloud/check-phone-number.ts";
import { never } from "../../contracts/platform-bench.ts";
import { type GraphApi, startGraphApi } from "../../fakes/graph-api.ts";

describe("the check of a phone number", () => {
    let api: GraphApi;
    beforeEach(async () => {
        api = await startGraphApi();
    });
    afterEach(() => api.close());

    const check = (
        changes: Partial<Parameters<typeof checkPhoneNumber>[0]> = {},
    ): ReturnType<typeof checkPhoneNumber> =>
        checkPhoneNumber({
            accessToken: api.accessToken,
            graphRoot: api.graphRoot,
            phoneNumberId: api.phoneNumberIds[0] ?? "",
            signal: never,
            ...changes,
        });

    it("gives what patients see of the clinic, and how content they are", async () => {
        expect(await check()).toEqual({ verifiedName: "Night Clinic", quality: "GREEN" });
    });

    it("tells what is wrong", async () => {
        await expect(check({ accessToken: "EAAother" })).rejects.toMatchObject({
            code: "config-invalid",
            remedy: expect.stringContaining("WHATSAPP_ACCESS_TOKEN") as string,
        });
        await expect(check({ phoneNumberId: "966500000001" })).rejects.toMatchObject({
            code: "config-invalid",
            message: expect.stringContaining("966500000001") as string,
            remedy: expect.stringContaining("phoneNumberIds") as string,
        });
        for (const code of [10, 200]) {
            api.fail("number", { status: 403, code });
            await expect(check()).rejects.toMatchObject({
                code: "config-invalid",
                remedy: expect.stringContaining("whatsapp_business_messaging") as string,
            });
        }
        for (const fault of [
            { status: 500, code: 2 },
            { status: 400, code: 131051 },
        ]) {
            api.fail("number", fault);
            await expect(check()).rejects.toMatchObject({
                code: "platform-unavailable",
                retryable: true,
            });
        }
        await expect(check({ graphRoot: "http://127.0.0.1:9/v24.0" })).rejects.toMatchObject({
            code: "platform-unavailable",
            message: expect.stringContaining("cannot be reached") as string,
        });
        await expect(check({ signal: AbortSignal.abort() })).rejects.toMatchObject({
            code: "aborted",
        });
    });
});
