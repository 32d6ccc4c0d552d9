import { isAppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { PlatformCondition } from "../../src/status-ports.ts";
import { backoffMs, wait } from "../../src/wait.ts";
import { type BotClient, identifyBot } from "./bot-client.ts";
import { refusalReason } from "./failures.ts";
import type { TelegramTimings } from "./timings.ts";

/** Telegram has been seen to refuse good tokens for moments: so often in a row is no moment. */
const refusalsToBelieve = 3;

/** How receiving stands, for the administrator. */
type ReceivingState = "starting" | "running" | "taking-over" | "conflict" | "unreachable";

/** What the supervisor needs. */
export interface Supervision {
    readonly client: BotClient;
    readonly timings: TelegramTimings;
    readonly logger: Logger;
    /** Told how receiving stands, for the administrator. */
    readonly onCondition: (condition: PlatformCondition) => void;
    /** Receives until the signal aborts or something fails; calls `onAnswer` whenever it works. */
    readonly session: (username: string, onAnswer: () => void) => Promise<void>;
}

/**
 * Keeps a bot receiving until the signal aborts: connects, and after every fault connects again
 * with growing pauses. Each change of state is logged once.
 *
 * @throws `config-invalid` when Telegram refuses the token several times in a row.
 */
export async function superviseReceiving(
    { client, timings, logger, onCondition, session }: Supervision,
    signal: AbortSignal,
): Promise<void> {
    const report = createReport(logger, onCondition);
    const beganMs = performance.now();
    report("starting");
    let failures = 0;
    let refusals = 0;
    while (!signal.aborted) {
        try {
            const { username } = await identifyBot(client, signal);
            // A webhook that another program has set would keep all messages from us.
            await client.call("deleteWebhook", { drop_pending_updates: false }, { signal });
            await session(username, () => {
                failures = 0;
                refusals = 0;
                report("running", undefined, { bot: `@${username}` });
            });
        } catch (error) {
            if (signal.aborted) return;
            const refused = isAppError(error, "config-invalid");
            failures += 1;
            refusals = refused ? refusals + 1 : 0;
            if (refusals >= refusalsToBelieve) throw error;
            const conflict = refusalReason(error) === "conflict";
            // The process that received before may have a request under way until it ends.
            const takingOver = conflict && performance.now() - beganMs < timings.takeoverMs;
            if (takingOver) report("taking-over");
            else if (!refused) {
                report(conflict ? "conflict" : "unreachable", error);
            }
            await pause(error, takingOver ? 1 : failures, timings, signal);
        }
    }
}

async function pause(
    error: unknown,
    failures: number,
    { reconnect }: TelegramTimings,
    signal: AbortSignal,
): Promise<void> {
    const askedMs = isAppError(error) ? (error.retryAfterMs ?? 0) : 0;
    try {
        await wait(Math.max(askedMs, backoffMs(failures, reconnect)), signal);
    } catch {
        // The signal: the loop ends.
    }
}

const sentences: Readonly<Record<ReceivingState, string>> = {
    starting: "Telegram: connecting",
    running: "Telegram: connected, the assistant receives messages",
    "taking-over": "Telegram: waiting until the process that received before has ended",
    conflict: "Telegram: another program receives this bot's messages; trying again",
    unreachable: "Telegram: not reachable; trying again until it is",
};

function createReport(
    logger: Logger,
    onCondition: Supervision["onCondition"],
): (state: ReceivingState, error?: unknown, fields?: Record<string, unknown>) => void {
    let last: ReceivingState | undefined;
    return (state, error, fields = {}) => {
        const details = error === undefined ? fields : describeError(error);
        if (state !== last) onCondition(conditionOf(state, error));
        const good = state !== "conflict" && state !== "unreachable";
        const level = state === last ? "debug" : good ? "info" : "warn";
        // "Running" is reported at every answer: nothing to say the second time.
        if (!good || state !== last)
            logger[level]({ telegram: state, ...details }, sentences[state]);
        last = state;
    };
}

function conditionOf(state: ReceivingState, error: unknown): PlatformCondition {
    switch (state) {
        case "starting":
        case "taking-over":
            return { name: "starting" };
        case "running":
            return { name: "running" };
        case "conflict":
        case "unreachable": {
            const remedy = isAppError(error) ? error.remedy : undefined;
            const reason = `${sentences[state]}.`;
            return { name: "failing", reason, ...(remedy === undefined ? {} : { remedy }) };
        }
    }
}
