import { AppError } from "../../src/errors.ts";
import type { Logger } from "../../src/log.ts";
import type { ConversationKey, InboundMessage, PlatformAccount } from "../../src/message.ts";
import type { Platform } from "../../src/ports.ts";
import type { ConditionDisplay, PlatformCondition } from "../../src/status-ports.ts";
import type { Backoff } from "../../src/wait.ts";
import { type ListenAddress, receiveAnswers } from "./answer-server.ts";
import type { Answer } from "./read-answer.ts";
import { WebhookReply } from "./webhook-reply.ts";

/** What a system of the clinic needs to take part. */
export interface StaffWebhookOptions {
    readonly url: string;
    readonly secret: string;
    /** Absent: it only listens. */
    readonly listen?: ListenAddress;
    readonly logger: Logger;
    /** Where the administrator sees how it stands. */
    readonly conditions?: ConditionDisplay;
    /** Longest time for one request. Default: 15 s. */
    readonly requestMs?: number;
    /** Between two tries. */
    readonly retry?: Backoff;
    /** Told where it listens. */
    readonly onListening?: (address: { readonly port: number }) => void;
}

const account: PlatformAccount = "web:staff";

/** The room of the clinic's people that is a system of the clinic. */
export const webhookRoom: ConversationKey = `${account}:webhook`;

const requestMs = 15_000;
const retry: Backoff = { firstMs: 500, mostMs: 5_000 };

/** A system of the clinic's own as a platform: notes go out by its webhook, answers come in signed. */
export function createStaffWebhook(options: StaffWebhookOptions): Platform {
    const { url, secret, listen, logger, onListening } = options;
    const target = { url, secret, requestMs: options.requestMs ?? requestMs };
    const retries = { retry: options.retry ?? retry, tries: 3, longestRetryAfterMs: 10_000 };
    return {
        name: "web",
        sharing: "receive-alone",
        account,
        run: async (receive, signal) => {
            const onCondition = (condition: PlatformCondition): void =>
                options.conditions?.show(account, condition);
            if (!listen) {
                onCondition({ name: "running" });
                return await aborted(signal);
            }
            const take = (answer: Answer): Promise<void> => receive(asMessage(answer));
            const told = onListening === undefined ? {} : { onListening };
            await receiveAnswers({ listen, secret, logger, take, onCondition, ...told }, signal);
        },
        download: () =>
            Promise.reject(new AppError("attachment-unavailable", "There are no files here.")),
        startReply: (_to, journal) => new WebhookReply(target, retries, journal),
    };
}

/** As somebody would write it in a room of people. */
function asMessage({ id, code, text }: Answer): InboundMessage {
    return {
        id,
        conversation: webhookRoom,
        receivedAtMs: Date.now(),
        text: text === undefined ? `/done #${code}` : `/reply #${code} ${text}`,
        attachments: [],
        fromStaff: true,
    };
}

async function aborted(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
    });
}
