import { type JsonObject, objectIn, objectsIn, textIn } from "./json-object.ts";

/** What Meta tells about one of the clinic's phone numbers. */
export interface NumberEvents {
    readonly phoneNumberId: string;
    /** What patients sent. */
    readonly messages: readonly JsonObject[];
    /** How messages of the clinic fare. */
    readonly statuses: readonly JsonObject[];
    /** Faults of the account. */
    readonly errors: readonly JsonObject[];
}

/**
 * The events in one webhook, which can be about several numbers, in their order. Trusts nothing:
 * what has another form, or is about something else than messages, is passed over.
 */
export function readWebhook(payload: JsonObject): NumberEvents[] {
    if (payload["object"] !== "whatsapp_business_account") return [];
    const changes = objectsIn(payload, "entry").flatMap((entry) => objectsIn(entry, "changes"));
    return changes
        .filter((change) => change["field"] === "messages")
        .map((change) => objectIn(change, "value"))
        .flatMap((value) => {
            const phoneNumberId = textIn(objectIn(value, "metadata"), "phone_number_id");
            if (phoneNumberId === undefined) return [];
            return {
                phoneNumberId,
                messages: objectsIn(value, "messages"),
                statuses: objectsIn(value, "statuses"),
                errors: objectsIn(value, "errors"),
            };
        });
}
