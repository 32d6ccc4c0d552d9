/** A Telegram bot token: the bot's number, a colon and 35 characters. */
export const telegramTokenPattern = /^\d{6,12}:[\w-]{35}$/;

/** An access token of Meta's Graph API. */
export const whatsappTokenPattern = /^EAA\w{17,500}$/;

const secretPatterns = [
    { variable: "WHATSAPP_ACCESS_TOKEN", pattern: /\bEAA\w{17,}/g },
    { variable: "TELEGRAM_BOT_TOKEN", pattern: /\b\d{6,12}:[\w-]{30,}/g },
    { variable: "REDIS_URL", pattern: /\brediss?:\/\/[^\s@/]*:[^\s@]*@/gi },
] as const;

/** Where a text holds what looks like a secret, and the variable it belongs in. */
export function findSecrets(
    text: string,
): { readonly offset: number; readonly variable: string }[] {
    return secretPatterns.flatMap(({ variable, pattern }) =>
        [...text.matchAll(pattern)].map(({ index }) => ({ offset: index, variable })),
    );
}

/** Whether a name from a file can be shown: it is a plain word, too short to hold a token. */
export function isShowable(name: string): boolean {
    return /^[\p{L}_][\p{L}\p{M}\d_. -]{0,29}$/u.test(name);
}
