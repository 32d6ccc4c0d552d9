import type { HttpBindings } from "@hono/node-server";
import { type Context, Hono } from "hono";
import { describeError, type Logger } from "../../src/log.ts";
import { hostNameOf, isLoopbackName } from "./known-hosts.ts";
import type { PageSources, Probe } from "./page-options.ts";
import type { PasswordTries } from "./password-tries.ts";

/** What answering programs needs. */
export interface ProbeParts {
    readonly sources: Pick<PageSources, "health" | "ready" | "metrics">;
    readonly password?: string;
    readonly tries: PasswordTries;
    readonly logger: Logger;
}

/**
 * What programs ask: whether the process lives and is ready, which says nothing that is not open to
 * all, and the figures, for this machine or with the page's password.
 */
export function serveProbes({ sources, password, tries, logger }: ProbeParts): Hono<{
    readonly Bindings: HttpBindings;
}> {
    const app = new Hono<{ readonly Bindings: HttpBindings }>();
    const give = async (ask: () => Promise<Probe> | Probe): Promise<Response> => {
        try {
            const { status, body, contentType } = await ask();
            const type = contentType ?? (/^[{[]/.test(body) ? "application/json" : "text/plain");
            return new Response(body, { status, headers: { "Content-Type": type } });
        } catch (error) {
            logger.debug(describeError(error), "The local page cannot answer a program just now");
            return new Response(null, { status: 503 });
        }
    };
    app.get("/healthz", async () => await give(() => sources.health()));
    app.get("/readyz", async () => await give(() => sources.ready()));
    app.get("/metrics", async (context) => {
        if (isThisMachine(context) || (await hasPassword(context, password, tries))) {
            return await give(() => sources.metrics());
        }
        const headers = { "WWW-Authenticate": 'Bearer realm="metrics"' };
        return new Response(null, { status: 401, headers });
    });
    return app;
}

/** Whether a program on this machine asks, by itself: not through a web server, nor a foreign page. */
function isThisMachine({ env, req }: Context<{ readonly Bindings: HttpBindings }>): boolean {
    const from = (env.incoming.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
    const name = hostNameOf(req.header("Host"));
    const isPassedOn = ["Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"].some(
        (header) => req.header(header) !== undefined,
    );
    return isLoopbackName(from) && name !== undefined && isLoopbackName(name) && !isPassedOn;
}

async function hasPassword(
    context: Context<{ readonly Bindings: HttpBindings }>,
    password: string | undefined,
    tries: PasswordTries,
): Promise<boolean> {
    const given = /^Bearer (.+)$/i.exec(context.req.header("Authorization") ?? "")?.[1];
    if (password === undefined || given === undefined) return false;
    return await tries.isRight(given, password, context);
}
