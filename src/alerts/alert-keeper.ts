import type { Alert } from "./find-alerts.ts";

/** What an administrator is to be told. */
export interface AlertNews {
    readonly alert: Alert;
    readonly kind: "begun" | "over";
    /** When it was noticed, in milliseconds since 1970. */
    readonly sinceMs: number;
}

interface Known {
    readonly alert: Alert;
    readonly sinceMs: number;
    /** Whether the administrators have been told. */
    readonly told: boolean;
}

const minute = 60_000;

/** What ends by itself within this time is not worth a message at night. */
const settleMs: Readonly<Record<Alert["name"], number>> = {
    platform: 2 * minute,
    link: 2 * minute,
    workers: 2 * minute,
    // Whoever edits a file saves it several times.
    configuration: minute / 6,
    undelivered: 0,
};

/** Remembers which alerts administrators know of, so that each is told once when it begins and once when it is over. */
export class AlertKeeper {
    #known = new Map<string, Known>();
    /** Replies that were set aside until then have been told of. */
    #undeliveredToldMs = 0;

    /**
     * What is to be told now.
     *
     * @param alerts All that is wrong at this moment.
     * @param isOver Whether what is not among them any more works again; if not, nothing is told yet.
     */
    observe(
        alerts: readonly Alert[],
        nowMs: number,
        isOver: (alert: Alert) => boolean = () => true,
    ): readonly AlertNews[] {
        const news = alerts.filter((alert) => !this.#isOldReply(alert));
        const present = new Map(news.map((alert) => [alert.key, alert]));
        const gone = [...this.#known.values()].filter(({ alert }) => !present.has(alert.key));
        for (const { alert, told } of gone) {
            if (!hasEnd(alert) || (!told && isOver(alert))) this.#known.delete(alert.key);
        }
        for (const [key, alert] of present) {
            const { sinceMs = nowMs, told = false } = this.#known.get(key) ?? {};
            this.#known.set(key, { alert, sinceMs, told });
        }
        return [...this.#known.values()].flatMap(({ alert, sinceMs, told }): AlertNews[] => {
            if (!present.has(alert.key)) {
                return told && isOver(alert) ? [{ alert, kind: "over", sinceMs }] : [];
            }
            const isDue = !told && nowMs - sinceMs >= settleMs[alert.name];
            return isDue ? [{ alert, kind: "begun", sinceMs }] : [];
        });
    }

    /** The administrators have been told of it. */
    told({ alert, kind, sinceMs }: AlertNews): void {
        if (kind === "over") this.#known.delete(alert.key);
        else this.#known.set(alert.key, { alert, sinceMs, told: true });
        if (alert.name === "undelivered") this.#undeliveredToldMs = alert.newestMs;
    }

    /** Whoever deals with the last one leaves those before it, which are no news. */
    #isOldReply(alert: Alert): boolean {
        return alert.name === "undelivered" && alert.newestMs <= this.#undeliveredToldMs;
    }
}

/** Set aside is set aside: nobody needs to be told that somebody has dealt with it. */
function hasEnd({ name }: Alert): boolean {
    return name !== "undelivered";
}
