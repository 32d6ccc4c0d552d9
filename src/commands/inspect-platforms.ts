import { checkTelegramToken } from "../../adapters/telegram/check-token.ts";
import { checkPhoneNumber } from "../../adapters/whatsapp-cloud/check-phone-number.ts";
import { findBrowser } from "../../adapters/whatsapp-web/find-browser.ts";
import { webhookHost } from "../../adapters/telegram/webhook.ts";
import type { Config } from "../config.ts";
import type { Finding } from "./finding.ts";

/** Longest time for one question to a platform. */
const askMs = 15_000;

/** Whether Telegram accepts the token. */
export async function inspectTelegram({ platforms }: Config): Promise<Finding> {
    const { telegram, whatsappCloud, whatsappWeb } = platforms;
    if (!telegram) {
        if (whatsappCloud || whatsappWeb) return { state: "ok", text: "not set up" };
        return {
            state: "notice",
            text: "not set up.",
            remedy: "Put the token of @BotFather into .env as TELEGRAM_BOT_TOKEN=… (docs/telegram.md).",
        };
    }
    const signal = AbortSignal.timeout(askMs);
    const { username } = await checkTelegramToken({ ...telegram, signal });
    const text = `the token belongs to @${username}`;
    const host = await webhookHost({ ...telegram, signal });
    if (host === undefined) return { state: "ok", text };
    return {
        state: "notice",
        text: `${text}, but another program is handed its messages: ${host}.`,
        remedy: "The start of this program takes them over, and so does bimedix2 doctor --fix. If that program is still needed, give it another bot.",
    };
}

/** What is missing where there are phone number ids alone. */
export const cloudRemedy =
    "platforms.whatsappCloud.phoneNumberIds is set, but the secrets are not: put WHATSAPP_ACCESS_TOKEN=…, WHATSAPP_APP_SECRET=… and WHATSAPP_VERIFY_TOKEN=… into the file .env (docs/whatsapp-cloud.md).";

/** Whether Meta lets the access token use each of the phone numbers. */
export async function inspectWhatsAppCloud({ platforms }: Config): Promise<Finding> {
    if (!platforms.whatsappCloud) {
        return platforms.cloudLacksSecrets
            ? { state: "notice", text: "off.", remedy: cloudRemedy }
            : { state: "ok", text: "not set up (docs/whatsapp-cloud.md)" };
    }
    const { accessToken, graphRoot, phoneNumberIds } = platforms.whatsappCloud;
    const numbers: string[] = [];
    const disliked: string[] = [];
    for (const phoneNumberId of phoneNumberIds) {
        const signal = AbortSignal.timeout(askMs);
        const check = { accessToken, graphRoot, phoneNumberId, signal };
        const { verifiedName, quality } = await checkPhoneNumber(check);
        const name = verifiedName ?? phoneNumberId;
        numbers.push(name);
        if (quality === "RED") disliked.push(name);
    }
    if (disliked.length > 0) {
        return {
            state: "notice",
            text: `${disliked.join(", ")}: patients have blocked or reported the number often.`,
            remedy: "See WhatsApp Manager, Phone numbers, for the reasons: Meta lowers the limits of such a number.",
        };
    }
    return { state: "ok", text: `the token may use ${numbers.join(", ")}` };
}

/** Whether there is a browser for WhatsApp Web. */
export async function inspectWhatsAppWeb({ platforms }: Config): Promise<Finding> {
    if (!platforms.whatsappWeb) {
        return { state: "ok", text: "switched off (docs/whatsapp-web.md)" };
    }
    const browser = await findBrowser(platforms.whatsappWeb.browser);
    return { state: "ok", text: `runs in ${browser}; WhatsApp can block the number` };
}
