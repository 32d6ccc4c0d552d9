import { describeError } from "../../src/log.ts";
import type { ConversationKey } from "../../src/message.ts";
import { callRedis } from "./client.ts";
import { delayNoticeKey } from "./keys.ts";
import type { QueueParts } from "./queue-parts.ts";

type Parts = Pick<QueueParts, "client" | "keyPrefix" | "logger">;

const rememberSeconds = 24 * 60 * 60;

/** Remembers that a patient is told of a long wait; `false`: it was remembered already. */
export async function rememberDelayNotice(parts: Parts, key: ConversationKey): Promise<boolean> {
    const options = {
        condition: "NX",
        expiration: { type: "EX", value: rememberSeconds },
    } as const;
    const set = await callRedis(parts.client, (bounded) =>
        bounded.set(delayNoticeKey(parts.keyPrefix, key), "1", options),
    );
    return set !== null;
}

/** After an answer the next long wait may be told again. Never fails. */
export async function forgetDelayNotice(parts: Parts, key: ConversationKey): Promise<void> {
    try {
        await callRedis(parts.client, (bounded) =>
            bounded.unlink(delayNoticeKey(parts.keyPrefix, key)),
        );
    } catch (error) {
        parts.logger.debug(describeError(error), "A notice of delay was not forgotten");
    }
}
