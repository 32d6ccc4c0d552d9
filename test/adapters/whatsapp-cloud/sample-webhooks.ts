import { readFileSync } from "node:fs";
import type { JsonObject } from "../../../adapters/whatsapp-cloud/json-object.ts";

const file = new URL("../../fixtures/whatsapp-cloud/sample-webhooks.json", import.meta.url);

/**
 * Webhooks in the form of Meta's documentation ("messages webhook reference", read in November
 * 2026), with invented data.
 */
export const sampleWebhooks = JSON.parse(readFileSync(file, "utf8")) as Readonly<
    Record<string, JsonObject>
>;

/** The sample of this name. */
export function sampleWebhook(name: string): JsonObject {
    const sample = sampleWebhooks[name];
    if (!sample) throw new Error(`There is no sample "${name}".`);
    return sample;
}
