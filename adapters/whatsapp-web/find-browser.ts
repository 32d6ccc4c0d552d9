import { constants } from "node:fs";
import { access, readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { AppError } from "../../src/errors.ts";

/** Where a browser is looked for. Tests pass other places. */
export interface BrowserPlaces {
    /** Folders with programs. */
    readonly programFolders: readonly string[];
    /** Where macOS keeps applications. */
    readonly applicationFolders: readonly string[];
    /** Where puppeteer keeps the browsers that it has downloaded. */
    readonly puppeteerCache: string;
}

const programNames = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
] as const;
const applicationPrograms = [
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
] as const;
const usualFolders = [
    "/usr/bin",
    "/usr/local/bin",
    "/snap/bin",
    "/opt/homebrew/bin",
    "/opt/google/chrome",
    "/run/current-system/sw/bin",
] as const;

const remedy =
    "Install Chromium: `sudo apt install chromium` (Debian, Ubuntu), `sudo dnf install chromium` " +
    "(Fedora) or `brew install --cask google-chrome` (macOS). If it is installed in an unusual " +
    "place, write its path into the configuration.";

/**
 * The Chromium or Chrome to use: the configured one, else one of the system, else one that
 * puppeteer has downloaded.
 *
 * @throws `config-invalid` when there is none that may be run.
 */
export async function findBrowser(
    configured: string | undefined,
    places: BrowserPlaces = systemPlaces(),
): Promise<string> {
    if (configured !== undefined) {
        if (await isProgram(configured)) return configured;
        throw new AppError("config-invalid", "The browser in the configuration cannot be run.", {
            remedy: "Correct its path, or leave it out: Chromium and Chrome are found by themselves.",
        });
    }
    const candidates = [
        ...combine(places.programFolders, programNames),
        ...combine(places.applicationFolders, applicationPrograms),
        ...(await downloaded(places.puppeteerCache)),
    ];
    for (const candidate of candidates) if (await isProgram(candidate)) return candidate;
    throw new AppError("config-invalid", "WhatsApp Web needs Chromium or Chrome; none was found.", {
        remedy,
    });
}

function systemPlaces(): BrowserPlaces {
    const isMac = process.platform === "darwin";
    const applications = ["/Applications", join(homedir(), "Applications")];
    return {
        programFolders: usualFolders,
        applicationFolders: isMac ? applications : [],
        puppeteerCache: join(homedir(), ".cache", "puppeteer"),
    };
}

function combine(folders: readonly string[], names: readonly string[]): string[] {
    return names.flatMap((name) => folders.map((folder) => join(folder, name)));
}

/** Puppeteer's layout: `chrome/<system>-<version>/chrome-<system>/chrome`; newest first. */
async function downloaded(cache: string): Promise<string[]> {
    const folder = join(cache, "chrome");
    const byVersion = new Intl.Collator("en", { numeric: true });
    const versions = (await list(folder)).toSorted((a, b) => byVersion.compare(b, a));
    const found: string[] = [];
    for (const version of versions) {
        for (const system of await list(join(folder, version))) {
            const inner = join(folder, version, system);
            found.push(
                join(inner, "chrome"),
                join(
                    inner,
                    "Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing",
                ),
            );
        }
    }
    return found;
}

async function list(folder: string): Promise<string[]> {
    return await readdir(folder).catch(() => []);
}

async function isProgram(path: string): Promise<boolean> {
    return await access(path, constants.X_OK).then(
        () => true,
        () => false,
    );
}
