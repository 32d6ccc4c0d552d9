/** What the clinic's administrators read in their chats: how everything stands, and what has broken. */
import { createHash } from "node:crypto";
import { AlertKeeper, type AlertNews } from "./alerts/alert-keeper.ts";
import { type Alert, type ClinicView, findAlerts, worksAgain } from "./alerts/find-alerts.ts";
import type { ReplyParts } from "./assistant.ts";
import { describeError } from "./log.ts";
import type { ConversationKey, Language, PlatformAccount, PlatformName } from "./message.ts";
import type { Notices } from "./notices.ts";
import type { ConversationStore } from "./ports.ts";
import type { Inbox, Outbox } from "./queue-ports.ts";
import type { Postbox } from "./staff-ports.ts";
import type { StatusBoard } from "./status-ports.ts";
import { wait } from "./wait.ts";

/** Where the view of the clinic comes from. */
export interface ClinicWatchParts {
    readonly board: Pick<StatusBoard, "read">;
    readonly inbox: Pick<Inbox, "backlog">;
    readonly outbox: Pick<Outbox, "dead">;
}

/** How administrators are reached. */
export interface AdministratorParts {
    /** As they are now. */
    readonly reply: () => Pick<ReplyParts, "notices" | "settings" | "logger">;
    /** Their conversations with the assistant, as they are now. */
    readonly rooms: () => readonly ConversationKey[];
    readonly postbox: Postbox;
    readonly store: Pick<ConversationStore, "readSettings">;
}

const lookEveryMs = 5_000;

/** Looks at the clinic now and then, so that whoever asks is answered at once. */
export class ClinicWatch {
    readonly #parts: ClinicWatchParts;
    readonly #keeper = new AlertKeeper();
    #view: ClinicView | undefined;

    constructor(parts: ClinicWatchParts) {
        this.#parts = parts;
    }

    /** How the clinic stands, for an administrator. Never fails. */
    describe(language: Language, notices: Notices): string {
        if (this.#view === undefined) return notices("status-unknown", language);
        const { processes, backlog, dead } = this.#view;
        const alerts = findAlerts(this.#view);
        const waiting = new Set(
            processes.flatMap(({ configuration }) => configuration.afterRestart),
        );
        return [
            ...(alerts.length === 0 ? [notices("status-well", language)] : []),
            ...alerts.map((alert) => describeAlert({ alert, kind: "begun" }, language, notices)),
            notices("status-facts", language, {
                processes: String(processes.length),
                waiting: String(backlog.conversations),
                count: String(dead.length),
            }),
            ...(waiting.size === 0
                ? []
                : [notices("status-restart", language, { text: [...waiting].join(", ") })]),
        ].join("\n\n");
    }

    /** Looks at the clinic until the signal aborts. Never fails. */
    async watch(
        { logger }: Pick<ReplyParts, "logger">,
        signal: AbortSignal,
        everyMs = lookEveryMs,
    ): Promise<void> {
        while (!signal.aborted) {
            try {
                this.#view = await this.#look();
            } catch (error) {
                logger.debug(describeError(error), "The clinic cannot be looked at just now");
            }
            await wait(everyMs, signal).catch(() => undefined);
        }
    }

    /**
     * Tells administrators what has broken and what works again, until the signal aborts. One
     * process of the clinic does so. Never fails.
     */
    async tell(
        parts: AdministratorParts,
        signal: AbortSignal,
        everyMs = lookEveryMs,
    ): Promise<void> {
        while (!signal.aborted) {
            await this.#tellNews(parts);
            await wait(everyMs, signal).catch(() => undefined);
        }
    }

    async #tellNews(parts: AdministratorParts): Promise<void> {
        const view = this.#view;
        if (view === undefined) return;
        const isOver = (alert: Alert): boolean => worksAgain(alert, view);
        try {
            for (const news of this.#keeper.observe(findAlerts(view), Date.now(), isOver)) {
                for (const room of parts.rooms()) await post(news, room, parts);
                this.#keeper.told(news);
            }
        } catch (error) {
            const { logger } = parts.reply();
            logger.warn(describeError(error), "The administrators could not be told of a fault");
        }
    }

    async #look(): Promise<ClinicView> {
        const { board, inbox, outbox } = this.#parts;
        return {
            processes: await board.read(),
            backlog: await inbox.backlog(),
            dead: await outbox.dead(),
        };
    }
}

/** @throws `store-unavailable`, `store-failed`. */
async function post(
    news: AlertNews,
    room: ConversationKey,
    { reply, postbox, store }: AdministratorParts,
): Promise<void> {
    const { notices, settings } = reply();
    const { chosenLanguage } = await store.readSettings(room);
    const language = chosenLanguage ?? settings.defaultLanguage;
    const text = describeAlert(news, language, notices);
    await postbox.post(room, { id: nameNews(news), reply: { text, language } });
}

/** What is set aside is named by its time: after a restart it is not told anew. */
function nameNews({ alert, kind, sinceMs }: AlertNews): string {
    const since = alert.name === "undelivered" ? "" : String(sinceMs);
    const name = JSON.stringify([alert.key, kind, since]);
    return createHash("sha256").update(name).digest("base64url").slice(0, 24);
}

function describeAlert(
    { alert, kind }: Pick<AlertNews, "alert" | "kind">,
    language: Language,
    notices: Notices,
): string {
    if (kind === "over") {
        return alert.name === "platform" || alert.name === "link"
            ? notices("alert-platform-over", language, { platform: nameOf(alert.account) })
            : notices(
                  alert.name === "workers" ? "alert-workers-over" : "alert-configuration-over",
                  language,
              );
    }
    switch (alert.name) {
        case "platform":
            return notices("alert-platform", language, {
                platform: nameOf(alert.account),
                text: alert.details,
            });
        case "link":
            return notices("alert-link", language);
        case "workers":
            return notices("alert-workers", language, { waiting: String(alert.waiting) });
        case "configuration":
            return notices("alert-configuration", language, { text: alert.details });
        case "undelivered":
            return notices("alert-undelivered", language, { count: String(alert.count) });
    }
}

const platformNames: Readonly<Record<PlatformName, string>> = {
    telegram: "Telegram",
    "whatsapp-cloud": "WhatsApp (Cloud API)",
    "whatsapp-web": "WhatsApp (WhatsApp Web)",
    web: "web",
    terminal: "terminal",
};

function nameOf(account: PlatformAccount): string {
    const [name = ""] = account.split(":");
    return platformNames[name as PlatformName];
}
