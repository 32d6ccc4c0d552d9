/** Makes sure that the tests of WhatsApp Web find a browser: installs Debian's Chromium if need be. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const macApplications = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

function findProgram(candidates) {
    const folders = (process.env.PATH ?? "").split(":");
    return candidates
        .flatMap((name) => folders.map((folder) => join(folder, name)))
        .find((place) => existsSync(place));
}

function install() {
    const asRoot = process.getuid?.() === 0;
    const sudo = asRoot ? [] : ["sudo", "-n"];
    const environment = ["env", "DEBIAN_FRONTEND=noninteractive"];
    const run = (...values) => {
        const [program, ...rest] = [...sudo, ...environment, "apt-get", ...values];
        return spawnSync(program, rest, { stdio: "inherit" }).status === 0;
    };
    // The list of packages may be old or empty; the installation says what is wrong then.
    run("update", "--quiet");
    return run("install", "--yes", "--quiet", "--no-install-recommends", "chromium");
}

const isThere = () => findProgram(names) ?? macApplications.find((place) => existsSync(place));

if (isThere() === undefined) {
    const canInstall =
        findProgram(["apt-get"]) && (process.getuid?.() === 0 || findProgram(["sudo"]));
    if (!canInstall || !install() || isThere() === undefined) {
        console.error(
            "The tests of WhatsApp Web need Chromium or Google Chrome, and it could not be " +
                "installed by itself. Install it, for example with `sudo apt install chromium`, " +
                "and run this again.",
        );
        process.exitCode = 1;
    }
}
