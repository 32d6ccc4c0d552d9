import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../../src/package-root.ts";

/** The version of WhatsApp Web that the page calls itself. */
export const pageVersion = "stub-1";

const scripts = ["collections", "store", "link", "modules"];

/** Writes the page as `versions/stub-1.html` into a session folder, as if it had been cached. */
export async function writePage(sessionFolder: string, peerAddress: string): Promise<void> {
    const script = `<script type="module" src="${peerAddress}/page/modules.js"></script>`;
    const html = `<!doctype html><meta charset="utf-8"><title>WhatsApp</title>${script}`;
    const folder = join(sessionFolder, "versions");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${pageVersion}.html`), html);
}

/** A script of the page. */
export async function readScript(name: string): Promise<string> {
    return scripts.includes(name.replace(/\.js$/, ""))
        ? await readFile(join(packageRoot(), "test/fakes/whatsapp-web/page", name), "utf8")
        : "";
}

/**
 * Writes a program that starts Chromium so that it reaches nothing but this machine. The process
 * number of each browser is a line of `<path>.pids`.
 */
export async function writeBrowser(
    path: string,
    chromium: string,
    peerAddress: string,
): Promise<void> {
    const flags = [
        "--no-sandbox",
        "--disable-gpu",
        '--host-resolver-rules="MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"',
        `--ip-address-space-overrides=${new URL(peerAddress).host}=public`,
    ];
    const lines = ["#!/bin/sh", `echo $$ >> "${path}.pids"`, `exec "${chromium}" "$@"`];
    await writeFile(path, `${lines.join("\n")} ${flags.join(" ")}\n`);
    await chmod(path, 0o755);
}
