import { randomBytes } from "node:crypto";
import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import { describeError, type Logger } from "../../src/log.ts";
import type { AuditLog } from "../../src/status-ports.ts";
import type { PasswordTries } from "./password-tries.ts";
import { Refusal } from "./refusal.ts";
import type { Session, Sessions } from "./sessions.ts";
import type { SessionState } from "./wire.ts";

/** What requests to the page carry. */
export interface PageEnvironment {
    readonly Bindings: HttpBindings;
    readonly Variables: { session: Session; secret: string };
}

/** What signing in needs. */
export interface SignInParts {
    readonly sessions: Sessions;
    /** Begins the chat of a new session; gives its name. */
    readonly beginChat: () => string;
    readonly audit: AuditLog;
    readonly password?: string;
    /** The secret in the page's address, where there is no password. */
    readonly token: string;
    readonly tries: PasswordTries;
    readonly port: () => number;
    readonly logger: Logger;
}

const credentials = z.object({
    password: z.string().max(1_000).optional(),
    token: z.string().max(200).optional(),
});

/** A secret for the page's address. */
export function createToken(): string {
    return randomBytes(24).toString("base64url");
}

/** The names of cookies know no ports: two pages on one machine must not share one. */
export function cookieName({ port }: Pick<SignInParts, "port">): string {
    return `bimedix2-${port()}`;
}

/** Signing in and out. */
export function serveSignIn(parts: SignInParts): Hono<PageEnvironment> {
    const { sessions, audit, password, token, tries, logger } = parts;
    const method = password === undefined ? "address" : "password";
    const app = new Hono<PageEnvironment>();
    app.get("/", (context) => {
        const secret = getCookie(context, cookieName(parts));
        const state: SessionState = { signedIn: sessions.find(secret) !== undefined, method };
        return context.json(state);
    });
    app.post("/", async (context) => {
        const given = credentials.safeParse(await context.req.json().catch(() => undefined)).data;
        if (!given) throw new Refusal("wrong-request");
        const secret = (method === "password" ? given.password : given.token) ?? "";
        if (!(await tries.isRight(secret, password ?? token, context))) {
            throw new Refusal(method === "password" ? "wrong-password" : "wrong-address");
        }
        await recorded(audit.record({ what: "sign-in", who: "page" }), logger);
        const begun = sessions.begin(parts.beginChat());
        setCookie(context, cookieName(parts), begun.secret, {
            httpOnly: true,
            sameSite: "Strict",
            // Behind a web server the page is reached over TLS, on this machine itself it is not.
            secure: isOverTls(context),
            path: "/",
        });
        return context.body(null, 204);
    });
    app.delete("/", (context) => {
        const name = cookieName(parts);
        const secret = getCookie(context, name);
        if (secret !== undefined) sessions.end(secret);
        deleteCookie(context, name, { path: "/", secure: isOverTls(context) });
        return context.body(null, 204);
    });
    return app;
}

/**
 * Waits until an act is written down.
 *
 * @throws `Refusal` `not-recorded`: then it must not be done.
 */
export async function recorded(record: Promise<void>, logger: Logger): Promise<void> {
    try {
        await record;
    } catch (error) {
        logger.error(describeError(error), "an act on the page was refused: it is not recorded");
        throw new Refusal("not-recorded");
    }
}

/** Whether the browser speaks TLS, by the origin that every signing in states. */
function isOverTls(context: Context<PageEnvironment>): boolean {
    return context.req.header("Origin")?.startsWith("https:") ?? false;
}
