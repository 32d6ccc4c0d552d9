import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { requireChromium } from "./chromium.ts";
import { packageRoot } from "./redis.ts";

/** The machine's Chromium, as people use it but without a window. */
export async function openBrowser(): Promise<Browser> {
    const asRoot = process.getuid?.() === 0;
    return await chromium.launch({
        executablePath: requireChromium(),
        args: asRoot ? ["--no-sandbox"] : [],
    });
}

/** Keeps a picture of the page in the folder `screenshots`, which git ignores. */
export async function keepPicture(page: Page, name: string): Promise<void> {
    const folder = join(packageRoot, "screenshots");
    await mkdir(folder, { recursive: true });
    await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** What is wrong with a page for those who do not see it, see it badly, or use the keyboard. */
export async function barriersOf(page: Page): Promise<string[]> {
    return await inPage<string[]>(page, "barriers");
}

/** What has the focus: its name, and whether it is seen to have it. */
export async function focusOf(page: Page): Promise<{ name: string; isSeen: boolean }> {
    return await inPage<{ name: string; isSeen: boolean }>(page, "focus");
}

/** Runs a file in the page. It is no part of the page: its policy does not hold for it. */
async function inPage<Result>(page: Page, name: string): Promise<Result> {
    const path = join(packageRoot, "test/setup/in-page", `${name}.js`);
    return await page.evaluate<Result>(await readFile(path, "utf8"));
}
