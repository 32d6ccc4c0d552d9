/** The part of `bimedix2 init` that has to do with Telegram. */
import { randomInt } from "node:crypto";
import { encodeQR } from "qr";
import { checkTelegramToken } from "../../adapters/telegram/check-token.ts";
import { meetAdministrator, meetingLink } from "../../adapters/telegram/meet-administrator.ts";
import { isAppError } from "../errors.ts";
import { telegramTokenPattern } from "../settings/secrets.ts";
import { type Questioner, say } from "./questions.ts";

/** How long the administrator may take to open the chat on a phone. */
const meetingMs = 180_000;
const askMs = 15_000;

/** A bot, as Telegram knows it. */
export interface Bot {
    readonly token: string;
    /** Empty: Telegram could not be asked. */
    readonly username: string;
}

/** A token that Telegram accepts; `undefined`: none for now. */
export async function askToken(
    questions: Questioner,
    hasToken: boolean,
    signal: AbortSignal,
): Promise<Bot | undefined> {
    say("\nTelegram: write /newbot to @BotFather in Telegram; it answers with a token.");
    for (;;) {
        const token = await questions.ask({
            text: hasToken
                ? "Another token (empty: keep the one in .env)"
                : "The token (empty: later)",
            fault: (answer) =>
                answer === "" || telegramTokenPattern.test(answer)
                    ? undefined
                    : "A token is digits, a colon and 35 letters, digits or signs.",
        });
        if (token === "") return undefined;
        try {
            const bounded = AbortSignal.any([signal, AbortSignal.timeout(askMs)]);
            const { username } = await checkTelegramToken({ token, ...apiRoot(), signal: bounded });
            say(`  The token belongs to @${username}.`);
            return { token, username };
        } catch (error) {
            if (!isAppError(error) || signal.aborted) throw error;
            say(`  ${[error.message, error.remedy ?? ""].join(" ").trim()}`);
            if (isAppError(error, "config-invalid")) continue;
            if (await questions.confirm("Keep this token without having tried it?", false)) {
                return { token, username: "" };
            }
        }
    }
}

/** A Bot API server of the clinic's own, as for every other command. */
function apiRoot(): { readonly apiRoot?: string } {
    const address = process.env["TELEGRAM_API_ROOT"];
    return address ? { apiRoot: address } : {};
}

/** Has the bot write to the administrator; gives the number of their account, if they wanted and came. */
export async function greetAdministrator(
    questions: Questioner,
    { token, username }: Bot,
    signal: AbortSignal,
): Promise<number | undefined> {
    const wanted =
        username !== "" && (await questions.confirm("Try it with your own Telegram now?", true));
    if (!wanted) return undefined;
    const code = String(randomInt(100_000, 1_000_000));
    const link = meetingLink(username, code);
    say(`\nOpen this on your phone and press Start:\n  ${link}\n${encodeQR(link, "ascii")}`);
    try {
        const met = await meetAdministrator(
            { token, ...apiRoot(), code, patienceMs: meetingMs, signal },
            hello,
        );
        const isMet = met !== undefined;
        say(isMet ? "The bot has written to you." : "Nobody came. The token works all the same.");
        return met;
    } catch (error) {
        if (!isAppError(error) || signal.aborted) throw error;
        say([error.message, error.remedy ?? ""].join(" ").trim());
        return undefined;
    }
}

const hello =
    "Your clinic's assistant can write to you: the token works. It answers as soon as it is started.\n\nيمكن لمساعد عيادتكم مراسلتكم: الرمز يعمل. سيجيب بعد تشغيله.";
