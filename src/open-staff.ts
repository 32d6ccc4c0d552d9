/** The composition root's part for the clinic's people: where they are, and what holds for them. */
import { webhookRoom } from "../adapters/staff-webhook/staff-webhook.ts";
import { telegramAccount } from "../adapters/telegram/telegram-platform.ts";
import type { StaffParts } from "./assistant.ts";
import type { Config } from "./config.ts";
import type { ConversationKey } from "./message.ts";
import type { Storage } from "./storage.ts";

/** The clinic's people; `undefined` where the configuration names no way to reach them. */
export function openStaff(
    { staff, platforms }: Pick<Config, "staff" | "platforms">,
    {
        postbox,
        cases,
        summaries,
        store,
    }: Pick<Storage, "postbox" | "cases" | "summaries" | "store">,
): StaffParts | undefined {
    if (!staff) return undefined;
    const { telegramGroup, language, onUrgent, showText, silentMs, hours } = staff;
    const group: readonly ConversationKey[] =
        telegramGroup === undefined || !platforms.telegram
            ? []
            : [`${telegramAccount(platforms.telegram.token)}:${telegramGroup}`];
    return {
        settings: {
            language,
            onUrgent,
            showText,
            silentMs,
            ...(hours === undefined ? {} : { hours }),
        },
        rooms: [...group, ...(staff.webhook ? [webhookRoom] : [])],
        postbox,
        cases,
        summaries,
        store,
    };
}
