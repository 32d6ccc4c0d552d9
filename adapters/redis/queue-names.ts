import type { ConversationKey, PlatformAccount } from "../../src/message.ts";
import type { QueueName } from "./job-queues.ts";

/** Conversations that any worker may answer. */
export const modelQueue: QueueName = "model";

/** Conversations that anybody may handle, since no model is needed. */
export const deskQueue: QueueName = "desk";

/** Cases that are to be summarised by the model. */
export const summariesQueue: QueueName = "summaries";

/** Conversations that one worker answered last: it still has them in its model's memory. */
export function ownQueue(workerId: string): QueueName {
    return `model-${workerId}`;
}

/** Conversations with replies for one account's platform. */
export function deliverQueue(account: PlatformAccount): QueueName {
    return `deliver-${withoutColon(account)}`;
}

/** Messages whose files lie on one account's platform. */
export function picturesQueue(account: PlatformAccount): QueueName {
    return `pictures-${withoutColon(account)}`;
}

/** The account that a conversation belongs to. */
export function accountOf(conversation: ConversationKey): PlatformAccount {
    return conversation.slice(0, conversation.lastIndexOf(":")) as PlatformAccount;
}

/** The channel on which erased conversations are named. */
export function erasedChannel(keyPrefix: string): string {
    return `${keyPrefix}erased`;
}

/** BullMQ allows no colon in the name of a queue. */
function withoutColon(account: PlatformAccount): string {
    return account.replace(":", "-");
}
