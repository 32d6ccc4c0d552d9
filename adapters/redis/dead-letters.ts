import type { DeadLetters } from "../../src/queue-ports.ts";
import { DeadReplies } from "./dead-replies.ts";
import type { QueueParts } from "./queue-parts.ts";

/** Reads what the replies say that were set aside; they stay where they are. */
export function createDeadLetters({
    client,
    keyPrefix,
    expireAfterMs,
    mailbox,
}: QueueParts): DeadLetters {
    const deadReplies = new DeadReplies(client, keyPrefix, expireAfterMs);
    return {
        async open(id) {
            const place = await deadReplies.find(id);
            return place && (await mailbox.readDead(place.conversation, place.turnId));
        },
    };
}
