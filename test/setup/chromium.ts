import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macApplications = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/**
 * The browser that the tests use.
 *
 * @throws `Error` when there is none.
 */
export function requireChromium(): string {
    const folders = (process.env["PATH"] ?? "").split(delimiter);
    const places = folders.flatMap((folder) => names.map((name) => join(folder, name)));
    const found = [...places, ...macApplications].find((place) => existsSync(place));
    if (found === undefined) {
        throw new Error("These tests need Chromium or Chrome: run `npm run test:prepare` first.");
    }
    return found;
}
