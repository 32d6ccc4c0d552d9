import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { Hono } from "hono";
import { pageDocument, preferredLanguage } from "./page-document.ts";
import type { LocalPageOptions } from "./page-options.ts";

const { resolve } = createRequire(import.meta.url);
const script = "text/javascript; charset=utf-8";

/** The modules of the library that draws the page. */
const libraries: ReadonlyMap<string, string> = new Map([
    ["preact.js", "preact"],
    ["hooks.js", "preact/hooks"],
    ["jsx-runtime.js", "preact/jsx-runtime"],
]);

/** The page itself: nothing in it is secret. */
export function servePageFiles({
    clientFolder,
    assetsFolder,
}: Pick<LocalPageOptions, "clientFolder" | "assetsFolder">): Hono {
    const app = new Hono();
    const give = (type: string, body: Buffer | string): Response =>
        new Response(body, { headers: { "Content-Type": type } });
    app.get("/", (context) => {
        const language = preferredLanguage(context.req.header("Accept-Language"));
        return give("text/html; charset=utf-8", pageDocument(language));
    });
    app.get("/style.css", async () =>
        give("text/css; charset=utf-8", await readFile(join(assetsFolder, "style.css"))),
    );
    app.get("/icon.svg", async () =>
        give("image/svg+xml", await readFile(join(assetsFolder, "icon.svg"))),
    );
    app.get("/library/:name", async (context) => {
        const name = libraries.get(context.req.param("name"));
        if (name === undefined) return context.notFound();
        return give(script, await readFile(resolve(name)));
    });
    app.get("/client/:name{[a-z-]+\\.js}", async (context) => {
        const file = join(clientFolder, context.req.param("name"));
        const text = await readFile(file).catch(() => undefined);
        return text === undefined ? context.notFound() : give(script, text);
    });
    return app;
}
