import { Hono } from "hono";
import type { Logger } from "../../src/log.ts";
import type { AdministrativeAct } from "../../src/status-ports.ts";
import { render } from "./chat-reply.ts";
import type { PageSources } from "./page-options.ts";
import { Refusal } from "./refusal.ts";
import { type PageEnvironment, recorded } from "./sign-in.ts";
import type { DeadReplyView, OpenedReply } from "./wire.ts";

/**
 * The replies that could not be delivered. What one of them says is a patient's: it is given only
 * when it has been written down that somebody reads it.
 */
export function serveDeadLetters(
    { outbox, deadLetters, audit }: Pick<PageSources, "outbox" | "deadLetters" | "audit">,
    logger: Logger,
    onChange: () => void,
): Hono<PageEnvironment> {
    const app = new Hono<PageEnvironment>();
    const record = async (what: AdministrativeAct["what"], subject: string): Promise<void> =>
        await recorded(audit.record({ what, who: "page", subject }), logger);
    /** What nobody has is not worth a record. */
    const known = async (id: string): Promise<string> => {
        if ((await outbox.dead()).some((reply) => reply.id === id)) return id;
        throw new Refusal("not-found");
    };
    app.get("/", async (context) => {
        const dead = await outbox.dead();
        const views = dead.map(({ id, account, committedAtMs, diedAtMs }): DeadReplyView => {
            return { id, account, committedAtMs, diedAtMs };
        });
        return context.json(views);
    });
    app.post("/:id/open", async (context) => {
        const id = await known(context.req.param("id"));
        await record("open", id);
        const reply = await deadLetters.open(id);
        if (!reply) throw new Refusal("not-found");
        const { text, language, note } = reply;
        const opened: OpenedReply = {
            text: render(text, language),
            language,
            forStaff: note !== undefined,
        };
        return context.json(opened);
    });
    app.post("/:id/resend", async (context) => {
        const id = await known(context.req.param("id"));
        await record("resend", id);
        if (!(await outbox.resend(id))) throw new Refusal("not-found");
        onChange();
        return context.body(null, 204);
    });
    app.delete("/:id", async (context) => {
        const id = await known(context.req.param("id"));
        await record("discard", id);
        if (!(await outbox.discard(id))) throw new Refusal("not-found");
        onChange();
        return context.body(null, 204);
    });
    return app;
}
