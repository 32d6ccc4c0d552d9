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

    /**
     * What is to be told now.
     *
     * @param alerts All that is wrong at this moment.
     */
    observe(alerts: readonly Alert[], nowMs: number): readonly AlertNews[] {
        const present = new Map(alerts.map((alert) => [alert.key, alert]));
        const over = [...this.#known.values()].filter(({ alert }) => !present.has(alert.key));
        for (const { alert, told } of over) {
            if (!told || !hasEnd(alert)) this.#known.delete(alert.key);
        }
        for (const [key, alert] of present) {
            const { sinceMs = nowMs, told = false } = this.#known.get(key) ?? {};
            this.#known.set(key, { alert, sinceMs, told });
        }
        return [...this.#known.values()].flatMap(({ alert, sinceMs, told }): AlertNews[] => {
            if (!present.has(alert.key)) return [{ alert, kind: "over", sinceMs }];
            const isDue = !told && nowMs - sinceMs >= settleMs[alert.name];
            return isDue ? [{ alert, kind: "begun", sinceMs }] : [];
        });
    }

    /** The administrators have been told of it. */
    told({ alert, kind, sinceMs }: AlertNews): void {
        if (kind === "over") this.#known.delete(alert.key);
        else this.#known.set(alert.key, { alert, sinceMs, told: true });
    }
}

/** Set aside is set aside: nobody needs to be told that somebody has dealt with it. */
function hasEnd({ name }: Alert): boolean {
    return name !== "undelivered";
}
