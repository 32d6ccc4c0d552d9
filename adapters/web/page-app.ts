import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie } from "hono/cookie";
import { describeError, type Logger } from "../../src/log.ts";
import { type ChatRoutes, serveChat } from "./chat-routes.ts";
import { serveDeadLetters } from "./dead-letter-routes.ts";
import type { EventStreams } from "./events.ts";
import { type HostSettings, isKnownHost, isOwnOrigin } from "./known-hosts.ts";
import { pageHeaders } from "./page-document.ts";
import { servePageFiles } from "./page-files.ts";
import type { LocalPageOptions } from "./page-options.ts";
import { serveProbes } from "./probes.ts";
import { asRefusal, Refusal, refuse } from "./refusal.ts";
import { cookieName, type PageEnvironment, serveSignIn, type SignInParts } from "./sign-in.ts";
import { SlowSenders } from "./slow-senders.ts";

/** What the page's server is made of. */
export interface PageAppParts {
    readonly options: LocalPageOptions;
    readonly signIn: SignInParts;
    readonly chat: ChatRoutes;
    readonly streams: EventStreams;
    /** Called when the replies that were set aside have changed. */
    readonly onDeadLetters: () => void;
}

const mostBytes = 64 * 1024;
/** Asked by machines under any name: they say nothing. */
const openPaths: readonly string[] = ["/healthz", "/readyz", "/metrics"];

/** Everything that the page's server answers. */
export function createPageApp(parts: PageAppParts): Hono<PageEnvironment> {
    const { options, signIn, chat, streams, onDeadLetters } = parts;
    const { sources, logger } = options;
    const app = new Hono<PageEnvironment>();
    const slowSenders = new SlowSenders();
    app.use(async (context, next) => {
        slowSenders.watch(context.env.incoming);
        checkHost(context, options);
        await next();
        addHeaders(context);
    });
    app.use("/api/*", async (context, next) => {
        checkOrigin(context, options);
        await next();
    });
    const small = bodyLimit({
        maxSize: mostBytes,
        onError: () => {
            throw new Refusal("too-large");
        },
    });
    app.use("/api/session", small);
    app.use("/api/dead-letters/*", small);
    app.route("/api/session", serveSignIn(signIn));
    app.use("/api/*", async (context, next) => {
        const secret = getCookie(context, cookieName(signIn)) ?? "";
        const session = signIn.sessions.find(secret);
        if (!session) throw new Refusal("signed-out");
        slowSenders.trust(context.env.incoming);
        context.set("session", session);
        context.set("secret", secret);
        await next();
    });
    app.get("/api/events", (context) => streams.answer(context));
    app.route("/api/chat", serveChat(chat));
    app.route("/api/dead-letters", serveDeadLetters(sources, logger, onDeadLetters));
    app.route("/", serveProbes({ ...options, sources, tries: signIn.tries }));
    app.route("/", servePageFiles(options));
    app.notFound((context) => refuse(context, new Refusal("not-found")));
    app.onError((error, context) => answerFailure(error, context, logger));
    return app;
}

/** What a part of the server has said of its own content stays. */
function addHeaders(context: Context): void {
    for (const [name, value] of Object.entries(pageHeaders)) {
        if (!context.res.headers.has(name)) context.header(name, value);
    }
}

/** @throws `Refusal` for a name that is not the page's. */
function checkHost(context: Context<PageEnvironment>, settings: HostSettings): void {
    if (openPaths.includes(context.req.path)) return;
    if (!isKnownHost(context.req.header("Host"), settings)) throw new Refusal("unknown-host");
}

/** @throws `Refusal` for what a foreign page has the browser ask. */
function checkOrigin({ req }: Context<PageEnvironment>, settings: HostSettings): void {
    const fetchSite = req.header("Sec-Fetch-Site");
    const isRead = req.method === "GET" || req.method === "HEAD";
    if (isRead && (fetchSite === undefined || fetchSite === "same-origin")) return;
    const from = { host: req.header("Host"), origin: req.header("Origin"), fetchSite };
    if (isRead || !isOwnOrigin(from, settings)) throw new Refusal("foreign-origin");
}

function answerFailure(error: Error, context: Context, logger: Logger): Response {
    addHeaders(context);
    const refusal = asRefusal(error);
    if (refusal === undefined) {
        logger.error(describeError(error), "the local page could not answer a request");
    } else if (refusal.code === "unknown-host") {
        logger.warn(
            {
                remedy: "Open the page by the address that is printed at the start. If others are to reach it under a name, set localPage.publicAddress in clinic.yaml.",
            },
            "The local page was asked for by a name that it does not know",
        );
    }
    return refuse(context, refusal ?? new Refusal("failed"));
}
