import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { isAppError } from "../../src/errors.ts";
import type { RefusalBody, RefusalCode } from "./wire.ts";

const statuses: Readonly<Record<RefusalCode, ContentfulStatusCode>> = {
    "wrong-password": 401,
    "wrong-address": 401,
    "too-many-attempts": 429,
    "signed-out": 401,
    "foreign-origin": 403,
    "unknown-host": 421,
    "not-found": 404,
    "wrong-request": 400,
    "too-large": 413,
    "too-many": 429,
    "not-recorded": 503,
    "store-away": 503,
    unreadable: 500,
    "chat-closed": 503,
    "not-taken-yet": 503,
    failed: 500,
};

/** Something that the page's server does not do. */
export class Refusal extends Error {
    readonly code: RefusalCode;
    readonly retryAfterMs: number | undefined;

    constructor(code: RefusalCode, retryAfterMs?: number) {
        super(code);
        this.code = code;
        this.retryAfterMs = retryAfterMs;
    }
}

/** A refusal as the page gets it. */
export function refuse(context: Context, { code, retryAfterMs }: Refusal): Response {
    const body: RefusalBody = { code, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
    if (retryAfterMs !== undefined) {
        context.header("Retry-After", String(Math.ceil(retryAfterMs / 1000)));
    }
    return context.json(body, statuses[code]);
}

/** What a failure of the store means for the page; `undefined`: it is unforeseen. */
export function asRefusal(error: unknown): Refusal | undefined {
    if (error instanceof Refusal) return error;
    if (!isAppError(error)) return undefined;
    if (error.code === "store-unavailable") return new Refusal("store-away");
    return error.code === "store-failed" ? new Refusal("unreadable") : undefined;
}
