import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { wait } from "../../src/wait.ts";
import type { ChatFiles } from "./chat-files.ts";
import type { ChatRoom } from "./chat-room.ts";
import { chatPost, readPost } from "./read-post.ts";
import { Refusal } from "./refusal.ts";
import type { PageEnvironment } from "./sign-in.ts";
import type { Session } from "./sessions.ts";
import type { WebChat } from "./web-chat.ts";
import type { ChatPost } from "./wire.ts";

/** What the chat's part of the server needs. */
export interface ChatRoutes {
    readonly room: ChatRoom;
    readonly files: ChatFiles;
    readonly chat: WebChat;
    readonly maxFileBytes: number;
    /** Begins another chat for a session, and ends the one before. */
    readonly beginAnew: (session: Session) => void;
}

/** A message that is not stored by then is brought again by the page. */
const takeWithinMs = 8_000;
const mostPostBytes = 128 * 1024;

/** What the page shows as a picture; anything else is offered for saving. */
const shownTypes: readonly string[] = ["image/png", "image/jpeg", "image/webp", "image/gif"];

/** The chat in which the assistant is tried. */
export function serveChat(routes: ChatRoutes): Hono<PageEnvironment> {
    const { room, files, chat, maxFileBytes, beginAnew } = routes;
    const tooLarge = (): never => {
        throw new Refusal("too-large");
    };
    const app = new Hono<PageEnvironment>();
    app.post("/new", (context) => {
        beginAnew(context.var.session);
        return context.body(null, 204);
    });
    app.post("/messages", bodyLimit({ maxSize: mostPostBytes, onError: tooLarge }), async (c) => {
        const post = chatPost.safeParse(await c.req.json().catch(() => undefined)).data;
        if (!post) throw new Refusal("wrong-request");
        if (post.chat !== c.var.session.chat || !room.has(post.chat))
            throw new Refusal("not-found");
        if (!chat.isOpen) throw new Refusal("chat-closed");
        const { message, entry } = readPost(post as ChatPost, { room, files });
        if (message.text.trim() === "" && message.attachments.length === 0 && !message.command) {
            throw new Refusal("wrong-request");
        }
        if (!room.find(post.chat, post.id)) room.add(post.chat, entry);
        if (!(await within(takeWithinMs, chat.take(message)))) throw new Refusal("not-taken-yet");
        return c.body(null, 202);
    });
    app.post("/files", bodyLimit({ maxSize: maxFileBytes, onError: tooLarge }), async (c) => {
        const bytes = new Uint8Array(await c.req.arrayBuffer());
        if (bytes.length === 0) throw new Refusal("wrong-request");
        const name = decodeName(c.req.header("X-File-Name") ?? "");
        const mimeType = (c.req.header("Content-Type") ?? "").slice(0, 100);
        const id = files.add({ chat: c.var.session.chat, name, mimeType, bytes });
        return c.json({ id });
    });
    app.get("/files/:id", (context) => {
        const file = files.find(context.var.session.chat, context.req.param("id"));
        if (!file) throw new Refusal("not-found");
        const isShown = shownTypes.includes(file.mimeType);
        return new Response(Buffer.from(file.bytes), {
            headers: {
                "Content-Type": isShown ? file.mimeType : "application/octet-stream",
                "Content-Disposition": isShown ? "inline" : "attachment",
                // Whatever the file says of itself, it may do nothing here.
                "Content-Security-Policy": "default-src 'none'; sandbox",
            },
        });
    });
    return app;
}

function decodeName(header: string): string {
    try {
        return decodeURIComponent(header).slice(0, 200);
    } catch {
        return "";
    }
}

async function within(ms: number, taking: Promise<boolean>): Promise<boolean> {
    const over = new AbortController();
    try {
        const late = wait(ms, over.signal).then(
            () => false,
            () => false,
        );
        return await Promise.race([taking, late]);
    } finally {
        over.abort();
    }
}
