import { AppError, isAppError } from "../../src/errors.ts";
import { type BotAccount, createBotClient } from "./bot-client.ts";
import { defaultTimings } from "./timings.ts";

/** What Telegram says of a group and of the bot in it, as far as it is looked at. */
interface Group {
    readonly title?: string;
    readonly permissions?: { readonly can_send_messages?: boolean };
}
interface Member {
    readonly status: string;
    readonly can_send_messages?: boolean;
}

/**
 * Asks Telegram whether a bot is in a group and may write there. Sends and changes nothing.
 *
 * @throws `config-invalid` with the remedy when it is not or may not; `platform-unavailable`
 * (retryable), `aborted`.
 */
export async function checkStaffGroup({
    group,
    signal,
    ...account
}: BotAccount & { readonly group: number; readonly signal: AbortSignal }): Promise<{
    readonly title: string;
}> {
    const client = createBotClient(account, defaultTimings);
    const place = { chat_id: group };
    try {
        const chat = (await client.call("getChat", place, { signal })) as Group;
        const bot = { ...place, user_id: Number(client.botId) };
        const member = (await client.call("getChatMember", bot, { signal })) as Member;
        if (["left", "kicked"].includes(member.status)) throw notThere();
        const mayWrite =
            member.status === "restricted"
                ? member.can_send_messages
                : chat.permissions?.can_send_messages;
        if (member.status !== "administrator" && mayWrite === false) {
            throw new AppError("config-invalid", "The bot may not write in the staff's group.", {
                remedy: "Allow its members to send messages, or make the bot an administrator of the group.",
            });
        }
        return { title: chat.title ?? "" };
    } catch (error) {
        if (isAppError(error, "platform-rejected", "patient-unreachable")) throw notThere();
        throw error;
    }
}

function notThere(): AppError {
    return new AppError("config-invalid", "The bot is not in the staff's group.", {
        remedy: "Add the bot to the group, and see that staff.telegramGroup in clinic.yaml is the group's number (docs/staff.md).",
    });
}
