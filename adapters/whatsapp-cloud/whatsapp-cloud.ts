import { describeError, type Logger } from "../../src/log.ts";
import { isAppError } from "../../src/errors.ts";
import type { PlatformAccount } from "../../src/message.ts";
import type { Platform, ReceiptLedger } from "../../src/ports.ts";
import type { ConditionDisplay } from "../../src/status-ports.ts";
import { backoffMs, wait } from "../../src/wait.ts";
import { AccountHealth } from "./account-health.ts";
import { askForNumber } from "./check-phone-number.ts";
import { CloudReply } from "./cloud-reply.ts";
import { CountedWarnings } from "./counted-warnings.ts";
import { downloadMedia } from "./download-media.ts";
import { createGraphClient, type GraphAccess } from "./graph-client.ts";
import { Intake } from "./intake.ts";
import type { JsonObject } from "./json-object.ts";
import { KnownTexts } from "./known-texts.ts";
import type { ListenAddress } from "./open-port.ts";
import { Receipts } from "./receipts.ts";
import type { SendingNumber } from "./sending-number.ts";
import { type CloudTimings, defaultTimings } from "./timings.ts";
import { readWebhook } from "./webhook-payload.ts";
import { WebhookServer } from "./webhook-server.ts";

/** What the clinic's phone numbers on the WhatsApp Cloud API need. */
export interface WhatsAppCloudOptions extends GraphAccess {
    /** Signs the webhooks. */
    readonly appSecret: string;
    /** Proves to Meta that the webhook's address is the clinic's. */
    readonly verifyToken: string;
    /** Meta's ids of the phone numbers. */
    readonly phoneNumberIds: readonly string[];
    readonly listen: ListenAddress;
    /** Shared by all processes of the clinic. */
    readonly receipts: ReceiptLedger;
    /** Where the administrator sees how the numbers stand. */
    readonly conditions?: ConditionDisplay;
    readonly logger: Logger;
    /** Those of {@link defaultTimings} that are to be different. */
    readonly timings?: Partial<CloudTimings>;
}

/** The account of a phone number. Holds nothing secret: the id is not the number. */
function whatsappCloudAccount(phoneNumberId: string): PlatformAccount {
    return `whatsapp-cloud:${phoneNumberId}`;
}

/** Messages that are remembered, to know what a patient replies to. */
const rememberedTexts = 2_000;

/**
 * The clinic's phone numbers on the WhatsApp Cloud API, each as a platform. They share one server for
 * webhooks, which listens while one of them runs. Does nothing until `run` or another method is
 * called.
 */
export function createWhatsAppCloud(options: WhatsAppCloudOptions): readonly Platform[] {
    const { logger, phoneNumberIds } = options;
    const timings = { ...defaultTimings, ...options.timings };
    const client = createGraphClient(options, timings);
    const receipts = new Receipts({ ledger: options.receipts, logger, timings });
    const running = new Map<string, Intake>();
    const warnings = new CountedWarnings(logger);

    const take = async (payload: JsonObject): Promise<boolean> => {
        const taken = await Promise.all(
            readWebhook(payload).map(async (events) => {
                if (!phoneNumberIds.includes(events.phoneNumberId)) {
                    // Not to be delivered again: that would go on for a week.
                    warnings.warn(
                        "unknown-number",
                        "WhatsApp: a webhook is about a phone number that is not in platforms.whatsappCloud.phoneNumberIds",
                    );
                    return true;
                }
                const intake = running.get(events.phoneNumberId);
                const kept = receipts.take(events.statuses);
                if (intake === undefined) return (await kept) && events.messages.length === 0;
                return (await intake.take(events)) && (await kept);
            }),
        );
        return taken.every(Boolean);
    };
    const server = new WebhookServer({ ...options, timings, take });

    return phoneNumberIds.map((phoneNumberId): Platform => {
        const known = new KnownTexts(rememberedTexts);
        const account = whatsappCloudAccount(phoneNumberId);
        const health = new AccountHealth(logger, phoneNumberId, (condition) =>
            options.conditions?.show(account, condition),
        );
        const number: SendingNumber = {
            phoneNumberId,
            client,
            timings,
            logger,
            health,
            known,
            receipts,
        };
        return {
            name: "whatsapp-cloud",
            sharing: "together",
            account,
            run: async (receive, signal, glance) => {
                const intake = new Intake(
                    { phoneNumberId, known, logger, timings },
                    receive,
                    glance,
                );
                running.set(phoneNumberId, intake);
                try {
                    await receiveUntil(server, number, intake, signal);
                } finally {
                    if (running.get(phoneNumberId) === intake) running.delete(phoneNumberId);
                }
            },
            download: (attachment, maxBytes, signal) =>
                downloadMedia(client, timings, attachment, maxBytes, signal),
            startReply: (to, journal) => new CloudReply(number, to, journal),
        };
    });
}

/** @throws `config-invalid` when webhooks cannot be received at the address. */
async function receiveUntil(
    server: WebhookServer,
    number: SendingNumber,
    intake: Intake,
    signal: AbortSignal,
): Promise<void> {
    try {
        await server.open(signal);
    } catch (error) {
        await intake.end();
        if (signal.aborted) return;
        throw error;
    }
    const checked = reportNumber(number, signal);
    try {
        await aborted(signal);
    } finally {
        // What is not taken now is answered with 503, and comes again at the next start.
        await intake.end();
        await server.close();
        await checked;
    }
}

/** Tells the administrator whether the number can be used. Never fails. */
async function reportNumber(number: SendingNumber, signal: AbortSignal): Promise<void> {
    const { client, health, logger, phoneNumberId, timings } = number;
    for (let failures = 1; !signal.aborted; failures += 1) {
        try {
            const { verifiedName, quality } = await health.watch(
                askForNumber(client, phoneNumberId, signal),
            );
            health.ready();
            logger.info(
                { whatsapp: "ready", phoneNumberId, name: verifiedName, quality },
                "WhatsApp: the phone number is ready, the assistant answers on it",
            );
            return;
        } catch (error) {
            if (signal.aborted || isAppError(error, "config-invalid")) return;
            health.unreachable();
            const level = failures === 1 ? "warn" : "debug";
            const fields = { whatsapp: "unreachable", ...describeError(error) };
            logger[level](fields, "WhatsApp: Meta is not reachable; trying again until it is");
        }
        await wait(backoffMs(failures, timings.reconnect), signal).catch(() => undefined);
    }
}

async function aborted(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
    });
}
