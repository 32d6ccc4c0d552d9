import type { QueueSettings, ReplyParts } from "./assistant.ts";
import { isAppError } from "./errors.ts";
import { describeError } from "./log.ts";
import type { Reply } from "./message.ts";
import type { Platform } from "./ports.ts";
import type { DeliveryEnd, OpenDelivery } from "./queue-ports.ts";
import { tellPatient } from "./tell-patient.ts";
import { tellUndelivered } from "./tell-undelivered.ts";

/**
 * Delivers one reply, shown while it is being written. A platform that is away is tried again, with
 * pauses that grow with the reply's age, until the clinic's patience ends; what it refuses becomes
 * an apology. A note for the clinic's people is never given up: what cannot be delivered is set
 * aside.
 *
 * @throws `aborted` when the process stops or another has taken the delivery over: what is shown
 * stays, for the process that goes on.
 */
export async function deliverReply(
    delivery: OpenDelivery,
    platform: Platform,
    parts: ReplyParts,
    { deliveryGiveUpMs }: Pick<QueueSettings, "deliveryGiveUpMs">,
): Promise<DeliveryEnd> {
    const writer = platform.startReply(delivery.to, delivery.journal);
    delivery.onProgress((textSoFar) => writer.show(textSoFar));
    let committed: Awaited<ReturnType<OpenDelivery["reply"]>>;
    try {
        committed = await delivery.reply();
        if (!committed) {
            await writer.abandon();
            return "delivered";
        }
        await writer.finish(committed.reply, delivery.signal);
        return "delivered";
    } catch (error) {
        const isOver = committed && !isAppError(error, "aborted") && !mayWorkLater(error);
        await writer.abandon({ left: !isOver });
        if (!committed || isAppError(error, "aborted")) throw error;
        if (isOver) return await giveUp(error, committed.reply, delivery, platform, parts);
        parts.logger.warn(describeError(error), "a reply will be delivered later");
        const ageMs = Date.now() - committed.committedAtMs;
        if (ageMs < deliveryGiveUpMs) return { againInMs: pauseMs(ageMs, error) };
        if (!committed.reply.note) await tellStaffOf(delivery, parts);
        return "dead";
    }
}

function mayWorkLater(error: unknown): boolean {
    return isAppError(error) && error.retryable;
}

const shortestPauseMs = 1000;
const longestPauseMs = 60_000;

/** As long as the reply is old already, so that the pauses double; or as the platform wishes. */
function pauseMs(ageMs: number, error: unknown): number {
    const askedMs = isAppError(error) ? (error.retryAfterMs ?? 0) : 0;
    return Math.max(Math.min(Math.max(ageMs, shortestPauseMs), longestPauseMs), askedMs);
}

async function giveUp(
    error: unknown,
    { language, note }: Reply,
    delivery: OpenDelivery,
    platform: Platform,
    parts: ReplyParts,
): Promise<DeliveryEnd> {
    if (note) {
        parts.logger.error(
            { ...describeError(error), ...remedyForRoom(error) },
            "a note for the clinic's people is set aside",
        );
        return "dead";
    }
    parts.logger.warn(describeError(error), "a reply could not be delivered");
    if (!isAppError(error, "patient-unreachable")) {
        const sorry = { text: parts.notices("failed", language), language };
        await tellPatient(sorry, delivery.to, platform, parts, delivery.signal);
    }
    await tellStaffOf(delivery, parts);
    return "dropped";
}

async function tellStaffOf(delivery: OpenDelivery, parts: ReplyParts): Promise<void> {
    if (parts.staff) await tellUndelivered(delivery, parts, parts.staff);
}

/** A platform does not know that a chat is the clinic's own: its advice would be about a patient. */
function remedyForRoom(error: unknown): { readonly remedy?: string } {
    const isAdvised = isAppError(error) && error.remedy !== undefined;
    if (isAdvised && !isAppError(error, "patient-unreachable")) return {};
    return {
        remedy: "See that the bot is in the group of staff.telegramGroup and may write there; if not, add it to the group again. Then send the note again with: bimedix2 queue resend --all",
    };
}
