/** The composition root's part for the clinic's people: where they are, and what holds for them. */
import { webhookRoom } from "../adapters/staff-webhook/staff-webhook.ts";
import { telegramAccount } from "../adapters/telegram/telegram-platform.ts";
import type { StaffParts } from "./assistant.ts";
import type { Config } from "./config.ts";
import type { ConversationKey } from "./message.ts";
import type { Storage } from "./storage.ts";

/** The clinic's people; `undefined` where the configuration names no way to reach them. */
export function openStaff(
    { staff, platforms, tasks }: Pick<Config, "staff" | "platforms" | "tasks">,
    {
        postbox,
        cases,
        summaries,
        store,
    }: Pick<Storage, "postbox" | "cases" | "summaries" | "store">,
): StaffParts | undefined {
    if (!staff) return undefined;
    const { language, onUrgent, showText, silentMs, hours } = staff;
    return {
        settings: {
            language,
            onUrgent,
            showText,
            silentMs,
            ...(hours === undefined ? {} : { hours }),
        },
        rooms: staffRooms({ staff, platforms }),
        postbox,
        cases,
        summaries: tasks.caseSummaries ? summaries : { ask: () => Promise.resolve() },
        store,
    };
}

/** Where the clinic's people are written to: what is kept of these is no patient's. */
export function staffRooms({
    staff,
    platforms: { telegram },
}: Pick<Config, "staff" | "platforms">): readonly ConversationKey[] {
    const group = staff?.telegramGroup;
    return [
        ...(group !== undefined && telegram
            ? [`${telegramAccount(telegram.token)}:${group}` as const]
            : []),
        ...(staff?.webhook ? [webhookRoom] : []),
    ];
}
