import type { Update } from "telegraf/types";
import type { Logger } from "../../src/log.ts";
import type { Bot } from "./normalise-update.ts";

/** The parts of a group's service messages that matter to the administrator. */
interface ServiceMessage {
    readonly chat?: { readonly id: number; readonly type: string };
    readonly new_chat_members?: readonly { readonly id: number }[];
    readonly group_chat_created?: true;
    readonly supergroup_chat_created?: true;
    readonly migrate_to_chat_id?: number;
}

/**
 * Tells the administrator what the settings need to know of groups: the number of one that the bot
 * was added to, and the new number of the staff's. The number of a group tells nothing of a patient.
 */
export function reportGroupNews(update: Update, bot: Bot, logger: Logger): void {
    const { message } = update as { readonly message?: ServiceMessage };
    if (!message?.chat || message.chat.type === "private") return;
    const { id } = message.chat;
    if (message.migrate_to_chat_id !== undefined) {
        if (id !== bot.staffChat) return;
        const remedy = `Set staff.telegramGroup in clinic.yaml to "${message.migrate_to_chat_id}".`;
        logger.error(
            { telegram: "staff-group", remedy },
            "Telegram has given the group of the clinic's people another number",
        );
        return;
    }
    const isAdded = message.new_chat_members?.some((member) => String(member.id) === bot.id);
    if (!isAdded && !message.group_chat_created && !message.supergroup_chat_created) return;
    if (id === bot.staffChat) {
        logger.info({ telegram: "staff-group" }, "Telegram: the bot is in the staff's group");
        return;
    }
    const remedy = `If it is the group of the clinic's people, set staff.telegramGroup in clinic.yaml to "${id}".`;
    logger.warn(
        { telegram: "group", group: String(id), remedy },
        "Telegram: the bot is in a group",
    );
}
