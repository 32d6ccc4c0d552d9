import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type BrowserPlaces, findBrowser } from "../../../adapters/whatsapp-web/find-browser.ts";

let root: string;
let places: BrowserPlaces;

beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "browsers-"));
    places = {
        programFolders: [join(root, "bin"), join(root, "local")],
        applicationFolders: [join(root, "Applications")],
        puppeteerCache: join(root, "puppeteer"),
    };
});

afterEach(() => rm(root, { recursive: true }));

async function install(path: string, mode = 0o755): Promise<string> {
    const place = join(root, path);
    await mkdir(dirname(place), { recursive: true });
    await writeFile(place, "");
    await chmod(place, mode);
    return place;
}

describe("the browser", () => {
    it("is the configured one, then the system's, then the newest that puppeteer has", async () => {
        await install("puppeteer/chrome/linux-99.0.1/chrome-linux64/chrome");
        const newest = await install("puppeteer/chrome/linux-131.0.2/chrome-linux64/chrome");
        expect(await findBrowser(undefined, places)).toBe(newest);
        const mac = await install("Applications/Google Chrome.app/Contents/MacOS/Google Chrome");
        expect(await findBrowser(undefined, places)).toBe(mac);
        const chrome = await install("bin/google-chrome");
        expect(await findBrowser(undefined, places)).toBe(chrome);
        const chromium = await install("local/chromium");
        expect(await findBrowser(undefined, places)).toBe(chromium);
        expect(await findBrowser(chrome, places)).toBe(chrome);
    });

    it("that is missing or cannot be run is an instruction for the administrator", async () => {
        await install("bin/chromium", 0o644).then((path) => rm(path));
        await expect(findBrowser(undefined, places)).rejects.toMatchObject({
            code: "config-invalid",
            retryable: false,
            remedy: expect.stringMatching(/apt install chromium.*dnf install.*brew install/s),
        });
        await expect(findBrowser(join(root, "none"), places)).rejects.toMatchObject({
            code: "config-invalid",
        });
    });
});
