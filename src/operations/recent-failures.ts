import type { Logger } from "../log.ts";
import type { RecentFailure } from "../status-ports.ts";

const most = 20;

/** What failed lately: equal failures are one, with how often they happened. */
export class RecentFailures {
    /** Oldest first. */
    readonly #failures = new Map<string, RecentFailure>();

    /** Passes everything on to `logger`, and remembers its warnings and errors. */
    watch(logger: Logger): Logger {
        const watched =
            (level: "warn" | "error"): Logger["warn"] =>
            (fields: unknown, sentence?: string) => {
                logger[level](fields, sentence);
                this.#remember(level, fields, sentence);
            };
        return {
            debug: logger.debug.bind(logger),
            info: logger.info.bind(logger),
            warn: watched("warn"),
            error: watched("error"),
        };
    }

    /** Latest first, at most 20. */
    list(): readonly RecentFailure[] {
        return [...this.#failures.values()].toReversed();
    }

    #remember(level: "warn" | "error", fields: unknown, sentence: string | undefined): void {
        const { code, error, message, remedy, source } = texts(fields);
        // llama.cpp warns of peculiarities of a model at every start; nobody can do anything.
        if (source !== undefined && level === "warn") return;
        const said = [sentence, message].filter((text) => text !== undefined).join(": ");
        const name = code ?? error ?? level;
        const key = `${name} ${said}`;
        const failure: RecentFailure = {
            code: name,
            message: said,
            ...(remedy === undefined ? {} : { remedy }),
            atMs: Date.now(),
            count: (this.#failures.get(key)?.count ?? 0) + 1,
        };
        this.#failures.delete(key);
        this.#failures.set(key, failure);
        const [oldest] = this.#failures.keys();
        if (this.#failures.size > most && oldest !== undefined) this.#failures.delete(oldest);
    }
}

/** What of an entry may be shown: the fields of `describeError`, and who speaks. */
function texts(
    fields: unknown,
): Partial<Record<"code" | "error" | "message" | "remedy" | "source", string>> {
    if (typeof fields !== "object" || fields === null) return {};
    const names = ["code", "error", "message", "remedy", "source"];
    return Object.fromEntries(
        Object.entries(fields).filter(
            ([name, value]) => names.includes(name) && typeof value === "string",
        ),
    );
}
