import { createHmac } from "node:crypto";
import { AppError } from "../../src/errors.ts";
import { describeError, type Logger } from "../../src/log.ts";
import type { Allowance, Limits, LimitSettings } from "../../src/safety-ports.ts";
import type { RedisClient } from "./client.ts";
import { translateRedisError } from "./failures.ts";
import { createRateLimitWindow } from "./rate-limit-window.ts";
import { createDailyUsage, type DailyUsage } from "./usage.ts";
import { within } from "./within.ts";

/** How limits are kept. */
export interface LimitsOptions {
    readonly keyPrefix: string;
    readonly settings: LimitSettings;
    readonly logger: Logger;
    /** Longest that anybody waits for the limits: then care comes first. Default: half a second. */
    readonly patienceMs?: number;
}

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

type Scope = "patient" | "clinic";

/** One limit. */
interface Rule {
    readonly scope: Scope;
    readonly reason: "rate" | "daily-cost";
    readonly window: string;
    /** The milliseconds until it allows more, or `undefined` where it allows this. */
    refuse(key: string): Promise<number | undefined>;
}

/** A limit of cost, which can be booked. */
interface CostRule extends Rule, Pick<DailyUsage, "book"> {}

/** Limits in Redis. All their keys are hashed and expire by themselves, within a day. */
export function createLimits(
    client: RedisClient,
    { keyPrefix, settings, logger, patienceMs = 500 }: LimitsOptions,
): Limits {
    const keyOf = (conversation: string, scope: Scope, name: string): string =>
        `${keyPrefix}{limit:${scope === "clinic" ? scope : pseudonym(keyPrefix, conversation)}}:${name}`;
    const costs = costRules(client, settings);
    const rules: Readonly<Record<"message" | "question", readonly Rule[]>> = {
        message: messageRules(client, settings),
        question: [...costs, ...questionRules(client, settings)],
    };
    const take = async (conversation: string, kind: "message" | "question"): Promise<Allowance> => {
        for (const rule of rules[kind]) {
            const { scope, reason, window } = rule;
            const leftMs = await rule.refuse(keyOf(conversation, scope, window));
            if (leftMs === undefined) continue;
            // The window may end this very moment.
            const retryAfterMs = Math.max(1, leftMs);
            // Each patient is told, of the clinic's limits as well.
            const told = keyOf(conversation, "patient", `told-${scope}-${window}`);
            const first = await client.set(told, "", {
                condition: "NX",
                expiration: { type: "PX", value: retryAfterMs },
            });
            return { allowed: false, scope, reason, retryAfterMs, told: first === null };
        }
        return { allowed: true };
    };
    const attempt = createAttempts(client, patienceMs, logger);
    return {
        take: (conversation, kind) => attempt(() => take(conversation, kind), { allowed: true }),
        spend: async (conversation, tokens) => {
            const amount = Math.round(tokens);
            if (!(amount > 0)) return;
            await attempt(async () => {
                for (const cost of costs) {
                    await cost.book(keyOf(conversation, cost.scope, cost.window), amount);
                }
            }, undefined);
        },
    };
}

/** Names a conversation in keys that outlast the erasing of what was said in it. */
function pseudonym(keyPrefix: string, conversation: string): string {
    return createHmac("sha256", keyPrefix).update(conversation).digest("base64url");
}

function costRules(client: RedisClient, settings: LimitSettings): readonly CostRule[] {
    const rule = (scope: Scope): CostRule[] => {
        const { tokensPerDay } = settings[scope];
        if (!tokensPerDay) return [];
        const usage = createDailyUsage(client, tokensPerDay);
        return [
            {
                scope,
                reason: "daily-cost",
                window: "tokens-day",
                refuse: (key) => usage.exhausted(key),
                book: (key, tokens) => usage.book(key, tokens),
            },
        ];
    };
    return [...rule("patient"), ...rule("clinic")];
}

function messageRules(client: RedisClient, { patient }: LimitSettings): readonly Rule[] {
    return rateRule(client, "patient", "messages-minute", patient.messagesPerMinute, minute);
}

/**
 * Shorter windows before longer ones, and the patient's before the clinic's: what one refuses uses
 * up nothing of those behind it.
 */
function questionRules(client: RedisClient, { patient, clinic }: LimitSettings): readonly Rule[] {
    return [
        ...rateRule(client, "patient", "questions-minute", patient.questionsPerMinute, minute),
        ...rateRule(client, "patient", "questions-hour", patient.questionsPerHour, hour),
        ...rateRule(client, "patient", "questions-day", patient.questionsPerDay, day),
        ...rateRule(client, "clinic", "questions-hour", clinic.questionsPerHour, hour),
    ];
}

function rateRule(
    client: RedisClient,
    scope: Scope,
    window: string,
    limit: number | undefined,
    seconds: number,
): readonly Rule[] {
    if (!limit) return [];
    const counted = createRateLimitWindow(client, { limit, seconds });
    return [{ scope, reason: "rate", window, refuse: (key) => counted.take(key) }];
}

/** Does without the limits while Redis is away or refuses, and logs that once an outage. */
function createAttempts(
    client: RedisClient,
    patienceMs: number,
    logger: Logger,
): <Result>(work: () => Promise<Result>, otherwise: Result) => Promise<Result> {
    let reported = false;
    return async (work, otherwise) => {
        try {
            if (!client.isReady) throw away();
            const result = await within(patienceMs, work());
            reported = false;
            return result;
        } catch (error) {
            const details = describeError(translateRedisError(error));
            if (!reported) logger.warn(details, "Limits are not applied while Redis is away");
            reported = true;
            return otherwise;
        }
    };
}

function away(): AppError {
    return new AppError("store-unavailable", "There is no connection to Redis.", {
        retryable: true,
    });
}
