import type { ConversationKey } from "../../src/message.ts";
import { placeOf } from "./codec.ts";

/** Where sealed values of a conversation lie, and how they stand there. */
export interface SealedStore {
    /** The last part of the key. */
    readonly name:
        "turns" | "images" | "messages" | "pictures" | "replies" | "dead" | "damaged" | "settings";
    readonly type: "list" | "hash";
    /**
     * `whole`: a value is sealed from its beginning; fields with a colon are numbers. `line`: behind
     * a line of its own, which stands open. `reply`: like `line` in fields `reply:…`, else `whole`.
     * `key`: only the field `cacheKey`, from its beginning.
     */
    readonly form: "whole" | "line" | "reply" | "key";
}

/** All places in which something is sealed. */
export const sealedStores: readonly SealedStore[] = [
    { name: "turns", type: "list", form: "line" },
    { name: "messages", type: "hash", form: "line" },
    { name: "damaged", type: "hash", form: "line" },
    { name: "pictures", type: "hash", form: "line" },
    { name: "replies", type: "hash", form: "reply" },
    { name: "dead", type: "hash", form: "reply" },
    { name: "images", type: "hash", form: "whole" },
    { name: "settings", type: "hash", form: "key" },
];

/** A value of a store, with what stands open before what is sealed. */
export function splitValue(
    { form }: SealedStore,
    field: string,
    value: Buffer,
): { readonly head: Buffer; readonly body: Buffer } {
    const behindLine = form === "line" || (form === "reply" && field.startsWith("reply:"));
    const end = behindLine ? value.indexOf("\n") + 1 : 0;
    return { head: value.subarray(0, end), body: value.subarray(end) };
}

/** The place that a value of a store is sealed to. */
export function sealedParts(
    { name }: SealedStore,
    key: ConversationKey,
    field: string,
): readonly string[] {
    switch (name) {
        case "turns":
            return placeOf("turn", key);
        case "images":
            return placeOf("image", key, field);
        case "settings":
            return placeOf("cache-key", key);
        case "pictures":
            return placeOf("pictures", key, field);
        case "messages":
        case "damaged":
            return placeOf("message", key, field);
        case "replies":
        case "dead": {
            const [, kind, id] = /^(reply|journal):(.*)$/s.exec(field) ?? [];
            return placeOf(kind === "journal" ? "journal" : "reply", key, id);
        }
    }
}
